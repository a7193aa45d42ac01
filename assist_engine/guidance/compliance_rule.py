"""Watches that an agent says what must be said in time, and nothing that must not be said.

One rule for the whole organisation and all calls: pure functions of a call's state and of the
words just finished. It reminds before a deadline, records what was met and what was not, and at
the end gives a verdict a rule. What was decided once stays so for the rest of the call.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from assist_engine.call.state import CallState, Phase, Utterance
from assist_engine.contract.events import ComplianceBreached, ComplianceMet, Event
from assist_engine.contract.ids import SuggestionId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import (
    ComplianceOutcome,
    ComplianceVerdict,
    Evidence,
    Role,
    Suggestion,
    SuggestionKind,
)
from assist_engine.guidance.compliance import ComplianceDuty
from assist_engine.guidance.compliance_words import ComplianceWords
from assist_engine.guidance.need import ArticleQuery, LiveSpeech
from assist_engine.guidance.rule import URGENT, Proposal, Vector

SETTLE_MS: Final = 10_000  # words begun before a deadline may be recognised so long after it
_NEAR_MS: Final = 10_000  # before a deadline, a reminder asks for attention
_PATIENCE_MS: Final = 20_000  # without a deadline, a reminder waits so long for a pause
_PUT_RIGHT_MS: Final = 60_000  # how long after forbidden words it is of use to put them right
_MINIMUM_PROBABILITY: Final = 0.5  # of an intent or a driver that calls for something


class _Called(msgspec.Struct, frozen=True, kw_only=True):
    """When a rule began to hold on a call, and by which words."""

    at_ms: int
    evidence: tuple[Evidence, ...] = ()


class ComplianceRule:
    """A guidance rule (reminders) and an event rule (met and breached) in one."""

    name = "compliance"

    def __init__(self, words: ComplianceWords) -> None:
        self._words = words

    def use(self, words: ComplianceWords) -> None:
        """Take other rules from the next look on."""
        self._words = words

    # The events

    def review(
        self, state: CallState, utterance: Utterance | None, vector: Vector | None
    ) -> Sequence[Event]:
        """What was met or breached by this utterance, or because time has passed."""
        undecided = list(_undecided(state, self._words.duties))
        if not undecided or not state.is_live:
            return ()
        calls = _calls_for(state)
        said = utterance if utterance is not None and utterance.role is Role.AGENT else None
        found = (
            self._forbidden(duty, said, vector)
            if duty.forbids
            else self._required(state, duty, _called(duty, calls), said, vector)
            for duty in undecided
        )
        return [event for event in found if event is not None]

    def review_clause(
        self, state: CallState, utterance: Utterance, clause: str, vector: Vector
    ) -> Sequence[Event]:
        """What a part of an agent's utterance means, where the whole says several things."""
        if utterance.role is not Role.AGENT or not state.is_live:
            return ()
        final = utterance.final
        at = max(0, final.text.find(clause))
        words = final.words[final.text[:at].count(" ") :][: len(clause.split())]
        start_ms = words[0].start_ms if words else final.start_ms
        part = replace(utterance.final, text=clause, words=words, start_ms=start_ms)
        return self.review(state, Utterance(final=part, role=Role.AGENT), vector)

    def _forbidden(
        self, duty: ComplianceDuty, utterance: Utterance | None, vector: Vector | None
    ) -> Event | None:
        if utterance is None or duty.forbids is None:
            return None
        said = self._words.find(duty.forbids, utterance, vector)
        return _breached(duty, said.evidence) if said else None

    def _required(
        self,
        state: CallState,
        duty: ComplianceDuty,
        called: _Called | None,
        utterance: Utterance | None,
        vector: Vector | None,
    ) -> Event | None:
        known = _known(state, duty)
        if known is not None:
            return ComplianceMet(rule=duty.rule_id, title=duty.title, evidence=(known,))
        if utterance is not None:
            event = self._by_words(duty, called, utterance, vector)
        else:
            event = self._too_soon(state, duty, called)
        if event is not None or called is None or duty.within_ms is None:
            return event
        deadline_ms = called.at_ms + duty.within_ms
        is_over = utterance is not None and utterance.final.start_ms > deadline_ms
        is_late = state.phase is Phase.LIVE and state.audio_ms >= deadline_ms + SETTLE_MS
        return _missed(duty, called) if is_over or is_late else None

    def _by_words(
        self,
        duty: ComplianceDuty,
        called: _Called | None,
        utterance: Utterance,
        vector: Vector | None,
    ) -> Event | None:
        """Met by an agent's utterance, or breached by what it says too soon or too late."""
        words = self._words
        said = words.find(duty.requires, utterance, vector) if duty.requires else None
        soon = words.find(duty.before, utterance, vector) if duty.before and called else None
        if soon is not None and (said is None or soon.at < said.at):
            return _breached(duty, soon.evidence)
        if said is None:
            return None
        if called and duty.within_ms is not None and said.start_ms > called.at_ms + duty.within_ms:
            return _breached(duty, said.evidence, *_missed(duty, called).evidence)
        return ComplianceMet(rule=duty.rule_id, title=duty.title, evidence=(said.evidence,))

    def _too_soon(
        self, state: CallState, duty: ComplianceDuty, called: _Called | None
    ) -> Event | None:
        """The cause was recognised only after what it should have come before: in these words."""
        if duty.before is None or called is None or duty.cause.is_call:
            return None
        for utterance in reversed(state.utterances):
            if utterance.final.end_ms < called.at_ms:
                break
            if utterance.role is Role.AGENT and utterance.final.start_ms >= called.at_ms:
                soon = self._words.find_exact(duty.before, utterance)
                if soon is not None:
                    return _breached(duty, soon.evidence)
        return None

    # The reminders

    def wants(self, state: CallState, live: LiveSpeech | None) -> Sequence[ArticleQuery]:
        """Compliance needs no knowledge base."""
        return ()

    def propose(
        self,
        state: CallState,
        live: LiveSpeech | None,
        found: Mapping[ArticleQuery, Sequence[FoundPassage]],
    ) -> Sequence[Proposal]:
        """A reminder of each thing that is due and not said yet, in a pause or near its deadline.

        And how to put right what should not have been said, where the rule tells it.
        """
        calls = _calls_for(state)
        reminders = (
            self._reminder(state, duty, called, live)
            for duty in _undecided(state, self._words.duties)
            if duty.requires and (called := _called(duty, calls))
        )
        corrections = (self._correction(state, duty) for duty in self._words.duties if duty.forbids)
        return [proposal for proposal in (*reminders, *corrections) if proposal is not None]

    def _reminder(
        self, state: CallState, duty: ComplianceDuty, called: _Called, live: LiveSpeech | None
    ) -> Proposal | None:
        now_ms, due_ms = state.audio_ms, called.at_ms + duty.remind_after_ms
        if now_ms < due_ms or _known(state, duty) is not None:
            return None
        if duty.within_ms is None:
            is_near = now_ms >= due_ms + _PATIENCE_MS
        else:
            left_ms = called.at_ms + duty.within_ms - now_ms
            if left_ms <= 0:
                return None
            is_near = left_ms <= _NEAR_MS
        if live is not None and not live.has_paused and not is_near:
            return None
        body = duty.reminder or _example(duty)
        why = Evidence(quote=_when(duty), start_ms=called.at_ms)
        evidence = (*called.evidence, why)
        proposal = self._proposal(duty, body, evidence, called.at_ms, is_near=is_near)
        return _until(proposal, _late_ms(duty, called))

    def _correction(self, state: CallState, duty: ComplianceDuty) -> Proposal | None:
        for breach in state.breaches:
            if breach.rule != duty.rule_id or not duty.reminder:
                continue
            said_ms = breach.evidence[0].start_ms or 0 if breach.evidence else 0
            if state.audio_ms <= said_ms + _PUT_RIGHT_MS:
                return self._proposal(duty, duty.reminder, breach.evidence, said_ms, is_near=False)
        return None

    def _proposal(
        self,
        duty: ComplianceDuty,
        body: str,
        evidence: tuple[Evidence, ...],
        asked_ms: int,
        *,
        is_near: bool,
    ) -> Proposal:
        topic = f"compliance-{duty.rule_id}"
        return Proposal(
            suggestion=Suggestion(
                suggestion_id=SuggestionId(topic),
                kind=SuggestionKind.COMPLIANCE,
                topic=topic,
                title=duty.title,
                body=body,
                probability=1.0,
                evidence=evidence,
                is_primary=is_near,
            ),
            asked_ms=asked_ms,
            rule=self.name,
            priority=2 * URGENT if is_near else URGENT,
        )

    # The verdicts

    def judge(self, state: CallState) -> tuple[ComplianceVerdict, ...]:
        """A verdict for each rule that this call falls under, in the order of the rules."""
        calls = _calls_for(state)
        duties = [d for d in self._words.duties if d.is_for(state.queue, state.locale)]
        return tuple(_verdict(state, duty, _called(duty, calls)) for duty in duties)


