"""Watches that an agent says what must be said in time, and nothing that must not be said.

One rule for the whole organisation and all calls: pure functions of a call's state and of the
words just finished. It reminds before a deadline, records what was met and what was not, and at
the end gives a verdict a rule. What was decided once stays so for the rest of the call.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from assist_engine.call.state import CallState, Phase, Utterance
from assist_engine.contract.events import ComplianceBreached, ComplianceMet, Event, UtteranceFinal
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
from assist_engine.guidance.compliance_causes import (
    CLEAR,
    Called,
    agents_between,
    called_by,
    calls_for,
    late_ms_of,
    quote_of,
    unclear,
    waits_since_ms,
)
from assist_engine.guidance.compliance_words import ComplianceWords, Said
from assist_engine.guidance.need import ArticleQuery, LiveSpeech
from assist_engine.guidance.rule import URGENT, Proposal, Vector

SETTLE_MS: Final = 10_000  # words begun before a deadline may be recognised so long after it
_NEAR_MS: Final = 10_000  # before a deadline, a reminder asks for attention
_PATIENCE_MS: Final = 20_000  # without a deadline, a reminder waits so long for a pause
_PUT_RIGHT_MS: Final = 60_000  # how long after forbidden words it is of use to put them right
_BEFORE_MS: Final = 60_000  # words said so long before something called for them count
_DOUBT_MS: Final = 30_000  # so long badly heard words keep a reminder back


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
        calls = calls_for(state)
        said = utterance if utterance is not None and utterance.role is Role.AGENT else None
        found = (
            self._forbidden(duty, said, vector)
            if duty.forbids
            else self._required(state, duty, called_by(duty, calls), said, vector)
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
        is_clear = said is not None and said.confidence >= CLEAR
        return _breached(duty, said.evidence) if said and is_clear else None

    def _required(
        self,
        state: CallState,
        duty: ComplianceDuty,
        called: Called | None,
        utterance: Utterance | None,
        vector: Vector | None,
    ) -> Event | None:
        known = _known(state, duty)
        if known is not None:
            return ComplianceMet(rule=duty.rule_id, title=duty.title, evidence=(known,))
        if called is None:
            return None
        if utterance is not None:
            event = self._by_words(duty, called, utterance, vector)
        else:
            event = self._by_earlier_words(state, duty, called)
        if event is not None or duty.within_ms is None:
            return event
        deadline_ms = called.at_ms + duty.within_ms
        is_over = utterance is not None and utterance.final.start_ms > deadline_ms
        is_late = state.phase is Phase.LIVE and state.audio_ms >= deadline_ms + SETTLE_MS
        if not is_over and not is_late:
            return None
        is_doubtful = unclear(state, duty.requires, called.at_ms, deadline_ms) is not None
        return None if is_doubtful else _missed(duty, called)

    def _by_words(
        self, duty: ComplianceDuty, called: Called, utterance: Utterance, vector: Vector | None
    ) -> Event | None:
        """Met by an agent's utterance, or breached by what it says too soon or too late."""
        words = self._words
        said = words.find(duty.requires, utterance, vector) if duty.requires else None
        soon = words.find(duty.before, utterance, vector) if duty.before else None
        return _decided(duty, called, said, soon)

    def _by_earlier_words(
        self, state: CallState, duty: ComplianceDuty, called: Called
    ) -> Event | None:
        """What was said when nobody knew yet that something called for it."""
        if duty.cause.is_call:
            return None
        since_ms, known_ms = called.at_ms - _BEFORE_MS, called.at_ms + SETTLE_MS
        for utterance in agents_between(state, since_ms, known_ms):
            is_after = utterance.final.start_ms >= called.at_ms
            said = self._words.find_exact(duty.requires, utterance) if duty.requires else None
            soon = None
            if duty.before and is_after:
                soon = self._words.find_exact(duty.before, utterance)
            event = _decided(duty, called, said, soon)
            if event is not None:
                return event
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
        calls = calls_for(state)
        reminders = (
            self._reminder(state, duty, called, live)
            for duty in _undecided(state, self._words.duties)
            if duty.requires and (called := called_by(duty, calls))
        )
        corrections = (self._correction(state, duty) for duty in self._words.duties if duty.forbids)
        return [proposal for proposal in (*reminders, *corrections) if proposal is not None]

    def _reminder(
        self, state: CallState, duty: ComplianceDuty, called: Called, live: LiveSpeech | None
    ) -> Proposal | None:
        since_ms = waits_since_ms(state, duty, called)
        if since_ms is None or _known(state, duty) is not None:
            return None
        now_ms, due_ms = state.audio_ms, since_ms + duty.remind_after_ms
        late_ms = late_ms_of(duty, called)
        if not due_ms <= now_ms < (late_ms or now_ms + 1):
            return None
        is_near = now_ms >= (due_ms + _PATIENCE_MS if late_ms is None else late_ms - _NEAR_MS)
        if live is not None and not live.has_paused and not is_near:
            return None
        if self._is_saying(duty, live) or _may_be_said(state, duty, called):
            return None
        body = duty.reminder or _example(duty)
        why = Evidence(quote=_when(duty), start_ms=called.at_ms)
        evidence = (*called.evidence, why)
        proposal = self._proposal(duty, body, evidence, called.at_ms, is_near=is_near)
        return _until(proposal, late_ms_of(duty, called))

    def _is_saying(self, duty: ComplianceDuty, live: LiveSpeech | None) -> bool:
        """Whether the words that the agent is saying hold it already."""
        if live is None or live.role is not Role.AGENT or not live.stable or not duty.requires:
            return False
        words = UtteranceFinal(
            utterance_id=live.utterance_id,
            participant_id=live.participant_id,
            text=live.stable,
            start_ms=live.start_ms,
            end_ms=live.heard_ms,
        )
        spoken = Utterance(final=words, role=Role.AGENT)
        return self._words.find_exact(duty.requires, spoken) is not None

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
        calls = calls_for(state)
        duties = [d for d in self._words.duties if d.is_for(state.queue, state.locale)]
        return tuple(_verdict(state, duty, called_by(duty, calls)) for duty in duties)


