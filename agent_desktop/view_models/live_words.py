"""What was said as it was said, for the agent of the call: in memory only, until the call ends.

The engine stores redacted words; the words themselves come as `FinalHeard`, `EntityHeard`,
`CallerHeard` and `CustomerHeard` and are forgotten here when the call is released. Nothing writes
them anywhere.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from agent_desktop.view_models.marked_words import Mark, MarkedWords, MarkKind
from assist_engine.call.state import ActionRun, CallState
from assist_engine.contract.actions import ActionDone, ActionTold
from assist_engine.contract.answers import CallerHeard, CustomerHeard, EntityHeard, FinalHeard
from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.ids import ActionKey, UtteranceId
from assist_engine.contract.values import Redaction

Whole: TypeAlias = CallerHeard | CustomerHeard | FinalHeard | EntityHeard | ActionTold


class LiveWords:
    """Words by utterance, values by entity, the number that calls and the caller's record."""

    def __init__(self) -> None:
        self.caller_number = ""
        self._customer: CustomerHeard | None = None
        self._texts: dict[UtteranceId, str] = {}
        self._values: dict[str, str] = {}
        self._results: dict[ActionKey, str] = {}

    def __len__(self) -> int:
        """How many texts and values are held."""
        held = (bool(self.caller_number), self._customer is not None)
        return len(self._texts) + len(self._values) + len(self._results) + sum(held)

    def hear(self, heard: Whole) -> None:
        """Keep words or a value; newer ones take the place of older ones."""
        match heard:
            case CallerHeard(caller_number=number):
                self.caller_number = number
            case CustomerHeard():
                self._customer = heard
            case FinalHeard(utterance_id=utterance_id, text=text):
                self._texts[utterance_id] = text
            case EntityHeard(entity_id=entity_id, value=value):
                self._values[entity_id] = value
            case ActionTold(key=key, text=text):
                self._results[key] = text

    def forget(self) -> None:
        """Keep nothing of it: the call is over."""
        self.caller_number = ""
        self._customer = None
        self._texts.clear()
        self._values.clear()
        self._results.clear()

    def with_record(self, state: CallState) -> CallState:
        """The state with the caller's record as the organisation has it."""
        record = self._customer
        if record is None:
            return state
        return replace(
            state,
            customer=record.profile,
            timeline=record.timeline,
            handoff=record.handoff,
            reason=record.reason,
        )

    def with_results(self, state: CallState | None) -> CallState | None:
        """The state with what other systems said to actions, whole."""
        if state is None or not self._results:
            return state
        return replace(state, actions=tuple(self._with_result(run) for run in state.actions))

    def _with_result(self, run: ActionRun) -> ActionRun:
        text = self._results.get(run.started.key)
        if text is None or not isinstance(run.outcome, ActionDone):
            return run
        return replace(run, outcome=replace(run.outcome, text=text))

    def text(self, utterance_id: UtteranceId) -> str | None:
        """The words of an utterance as they were said, where they are stored redacted."""
        return self._texts.get(utterance_id)

    def value(self, entity_id: str) -> str | None:
        """The whole value of an entity, where it is stored in part."""
        return self._values.get(entity_id)


def unredacted(final: UtteranceFinal, text: str) -> MarkedWords:
    """The words as they were said; those that the log does not keep are marked."""
    marks = tuple(
        Mark(start, end, MarkKind.ENTITY)
        for start, end in _stood_for(final.text, final.redactions, text)
        if start < end
    )
    return MarkedWords(text=text, marks=marks)


def _stood_for(
    redacted: str, redactions: Sequence[Redaction], text: str
) -> Iterator[tuple[int, int]]:
    """Where in the words said lies what each redaction stands for.

    Between redactions both texts are the same, so those pieces tell where the others begin
    and end. A piece that is not found ends the search: better no mark than a wrong one.
    """
    ordered = sorted(redactions, key=lambda redaction: redaction.start)
    ends = [redaction.start for redaction in ordered[1:]] + [len(redacted)]
    at = ordered[0].start if ordered else 0
    for redaction, next_start in zip(ordered, ends, strict=True):
        piece = redacted[redaction.end : next_start]
        is_last = next_start == len(redacted)
        end = _end_before(text, piece, at, is_last=is_last)
        if end is None:
            return
        yield at, end
        at = end + len(piece)


def _end_before(text: str, piece: str, at: int, *, is_last: bool) -> int | None:
    if is_last:
        return len(text) - len(piece) if text.endswith(piece) else None
    found = text.find(piece, at + 1)
    return found if found >= 0 else None