def _verdict(state: CallState, duty: ComplianceDuty, called: _Called | None) -> ComplianceVerdict:
    def verdict(
        outcome: ComplianceOutcome, evidence: tuple[Evidence, ...] = ()
    ) -> ComplianceVerdict:
        return ComplianceVerdict(
            rule=duty.rule_id, title=duty.title, outcome=outcome, evidence=evidence
        )

    for breach in state.breaches:
        if breach.rule == duty.rule_id:
            return verdict(ComplianceOutcome.BREACHED, breach.evidence)
    for met in state.met:
        if met.rule == duty.rule_id:
            return verdict(ComplianceOutcome.MET, met.evidence)
    if duty.forbids:
        spoke = any(utterance.role is Role.AGENT for utterance in state.utterances)
        return verdict(ComplianceOutcome.MET if spoke else ComplianceOutcome.NOT_DUE)
    is_due = called is not None and duty.within_ms is not None
    if is_due and called and state.audio_ms > called.at_ms + (duty.within_ms or 0):
        return verdict(ComplianceOutcome.BREACHED, _missed(duty, called).evidence)
    return verdict(ComplianceOutcome.NOT_DUE)


def _undecided(state: CallState, duties: Sequence[ComplianceDuty]) -> Iterator[ComplianceDuty]:
    decided = {met.rule for met in state.met} | {breach.rule for breach in state.breaches}
    for duty in duties:
        if duty.rule_id not in decided and duty.is_for(state.queue, state.locale):
            yield duty


