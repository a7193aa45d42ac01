"""Compliance rules: what is read, what is refused and where."""

import pytest

from assist_engine.errors import BadInput
from assist_engine.guidance.compliance import Cause, ComplianceDuty
from assist_engine.guidance.compliance_reader import MOST_RULES, read_compliance
from assist_engine.settings import RESOURCES

GOOD = """
- id: fee
  title: Say the fee
  requires:
    phrases: [fee|charge * is]
    says: [leaving now costs forty dollars]
    unlike: [why do you leave]
  when: {intents: [cancel], any_driver: [cancel-threat]}
  before:
    phrases: [i have cancelled]
  within_s: 90
  remind_after_s: 20
  reminder: Say what it costs.
  known_by_handoff: [fee]
  queues: [broadband]
  locales: [en-US]
- id: no-promise
  title: Promise nothing
  forbids:
    phrases: [i guarantee]
"""


def read(text: str) -> tuple[ComplianceDuty, ...]:
    return read_compliance([("c.yaml", text)])


def test_rules_are_read() -> None:
    fee, promise = read(GOOD)
    assert (fee.rule_id, fee.title, fee.reminder) == ("fee", "Say the fee", "Say what it costs.")
    assert fee.requires is not None
    assert fee.requires.phrases == ("fee|charge * is",)
    assert fee.cause == Cause(
        intents=frozenset({"cancel"}), any_driver=frozenset({"cancel-threat"})
    )
    assert (fee.within_ms, fee.remind_after_ms) == (90_000, 20_000)
    assert (fee.known_by_handoff, fee.place) == (("fee",), "c.yaml:2")
    assert promise.forbids is not None
    assert (promise.requires, promise.before, promise.within_ms) == (None, None, None)


def test_a_rule_is_for_its_queues_and_locales() -> None:
    fee, promise = read(GOOD)
    assert fee.is_for("broadband", "en-US")
    assert not fee.is_for("cards", "en-US")
    assert not fee.is_for("broadband", "en-GB")
    assert promise.is_for("cards", "de-DE")
    [english] = read(GOOD[: GOOD.index("- id: no")].replace("[en-US]", "[EN]"))
    assert english.is_for("broadband", "en-GB")


def test_half_of_the_time_is_over_when_nothing_says_when_to_remind() -> None:
    fee, _ = read(GOOD.replace("  remind_after_s: 20\n", ""))
    assert fee.remind_after_ms == 45_000


def test_no_file_and_an_empty_one_hold_no_rules() -> None:
    assert read_compliance([]) == read("# nothing yet\n") == ()


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("  within_s: 90", "  witin_s: 90", r"c\.yaml:11: .*'witin_s'.*did you mean 'within_s'\?"),
        ("  within_s: 90", "  within_s: 0", r"c\.yaml:11: within_s must be from 1 to 3600, got 0"),
        ("  within_s: 90", "  within_s: soon", r"c\.yaml:11: within_s must be a whole number"),
        ("  within_s: 90", "  within_s: 20", r"c\.yaml:12: remind_after_s 20 comes no sooner"),
        ("id: no-promise", "id: fee", r"c\.yaml:17: the id fee is there twice.*c\.yaml:2"),
        ("id: fee", "id: The Fee", r"c\.yaml:2: an id is lower-case words"),
        ("  forbids:", "  before:", r"c\.yaml:17: .*needs either requires or forbids"),
        ("phrases: [i guarantee]", "phrases: []", r"c\.yaml:20: forbids needs phrases, behaviours"),
        (
            "[i guarantee]",
            "['i (guarantee']",
            r"c\.yaml:20: a phrase is words, .*not '\(guarantee'",
        ),
        ("[i guarantee]", "['* guarantee']", r"c\.yaml:20: a phrase begins and ends with a word"),
        ("[i guarantee]", "[i guarantee]\n  within_s: 9", r"c\.yaml:21: within_s is of no use"),
        ("intents: [cancel]", "intent: [cancel]", r"c\.yaml:8: .*did you mean 'intents'\?"),
        (
            "{intents: [cancel], any_driver: [cancel-threat]}",
            "{intents: []}",
            r"c\.yaml:8: when needs intents or any_driver",
        ),
        ("    says: [leaving now costs forty dollars]\n", "", r"c\.yaml:6: unlike is of use only"),
    ],
)
def test_what_is_wrong_is_refused_with_file_line_and_hint(
    wrong: str, right: str, told: str
) -> None:
    assert wrong in GOOD
    with pytest.raises(BadInput, match=told):
        read(GOOD.replace(wrong, right, 1))


def test_what_is_required_needs_a_time() -> None:
    text = "- id: a\n  title: A\n  requires: {phrases: [a b]}\n"
    with pytest.raises(BadInput, match=r"c\.yaml:1: .*within_s or before"):
        read(text)


def test_an_id_of_another_file_is_refused() -> None:
    with pytest.raises(BadInput, match=r"d\.yaml:2: the id fee is there twice, also at c\.yaml:2"):
        read_compliance([("c.yaml", GOOD), ("d.yaml", GOOD)])


def test_ten_thousand_rules_are_refused() -> None:
    rule = "- {{id: r{0}, title: T, forbids: {{phrases: [never {0}]}}}}\n"
    read("".join(map(rule.format, range(MOST_RULES))))
    with pytest.raises(BadInput, match=f"more than {MOST_RULES} compliance rules"):
        read("".join(map(rule.format, range(10_000))))


def test_the_demo_organisations_rules_are_read() -> None:
    paths = sorted((RESOURCES / "demo" / "compliance").glob("*.yaml"))
    duties = read_compliance((path.name, path.read_text(encoding="utf-8")) for path in paths)
    assert {"recording-notice", "identity-before-account", "no-guarantees"} <= {
        duty.rule_id for duty in duties
    }
    for duty in duties:
        assert duty.reminder
        assert [wording for wording in (duty.requires, duty.forbids) if wording and wording.unlike]