def _verdict(state: CallState, duty: ComplianceDuty, called: Called | None) -> ComplianceVerdict:
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
    return verdict(*_unsaid(state, duty, called))


def _unsaid(
    state: CallState, duty: ComplianceDuty, called: Called | None
) -> tuple[ComplianceOutcome, tuple[Evidence, ...]]:
    """What becomes of something required that nobody heard."""
    late_ms = late_ms_of(duty, called) if called else None
    if called is None or late_ms is None or state.audio_ms <= late_ms:
        return ComplianceOutcome.NOT_DUE, ()
    badly_heard = unclear(state, duty.requires, called.at_ms, late_ms)
    if badly_heard is not None:
        return ComplianceOutcome.NOT_DUE, (quote_of(badly_heard, "hardly understood: "),)
    return ComplianceOutcome.BREACHED, _missed(duty, called).evidence


def _decided(
    duty: ComplianceDuty, called: Called, said: Said | None, soon: Said | None
) -> Event | None:
    """What comes of an utterance that says what is required, or what it must come before."""
    is_soon = soon is not None and soon.confidence >= CLEAR
    if soon is not None and is_soon and (said is None or soon.at < said.at):
        return _breached(duty, soon.evidence)
    if said is None:
        return None
    late_ms = late_ms_of(duty, called)
    if late_ms is not None and said.start_ms > late_ms:
        return _breached(duty, said.evidence, *_missed(duty, called).evidence)
    return ComplianceMet(rule=duty.rule_id, title=duty.title, evidence=(said.evidence,))


def _undecided(state: CallState, duties: Sequence[ComplianceDuty]) -> Iterator[ComplianceDuty]:
    decided = {met.rule for met in state.met} | {breach.rule for breach in state.breaches}
    for duty in duties:
        if duty.rule_id not in decided and duty.is_for(state.queue, state.locale):
            yield duty


def _known(state: CallState, duty: ComplianceDuty) -> Evidence | None:
    """What the handoff says is done already, so that nobody asks it again."""
    if state.handoff is None or not duty.known_by_handoff:
        return None
    for done in state.handoff.do_not_ask_again:
        if any(known.casefold() in done.casefold() for known in duty.known_by_handoff):
            return Evidence(quote=f"{state.handoff.source}: {done}")
    return None


def _may_be_said(state: CallState, duty: ComplianceDuty, called: Called) -> bool:
    """Whether a reminder may be of what the agent said: half of its words, or badly heard ones."""
    now_ms = state.audio_ms
    lately_ms = now_ms - _DOUBT_MS
    doubtful = unclear(state, duty.requires, called.at_ms, now_ms, badly_since_ms=lately_ms)
    return doubtful is not None


def _missed(duty: ComplianceDuty, called: Called) -> ComplianceBreached:
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


def _until(proposal: Proposal, due_ms: int | None) -> Proposal:
    return replace(proposal, suggestion=replace(proposal.suggestion, due_ms=due_ms))