def _calls_for(state: CallState) -> dict[tuple[str, str], _Called]:
    """When each intent and each driver was first said by a customer."""
    first: dict[tuple[str, str], _Called] = {}
    for utterance in state.utterances:
        if utterance.role is not Role.CUSTOMER:
            continue
        at_ms = utterance.final.end_ms
        for name, evidence in _heard(utterance):
            if name not in first or at_ms < first[name].at_ms:
                first[name] = _Called(at_ms=at_ms, evidence=evidence or (_quote(utterance),))
    return first


def _heard(utterance: Utterance) -> Iterator[tuple[tuple[str, str], tuple[Evidence, ...]]]:
    """The likely intents and drivers of an utterance with their evidence."""
    for wish in utterance.intents:
        if wish.probability >= _MINIMUM_PROBABILITY:
            yield ("intent", wish.intent), wish.evidence
    for driver in utterance.drivers:
        if driver.probability >= _MINIMUM_PROBABILITY:
            yield ("driver", driver.driver), driver.evidence


def _called(duty: ComplianceDuty, calls: Mapping[tuple[str, str], _Called]) -> _Called | None:
    """What called for a rule first, or None."""
    if duty.cause.is_call:
        return _Called(at_ms=0)
    names = [("intent", name) for name in duty.cause.intents]
    names += [("driver", name) for name in duty.cause.any_driver]
    return min((calls[n] for n in names if n in calls), key=lambda c: c.at_ms, default=None)


def _known(state: CallState, duty: ComplianceDuty) -> Evidence | None:
    """What the handoff says is done already, so that nobody asks it again."""
    if state.handoff is None or not duty.known_by_handoff:
        return None
    for done in state.handoff.do_not_ask_again:
        if any(known.casefold() in done.casefold() for known in duty.known_by_handoff):
            return Evidence(quote=f"{state.handoff.source}: {done}")
    return None


def _missed(duty: ComplianceDuty, called: _Called) -> ComplianceBreached:
    deadline_ms = called.at_ms + (duty.within_ms or 0)
    told = Evidence(quote=f"not said {_when(duty)}", start_ms=deadline_ms)
    return _breached(duty, *called.evidence, told)


def _breached(duty: ComplianceDuty, *evidence: Evidence) -> ComplianceBreached:
    return ComplianceBreached(rule=duty.rule_id, title=duty.title, evidence=evidence)


def _when(duty: ComplianceDuty) -> str:
    """By when it is due, as people say it."""
    if duty.within_ms is None:
        return "before it is acted upon"
    seconds = duty.within_ms // 1000
    return f"in the first {seconds} s" if duty.cause.is_call else f"within {seconds} s of that"


def _example(duty: ComplianceDuty) -> str:
    """How it is said, where the rule has no reminder of its own."""
    says = duty.requires.says if duty.requires else ()
    return f"For example: {says[0]}" if says else duty.title


def _quote(utterance: Utterance) -> Evidence:
    final = utterance.final
    return Evidence(quote=final.text, utterance_id=final.utterance_id, start_ms=final.start_ms)


def _late_ms(duty: ComplianceDuty, called: _Called) -> int | None:
    """When it is too late to say it, ms from the start of the call; None: before the call ends."""
    return None if duty.within_ms is None else called.at_ms + duty.within_ms


def _until(proposal: Proposal, due_ms: int | None) -> Proposal:
    return replace(proposal, suggestion=replace(proposal.suggestion, due_ms=due_ms))
