"""A call in which much is guided: hint, reminder, checklist, rules, actions, a ranked wrap-up."""

from msgspec.structs import replace

from assist_engine.contract import events
from assist_engine.contract.actions import (
    ActionDone,
    ActionFailed,
    ActionField,
    ActionPreviewed,
    ActionStarted,
)
from assist_engine.contract.events import Event
from assist_engine.contract.ids import (
    ActionId,
    ActionKey,
    AgentId,
    AlertId,
    ArticleId,
    PlaybookId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import (
    ActionKind,
    ActionOffer,
    AlertVerdict,
    ComplianceOutcome,
    ComplianceVerdict,
    Evidence,
    FollowUp,
    RankedDisposition,
    Suggestion,
    SuggestionKind,
    SummaryLine,
    WrapUp,
    WrapUpField,
)
from tests.gui import agent_sample as sample

PLAYBOOK = PlaybookId("late-parcel")
KEY = ActionKey("replace-1")
REPLACE = ActionOffer(
    action_id=ActionId("replace"),
    label="Start replacement",
    kind=ActionKind.REQUEST,
    can_undo=True,
)
ACTION = replace(sample.ACTION, actions=(REPLACE,))
QUIET_ARTICLE = replace(sample.ARTICLE, is_primary=False)
HINT = Suggestion(
    suggestion_id=SuggestionId("coach-acknowledge"),
    kind=SuggestionKind.COACHING,
    topic="coach-acknowledge",
    title="acknowledge the wait before the policy.",
    body="For example: “I see that you waited six days.”",
    probability=0.8,
    evidence=(
        Evidence(quote="so it’s lost?", utterance_id=UtteranceId("u6"), start_ms=72_000),
        Evidence(quote="the last turn reads negative"),
    ),
    is_primary=False,
)
NOTICE = Suggestion(
    suggestion_id=SuggestionId("compliance-identity"),
    kind=SuggestionKind.COMPLIANCE,
    topic="compliance-identity",
    title="Identity before details",
    body="Ask for the order number and the e-mail.",
    probability=1.0,
    evidence=(Evidence(quote="details were asked for", start_ms=72_000),),
    is_primary=False,
    due_ms=89_000,
)
HEARD = Evidence(
    quote="this call is recorded for quality", utterance_id=UtteranceId("u1"), start_ms=38_000
)
PREVIEW = ActionPreviewed(
    ref=9,
    call_id=sample.CALL,
    suggestion_id=ACTION.suggestion_id,
    action_id=REPLACE.action_id,
    label="Start replacement",
    action_kind=ActionKind.REQUEST,
    key=KEY,
    host="orders.harbor.example",
    method="POST",
    fields=(
        ActionField(name="order", value="8841"),
        ActionField(name="customer.name", value="Ana Ruiz"),
        ActionField(name="shipping", value="express"),
    ),
    takes_note=True,
    can_undo=True,
)


def tick(item: str, *, evidence: tuple[Evidence, ...] = ()) -> events.ChecklistTicked:
    """A step that is done: heard where there is evidence, else by hand."""
    return events.ChecklistTicked(
        playbook_id=PLAYBOOK, item=item, is_done=True, is_heard=bool(evidence), evidence=evidence
    )


def guided() -> list[Event]:
    """An action, a quiet article, a hint; two steps ticked, one rule met, one broken."""
    broken = Evidence(quote="i promise it is there on friday", utterance_id=UtteranceId("u5"))
    return [
        events.SuggestionMade(suggestion=ACTION, asked_ms=77_300),
        events.SuggestionMade(suggestion=QUIET_ARTICLE, asked_ms=77_300),
        events.SuggestionMade(suggestion=HINT),
        tick("Recording notice", evidence=(HEARD,)),
        tick("Acknowledge the wait"),
        events.ComplianceMet(rule="notice", title="Recording notice", evidence=(HEARD,)),
        events.ComplianceBreached(rule="promise", title="No guarantees", evidence=(broken,)),
    ]


def started(key: ActionKey = KEY) -> ActionStarted:
    """The action is sent."""
    return ActionStarted(
        action_id=REPLACE.action_id,
        suggestion_id=ACTION.suggestion_id,
        label=REPLACE.label,
        action_kind=REPLACE.kind,
        key=key,
        by=AgentId("kim"),
        host="orders.harbor.example",
        can_undo=True,
    )


def acted() -> list[Event]:
    """The hint is heeded, the action done after one failure, the identity due."""
    first = ActionKey("replace-0")
    return [
        events.SuggestionUsed(suggestion_id=HINT.suggestion_id),
        events.SuggestionMade(suggestion=NOTICE),
        started(first),
        ActionFailed(key=first, code="action.http_503", message="the other system answered 503"),
        started(),
        events.SuggestionUsed(suggestion_id=ACTION.suggestion_id),
        ActionDone(key=KEY, status=201, text="Replacement R-77 created", took_ms=420),
    ]


def overseen() -> list[Event]:
    """An article is read, an alert judged, a supervisor whispers, the customer rates the call."""
    alert, sam = AlertId("alert-1"), AgentId("sam")
    return [
        events.ArticleOpened(article_id=ArticleId("late-or-lost-parcel")),
        events.AlertRaised(alert_id=alert, rule="upset", title="Upset customer", evidence=()),
        events.AlertAcknowledged(alert_id=alert, verdict=AlertVerdict.USEFUL, by=sam),
        events.WhisperSent(whisper_id="w-1", by=sam, by_name="Sam", text="you may waive express"),
        events.SatisfactionGiven(score=4, by=sam),
    ]


WRAP_UP = WrapUp(
    lines=(
        SummaryLine(
            section="reason",
            text="Order 8841 is six days late; third contact about it.",
            evidence=Evidence(
                quote="my parcel still hasn’t arrived",
                utterance_id=UtteranceId("u2"),
                start_ms=41_000,
            ),
        ),
        SummaryLine(
            section="done",
            text="Saw that the parcel was not scanned since the tenth.",
            evidence=Evidence(
                quote="not scanned since", utterance_id=UtteranceId("u5"), start_ms=64_000
            ),
        ),
        SummaryLine(section="outcome", text="A replacement arrives on Friday."),
        SummaryLine(section="mood", text="Began frustrated, ended relieved."),
    ),
    disposition="Parcel late · replaced",
    disposition_probability=0.84,
    outcome="Solved",
    follow_ups=(
        FollowUp(text="Confirm the delivery by e-mail", due="by friday", due_on="2026-11-27"),
    ),
    dispositions=(
        RankedDisposition("late-replaced", "Parcel late · replaced", 0.84),
        RankedDisposition("late-refunded", "Parcel late · refunded", 0.09),
        RankedDisposition("status", "Order status", 0.04),
    ),
    fields=(
        WrapUpField(name="Order", value="8841", evidence=HEARD),
        WrapUpField(name="Next step due", value="2026-11-27"),
    ),
    is_generated=True,
)


def wrapped() -> list[Event]:
    """The end of the call, its verdicts and its draft."""
    return [
        events.CallReleased(),
        events.ComplianceJudged(
            verdicts=(
                ComplianceVerdict(
                    rule="notice",
                    title="Recording notice",
                    outcome=ComplianceOutcome.MET,
                    evidence=(HEARD,),
                ),
                ComplianceVerdict(
                    rule="promise", title="No guarantees", outcome=ComplianceOutcome.BREACHED
                ),
            )
        ),
        events.WrapUpDrafted(wrap_up=WRAP_UP),
    ]
