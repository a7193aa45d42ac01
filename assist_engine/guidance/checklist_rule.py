"""Ticks the steps of a checklist when the agent is heard saying them, in whatever words.

A step is said when its own words occur in a clause, or when the clause means one of the ways in
which agents say it (`says` in the playbook).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec
import numpy as np

from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import ChecklistTicked, Event
from assist_engine.contract.ids import CallId, PlaybookId, UtteranceId
from assist_engine.contract.values import Evidence, Role
from assist_engine.guidance.playbook import Playbook, Step
from assist_engine.guidance.rule import Vector
from assist_engine.guidance.said_meaning import SaidMeaning, Sense

THRESHOLD: Final = 0.8  # chosen on `tests/held_out/checklist-dev.tsv`
SAID_SO: Final = 0.95  # of words that are the step's own
_ALSO: Final = 0.05  # cosine: a step this close to the nearest one is said too
_FEWEST_WORDS: Final = 3  # of a phrase that counts by itself
_REMEMBERED: Final = 4_000  # clauses of all calls: six megabytes


class SaidSteps:
    """The steps of playbooks as vectors of the ways in which they are said."""

    def __init__(
        self, playbooks: Sequence[Playbook], *, embed: Callable[[Sequence[str]], Vector]
    ) -> None:
        """`embed` gives L2-normalised rows; it is asked once, for each way once."""
        self.steps = {playbook.playbook_id: playbook.steps for playbook in playbooks}
        senses = (_sense(step) for playbook in playbooks for step in playbook.steps)
        self._meaning = SaidMeaning(senses, embed=embed)

    def probability(self, playbook_id: PlaybookId, step: Step, words: str, vector: Vector) -> float:
        """How probable it is that these words, with this vector, say a step of this playbook.

        Of steps that differ clearly only the nearest is said.
        """
        if any(_occurs(way.lower(), words) for way in step.says or (step.text,)):
            return SAID_SO
        nearest = max(self.rate(other, vector)[0] for other in self.steps[playbook_id])
        if nearest - self.rate(step, vector)[0] > _ALSO:
            return 0.0
        return self._meaning.probability(_sense(step), words, vector)

    def rate(self, step: Step, vector: Vector) -> tuple[float, float]:
        """The cosine with the nearest way of saying it, and by how much it beats other talk."""
        return self._meaning.rate(_sense(step), vector)


class _Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A clause of an agent."""

    evidence: Evidence
    vector: object  # Vector; msgspec does not know arrays


class ChecklistRule:
    """An event rule: ticks steps of the playbooks whose cards were shown on the call.

    What was said before the card came counts too, as far as it is remembered. A step that
    somebody ticked, or took a tick from, is ticked again only by new words.
    """

    name = "checklist"

    def __init__(self, said: SaidSteps, *, threshold: float = THRESHOLD) -> None:
        self._said = said
        self._threshold = threshold
        self._heard: OrderedDict[tuple[CallId, UtteranceId, str], _Heard] = OrderedDict()
        self._looked: dict[CallId, int] = {}  # cards for which a call's past was looked through

    def use(self, said: SaidSteps) -> None:
        """Take the steps of other playbooks from the next utterance on."""
        self._said = said

    def review(
        self, state: CallState, utterance: Utterance | None, vector: Vector | None
    ) -> Sequence[Event]:
        """Ticks by this utterance, and by those before a card that came since."""
        if utterance is not None and vector is not None:
            return self.review_clause(state, utterance, utterance.final.text, vector)
        if self._looked.get(state.call_id, 0) == len(state.cards):
            return ()
        self._looked[state.call_id] = len(state.cards)
        mine = [heard for (call_id, _, _), heard in self._heard.items() if call_id == state.call_id]
        return self._ticks(state, mine, is_new=False)

    def review_clause(
        self, state: CallState, utterance: Utterance, clause: str, vector: Vector
    ) -> Sequence[Event]:
        """Ticks by a part of an utterance that was just finished."""
        if utterance.role is not Role.AGENT or not clause:
            return ()
        heard = _Heard(evidence=_evidence(utterance, clause), vector=vector)
        self._remember(state.call_id, utterance.final.utterance_id, heard)
        return self._ticks(state, [heard], is_new=not _was_said(clause, utterance, state))

    def forget(self, call_id: CallId) -> None:
        """Drop what was remembered of a call that is over."""
        self._looked.pop(call_id, None)
        for key in [key for key in self._heard if key[0] == call_id]:
            del self._heard[key]

    def _remember(self, call_id: CallId, utterance_id: UtteranceId, heard: _Heard) -> None:
        self._heard[call_id, utterance_id, heard.evidence.quote] = heard
        while len(self._heard) > _REMEMBERED:
            self._heard.popitem(last=False)

    def _ticks(self, state: CallState, heard: Sequence[_Heard], *, is_new: bool) -> list[Event]:
        return [
            ChecklistTicked(
                playbook_id=playbook_id,
                item=step.text,
                is_done=True,
                is_heard=True,
                probability=round(probability, 3),
                evidence=(best.evidence,),
            )
            for playbook_id, step in _open_steps(state, self._said, is_new=is_new)
            if heard
            for probability, best in [self._surest(playbook_id, step, heard)]
            if probability >= self._threshold
        ]

    def _surest(
        self, playbook_id: PlaybookId, step: Step, heard: Sequence[_Heard]
    ) -> tuple[float, _Heard]:
        said = self._said.probability
        rated = (
            (said(playbook_id, step, one.evidence.quote, np.asarray(one.vector)), one)
            for one in heard
        )
        return max(rated, key=lambda item: item[0])


def _was_said(clause: str, utterance: Utterance, state: CallState) -> bool:
    """Whether an earlier utterance of the agent held the same words."""
    own = utterance.final.utterance_id
    others = (u for u in state.utterances if u.role is Role.AGENT and u.final.utterance_id != own)
    return any(f" {clause} " in f" {other.final.text} " for other in others)


def _open_steps(
    state: CallState, said: SaidSteps, *, is_new: bool
) -> Iterator[tuple[PlaybookId, Step]]:
    """Steps of shown cards that are not done; one undone by hand only where words are new."""
    decided = {(tick.playbook_id, tick.item): tick.is_done for tick in state.ticks}
    for playbook_id in dict.fromkeys(card.suggestion.playbook_id for card in state.cards):
        if playbook_id is None:
            continue
        shown = {
            item
            for card in state.cards
            if card.suggestion.playbook_id == playbook_id
            for item in card.suggestion.checklist
        }
        for step in said.steps.get(playbook_id, ()):
            is_done = decided.get((playbook_id, step.text))
            if step.text in shown and (is_done is None or (is_new and not is_done)):
                yield playbook_id, step


def _sense(step: Step) -> Sense:
    return Sense(says=(step.text.lower(), *(way.lower() for way in step.says)))


def _occurs(phrase: str, words: str) -> bool:
    return len(phrase.split()) >= _FEWEST_WORDS and f" {phrase} " in f" {words.lower()} "


def _evidence(utterance: Utterance, clause: str) -> Evidence:
    final = utterance.final
    before = final.text[: max(0, final.text.find(clause))].count(" ")
    start_ms = final.words[before].start_ms if before < len(final.words) else final.start_ms
    return Evidence(quote=clause, utterance_id=final.utterance_id, start_ms=start_ms)
