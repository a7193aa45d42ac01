"""What an organisation may write wrong in its playbooks is told with file, line and a hint."""

import time

import pytest

from assist_engine.contract.values import Emotion
from assist_engine.errors import BadInput
from assist_engine.guidance.playbook import Stage
from assist_engine.guidance.playbook_reader import MOST_PLAYBOOKS, load_playbooks, read_playbooks

GOOD = """
- id: offer
  title: T
  body: B
  when:
    intents: [late-parcel]
    any_emotion: [anger, frustration]
    effort_at_least: 0.5
    mood: falling
    stage: after 30 s
    facts:
      years: [">= 2", "< 10"]
      plan: fibre
  checklist:
    - Thank them
    - step: Name the date
      says: [it comes on friday, you get it tomorrow]
  offers:
    - offer: five dollars
      facts: {years: ">= 5"}
"""
PLAIN = "- {{id: {id}, title: T, body: B, when: {{intents: [a]{more}}}}}\n"


def test_all_of_it_is_read() -> None:
    [playbook] = load_playbooks(GOOD, source="p.yaml")
    when = playbook.when
    assert when.any_emotion == {Emotion.ANGER, Emotion.FRUSTRATION}
    assert (when.min_effort, when.is_mood_falling) == (0.5, True)
    assert when.stage == Stage(after_ms=30_000)
    assert [str(condition) for condition in when.facts] == [">= 2", "< 10", "== fibre"]
    assert playbook.checklist == ("Thank them", "Name the date")
    assert playbook.steps[1].says == ("it comes on friday", "you get it tomorrow")
    assert playbook.text_for({"years": 6}) == "B\nYou may offer: five dollars"
    assert playbook.text_for({"years": 4}) == "B"
    assert playbook.place == "p.yaml:2"


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("  title: T", "  titel: T", r"p\.yaml:3: .* no field 'titel'.*; did you mean 'title'\?"),
        (
            "    intents:",
            "    intent:",
            r"p\.yaml:6: when has no field.*; did you mean 'intents'\?",
        ),
        ("says:", "say:", r"p\.yaml:17: an item of checklist has no field.*did you mean 'says'\?"),
        ("anger,", "angry,", r"p\.yaml:7: an emotion is one of .*; did you mean 'anger'\?"),
        ("0.5", "5", r"p\.yaml:8: effort_at_least must be a number from 0 to 1, got 5"),
        ("falling", "fallen", r"p\.yaml:9: mood is one of falling, .*; did you mean 'falling'\?"),
        ("after 30 s", "openning", r"p\.yaml:10: stage is .*; did you mean 'opening'\?"),
        (
            "after 30 s",
            "later",
            r"stage is opening, after identity check, or after N s, not 'later'",
        ),
        ('"< 10"', '"<= 1"', r"p\.yaml:12: no years can be >= 2 and <= 1: .* exclude each other"),
        ('"< 10"', '"== gold"', r"no years can be >= 2 and == gold"),
        ('"< 10"', '"< 2"', r"no years can be >= 2 and < 2"),
        ("fibre", "[fibre, cable]", r"p\.yaml:13: no plan can be == fibre and == cable"),
        ("fibre", '[fibre, "!= fibre"]', r"no plan can be == fibre and != fibre"),
        ("fibre", "2020-01-01", r"p\.yaml:13: the condition on plan must be a text, a number"),
        ("fibre", "2020-13-41", r"p\.yaml:13: the condition on plan must be a text, a number"),
        ("fibre", "{a: b}", r"the condition on plan must be a text, a number, true or false"),
        ("- Thank them", "- Name the date", r"p\.yaml:16: the step 'Name the date' is there twice"),
        ("- offer: five", "- offers: five", r"p\.yaml:19: .*did you mean 'offer'\?"),
        ("  body: B", "  body: B {plan name}", r"p\.yaml:4: a fact .* is written {its_name}"),
        ("offer: five dollars", "offer: five {dollars", r"p\.yaml:19: a fact .* is written"),
        (">= 5", "< 2", r"p\.yaml:19: the offer is open to nobody: no years can be >= 2 and"),
        ("0.5", "0", r"p\.yaml:8: effort_at_least must be above 0"),
        ("[anger, frustration]", "[]", r"p\.yaml:7: any_emotion names none, so the card"),
        ("  body: B", "  body: B\n  priority: 101", "priority must be from 0 to 100, got 101"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_hint(wrong: str, right: str, told: str) -> None:
    assert GOOD.count(wrong) >= 1
    with pytest.raises(BadInput, match=told):
        load_playbooks(GOOD.replace(wrong, right, 1), source="p.yaml")


def test_an_id_is_there_once_in_all_files() -> None:
    files = [(name, PLAIN.format(id="x", more="")) for name in ("a.yaml", "b.yaml")]
    with pytest.raises(BadInput, match=r"b\.yaml:1: the id x is there twice, also at a\.yaml:1"):
        read_playbooks(files)


def test_what_follows_must_be_there() -> None:
    files = [("a.yaml", PLAIN.format(id="offer", more=""))]
    follower = PLAIN.format(id="next", more=", follows: [ofer]")
    with pytest.raises(BadInput, match=r"b\.yaml:1: follows names .* ofer.*did you mean 'offer'\?"):
        read_playbooks([*files, ("b.yaml", follower)])
    right = follower.replace("ofer", "offer")
    assert len(read_playbooks([*files, ("b.yaml", right)])) == 2


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_playbook_that_starts_itself_is_refused(length: int) -> None:
    text = "".join(
        PLAIN.format(id=f"p{number}", more=f", follows: [p{(number + 1) % length}]")
        for number in range(length)
    )
    with pytest.raises(BadInput, match=r"p\.yaml:1: a loop: p0 follows .*p0$"):
        load_playbooks(text, source="p.yaml")


def test_a_loop_elsewhere_does_not_hang_its_neighbour() -> None:
    text = PLAIN.format(id="first", more=", follows: [a]")
    text += PLAIN.format(id="a", more=", follows: [b]") + PLAIN.format(
        id="b", more=", follows: [a]"
    )
    with pytest.raises(BadInput, match=r"p\.yaml:2: a loop: a follows b follows a"):
        load_playbooks(text, source="p.yaml")


def test_ten_thousand_rules_are_refused_at_once() -> None:
    text = "".join(PLAIN.format(id=f"p{number}", more="") for number in range(10_000))
    began = time.perf_counter()
    with pytest.raises(BadInput, match=rf"p\.yaml: .* 10000 playbooks; at most {MOST_PLAYBOOKS}"):
        load_playbooks(text, source="p.yaml")
    assert time.perf_counter() - began < 0.5
    flow = "[" + ",".join(line[2:] for line in text.splitlines()) + "]"
    with pytest.raises(BadInput, match=r"playbooks; at most|characters; at most"):
        load_playbooks(flow, source="p.yaml")


def test_a_file_without_end_is_refused() -> None:
    with pytest.raises(BadInput, match=r"p\.yaml: 1200000 characters; at most"):
        load_playbooks("#" * 1_200_000, source="p.yaml")


def test_as_many_as_are_accepted_are_read_in_a_moment() -> None:
    text = "".join(PLAIN.format(id=f"p{number}", more="") for number in range(MOST_PLAYBOOKS))
    assert len(load_playbooks(text, source="p.yaml")) == MOST_PLAYBOOKS


def test_a_node_that_holds_itself_is_refused() -> None:
    with pytest.raises(BadInput, match=r"p\.yaml"):
        load_playbooks("&a [*a]", source="p.yaml")
