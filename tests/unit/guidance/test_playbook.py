"""Playbooks: what is read, what is refused and where, when they apply."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import DriverRead, IntentRead, UtteranceFinal
from assist_engine.contract.ids import CallId, CustomerId, ParticipantId, UtteranceId
from assist_engine.contract.values import CustomerProfile, Evidence, Role
from assist_engine.errors import BadInput
from assist_engine.guidance.need import LiveSpeech
from assist_engine.guidance.next_action_rule import NextActionRule
from assist_engine.guidance.playbook import Fact, FactCondition
from assist_engine.guidance.playbook_reader import load_playbooks
from assist_engine.guidance.rule import URGENT, Proposal
from assist_engine.settings import RESOURCES

GOOD = """
- id: keep
  title: Make the loyalty offer
  body: A customer for {years} years.
  when:
    queue: broadband
    intents: [cancel]
    any_driver: [cancel-threat]
    facts: {years: ">= 5", is_gold: true, plan: "!= trial"}
  primary_label: Make offer
  checklist: [Thank them]
  priority: 70
"""
UID = UtteranceId("u-1")


def test_a_playbook_is_read() -> None:
    [playbook] = load_playbooks(GOOD, source="p.yaml")
    assert playbook.playbook_id == "keep"
    assert playbook.body_facts == ("years",)
    assert playbook.when.intents == {"cancel"}
    assert playbook.when.facts == (
        FactCondition(fact="years", comparison=">=", value=5),
        FactCondition(fact="is_gold", comparison="==", value=True),
        FactCondition(fact="plan", comparison="!=", value="trial"),
    )
    assert (playbook.priority, playbook.checklist) == (70, ("Thank them",))


def test_an_empty_file_may_be_half_saved_and_says_so_if_it_is_not() -> None:
    with pytest.raises(BadInput, match=r"p.yaml:1: the file is empty; write \[\]"):
        load_playbooks("# nothing yet\n", source="p.yaml")
    assert load_playbooks("[]", source="p.yaml") == ()


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("  priority: 70", "  colour: red", r"p\.yaml:12: .* no field 'colour'; accepted: .*body"),
        ("  priority: 70", "  priority: high", r"p\.yaml:12: priority must be a whole number"),
        ("  priority: 70", "  priority: true", "must be a whole number, got True"),
        ("  priority: 70", "  priority: [1]", "priority must be a text, a number, true or false"),
        ("[Thank them]", "Thank them", r"p\.yaml:11: checklist must be a list"),
        ("[Thank them]", "[3]", "an item of checklist must be a text"),
        ("- id: keep", "- id: ''", r"p\.yaml:2: id must be a text with at least one character"),
        ('">= 5"', '">= many"', r"p\.yaml:9: the condition on years: >= needs a number"),
        ('">= 5"', '">= [5]"', "compares with a text or a number"),
        ('">= 5"', '">= ["', "the condition on years is not understood"),
        ('">= 5"', "{a: 5}", "the condition on years must be a text, a number"),
        ("  title: Make the loyalty offer\n", "", r"p\.yaml:2: a playbook needs the field title"),
        ("title: Make", "body: x\n  title: Make", "the field body is there twice"),
        ("    intents: [cancel]\n    any_driver: [cancel-threat]\n", "", "needs intents or any_dr"),
        ("- id: keep", "id: keep", r"p\.yaml:3: not YAML|must be a list"),
        ("queue: broadband", "queue: 'broad", "not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(wrong: str, right: str, told: str) -> None:
    assert wrong in GOOD
    with pytest.raises(BadInput, match=told):
        load_playbooks(GOOD.replace(wrong, right), source="p.yaml")


def test_an_id_is_there_once() -> None:
    with pytest.raises(BadInput, match=r"p\.yaml:13: the id keep is there twice"):
        load_playbooks(GOOD + GOOD.lstrip("\n"), source="p.yaml")


@pytest.mark.parametrize(
    "text", ["just words", "3", "a: b", "- 1", "--- 1\n--- 2", "- [x]", "\x00"]
)
def test_other_yaml_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"p\.yaml"):
        load_playbooks(text, source="p.yaml")


@given(st.text(alphabet="-: []{}'\"\n#&*!|>%@abid0", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    told = ""
    try:
        load_playbooks(text, source="p.yaml")
    except BadInput as error:
        told = str(error)
    assert not told or told.startswith("p.yaml")


@pytest.mark.parametrize(
    ("condition", "known", "holds"),
    [
        (">= 5", 5, True),
        (">= 5", 4.9, False),
        ("< 5", 4, True),
        ("> 5", 5, False),
        ("<= 5", "5", False),
        ("gold", "gold", True),
        ("!= gold", "blue", True),
        ("== 1", True, False),
        ("true", True, True),
    ],
)
def test_conditions(condition: str, known: str | float | bool, holds: bool) -> None:
    value = condition if condition in {"gold", "true"} else f'"{condition}"'
    text = f"[{{id: a, title: T, body: B, when: {{intents: [i], facts: {{f: {value}}}}}}}]"
    [playbook] = load_playbooks(text, source="p.yaml")
    [asked] = playbook.when.facts
    assert asked.holds({"f": known}) is holds
    assert not asked.holds({})


@pytest.mark.parametrize("path", sorted((RESOURCES / "demo" / "playbooks").glob("*.yaml")))
def test_the_demo_playbooks_are_good(path: Path) -> None:
    assert load_playbooks(path.read_text(encoding="utf-8"), source=path.name)


def state(
    *,
    intent: str = "",
    driver: str = "",
    queue: str = "broadband",
    audio_ms: int = 5000,
    facts: Mapping[str, Fact] | None = None,
) -> CallState:
    final = UtteranceFinal(
        utterance_id=UID,
        participant_id=ParticipantId("customer"),
        text="i will cancel",
        start_ms=1000,
        end_ms=4000,
    )
    evidence = (Evidence(quote="i will cancel", utterance_id=UID),)
    intents = IntentRead(
        utterance_id=UID, intent=intent, label="L", probability=0.8, evidence=evidence
    )
    drivers = DriverRead(utterance_id=UID, driver=driver, label="D", evidence=evidence)
    return CallState(
        call_id=CallId("c"),
        queue=queue,
        audio_ms=audio_ms,
        customer=CustomerProfile(
            customer_id=CustomerId("k"), name="Kim", organisation="Harbor", facts=dict(facts or {})
        ),
        utterances=(
            Utterance(
                final=final,
                role=Role.CUSTOMER,
                intents=(intents,) if intent else (),
                drivers=(drivers,) if driver else (),
            ),
        ),
    )


LOYAL: dict[str, Fact] = {"years": 6, "is_gold": True, "plan": "fibre"}


def propose(call: CallState, live: LiveSpeech | None = None) -> list[Proposal]:
    rule = NextActionRule(load_playbooks(GOOD, source="p.yaml"))
    assert rule.wants(call, live) == ()
    return list(rule.propose(call, live, {}))


def test_intent_and_facts_make_a_proposal_with_its_reasons() -> None:
    [proposal] = propose(state(intent="cancel", facts=LOYAL))
    suggestion = proposal.suggestion
    assert suggestion.body == "A customer for 6 years."
    assert suggestion.playbook_id == "keep"
    assert (proposal.asked_ms, proposal.priority, suggestion.probability) == (4000, 70, 0.8)
    quotes = [evidence.quote for evidence in suggestion.evidence]
    assert quotes == ["i will cancel", "years: 6", "gold: yes", "plan: fibre"]


def test_a_driver_makes_it_urgent() -> None:
    [proposal] = propose(state(driver="cancel-threat", facts=LOYAL))
    assert proposal.priority == URGENT + 70


def test_nothing_is_proposed_unless_all_of_it_holds() -> None:
    assert propose(state(facts=LOYAL)) == []
    assert propose(state(intent="other", facts=LOYAL)) == []
    assert propose(state(intent="cancel", queue="cards", facts=LOYAL)) == []
    assert propose(state(intent="cancel", facts=LOYAL | {"years": 2})) == []
    assert propose(state(intent="cancel")) == []
    assert propose(state(intent="cancel", audio_ms=60_000, facts=LOYAL)) == []


def live(*drivers: str) -> LiveSpeech:
    return LiveSpeech(
        utterance_id=UID,
        participant_id=ParticipantId("customer"),
        role=Role.CUSTOMER,
        stable="and i will cancel",
        start_ms=4500,
        heard_ms=5000,
        drivers=tuple(
            DriverRead(
                utterance_id=UID,
                driver=name,
                label=name,
                evidence=(Evidence(quote="i will cancel", utterance_id=UID, start_ms=4700),),
            )
            for name in drivers
        ),
    )


def test_half_a_sentence_is_not_acted_on() -> None:
    assert propose(state(intent="cancel", facts=LOYAL), live()) == []
    assert propose(state(intent="cancel", facts=LOYAL), live("money-back")) == []


def test_a_driver_is_acted_on_before_the_sentence_ends() -> None:
    [proposal] = propose(state(facts=LOYAL), live("cancel-threat"))
    assert (proposal.asked_ms, proposal.priority) == (5000, URGENT + 70)
    assert proposal.suggestion.evidence[0].quote == "i will cancel"


def test_a_body_that_names_an_unknown_fact_is_not_shown() -> None:
    text = "[{id: a, title: T, body: 'Due {amount}', when: {intents: [cancel]}}]"
    rule = NextActionRule(load_playbooks(text, source="p.yaml"))
    assert rule.propose(state(intent="cancel"), None, {}) == []
    [proposal] = rule.propose(state(intent="cancel", facts={"amount": 7}), None, {})
    assert proposal.suggestion.body == "Due 7"
