"""Quiet hints on how a call is talked: acknowledge first, let them talk, break the silence.

Pure: a function of a call's state and of the words still moving, whose cards count for cool-down
and cap. From times, words and behaviours only: nothing is read of what an agent feels.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import msgspec

from assist_engine.call.state import CallState, Card, Phase, Utterance
from assist_engine.call.talk import is_back_channel, stretches_of
from assist_engine.call.voice_metrics import ParticipantVoice, VoiceMetrics, recent_metrics
from assist_engine.contract.ids import SuggestionId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import (
    Emotion,
    Evidence,
    GuidanceMode,
    Role,
    Sentiment,
    Suggestion,
    SuggestionKind,
)
from assist_engine.guidance.coaching import Coaching, HintLimits
from assist_engine.guidance.need import ArticleQuery, LiveSpeech
from assist_engine.guidance.rule import IMPORTANT, URGENT, Proposal

HINT: Final = "coach-"  # how ids and topics of hints begin
_ACKNOWLEDGE, _DEAD_AIR = "acknowledge", "dead-air"
_TO_ACKNOWLEDGE: Final = f"{HINT}{_ACKNOWLEDGE}"
_OF_MOMENT: Final = frozenset({_ACKNOWLEDGE, _DEAD_AIR})  # of no use a while later
_EMPATHY: Final = "empathy"
_DISTRESS: Final = frozenset({Emotion.ANGER, Emotion.FRUSTRATION, Emotion.WORRY, Emotion.SADNESS})
_FEWEST_WORDS: Final = 4  # of an answer that could have acknowledged something
_LAST_TURNS: Final = 6  # utterances among which the negative turn and its answer are
_FRESH_MS: Final = 15_000  # how long after the turn, or its answer, a hint about it is of use


class _Hint(msgspec.Struct, frozen=True, kw_only=True):
    """What a hint would say now."""

    title: str
    body: str
    evidence: tuple[Evidence, ...]


class _Talk:
    """The end of a call, measured once for all hints of one look."""

    def __init__(self, state: CallState) -> None:
        self._state = state
        self._measured: dict[int, VoiceMetrics] = {}

    def voices(self, window_s: int) -> VoiceMetrics:
        """How the last `window_s` seconds were talked."""
        if window_s not in self._measured:
            since_ms = max(0, self._state.audio_ms - 1000 * window_s)
            self._measured[window_s] = recent_metrics(self._state, since_ms=since_ms)
        return self._measured[window_s]

    def voice(self, window_s: int, role: Role) -> ParticipantVoice | None:
        """How the agent, or the customer, has talked."""
        voices = self.voices(window_s).participants
        return next((one for one in voices if one.role is role), None)


class CoachingRule:
    """Hints by the organisation's thresholds."""

    name = "coaching"

    def __init__(self, coaching: Coaching | None = None) -> None:
        self._coaching = coaching or Coaching()

    def use(self, coaching: Coaching) -> None:
        """Take other thresholds from the next look on."""
        self._coaching = coaching

    def wants(self, state: CallState, live: LiveSpeech | None) -> Sequence[ArticleQuery]:
        """Coaching needs no knowledge base."""
        return ()

    def propose(
        self,
        state: CallState,
        live: LiveSpeech | None,
        found: Mapping[ArticleQuery, Sequence[FoundPassage]],
    ) -> Sequence[Proposal]:
        """The hints that are due; none while the agent speaks or has chosen *quiet*."""
        agent_speaks = live is not None and live.role is Role.AGENT and not live.has_paused
        if agent_speaks or state.phase is not Phase.LIVE or not state.utterances:
            return ()
        coaching, talk = self._coaching, _Talk(state)
        checks: list[tuple[str, HintLimits, Callable[[], _Hint | None]]] = [
            (_ACKNOWLEDGE, coaching.acknowledge, partial(self._acknowledge, state)),
            ("interruptions", coaching.interruptions, partial(self._interruptions, state, talk)),
            ("talk-share", coaching.talk_share, partial(self._talk_share, state, talk)),
            (_DEAD_AIR, coaching.dead_air, partial(self._dead_air, state, live)),
            ("pace", coaching.pace, partial(self._pace, state, talk)),
        ]
        return list(_proposals(state, checks))

    def _acknowledge(self, state: CallState) -> _Hint | None:
        """Nothing was said about a negative turn: by the last answer, or while there is none."""
        limits = self._coaching.acknowledge
        last = state.utterances[-_LAST_TURNS:]
        turn = next((u for u in reversed(last) if u.role is Role.CUSTOMER), None)
        answer = next((u for u in reversed(last) if u.role is Role.AGENT), None)
        if answer is not None and (turn is None or answer.final.start_ms > turn.final.start_ms):
            return self._unanswered(state, last, answer)
        if turn is None or not _is_upset(turn, limits.minimum_probability):
            return None
        silent_ms = state.audio_ms - turn.final.end_ms
        is_due = self._comes_ahead(state) or silent_ms >= 1000 * limits.ahead_after_s
        if not is_due or silent_ms > _FRESH_MS or self._is_acknowledged(state, turn):
            return None
        return _to_acknowledge(_evidence(turn, turn.final.text))

    def _unanswered(
        self, state: CallState, last: Sequence[Utterance], answer: Utterance
    ) -> _Hint | None:
        """The last answer to a negative turn said nothing about it."""
        turns = [u for u in last if u.role is Role.CUSTOMER]
        before = [u for u in turns if u.final.start_ms < answer.final.start_ms]
        is_old = state.audio_ms > answer.final.end_ms + _FRESH_MS
        if is_old or not before or len(answer.final.text.split()) < _FEWEST_WORDS:
            return None
        turn = before[-1]
        is_upset = _is_upset(turn, self._coaching.acknowledge.minimum_probability)
        if not is_upset or self._is_acknowledged(state, turn):
            return None
        told = _evidence(answer, f"your answer: {answer.final.text}")
        return _to_acknowledge(_evidence(turn, turn.final.text), told)

    def _comes_ahead(self, state: CallState) -> bool:
        """Whether this agent is told before they answer: who is new, or has forgotten it once."""
        is_new = state.guidance_mode is GuidanceMode.GUIDE_ME
        return is_new or any(_is_of(c.suggestion.topic, _TO_ACKNOWLEDGE) for c in state.cards)

    def _is_acknowledged(self, state: CallState, turn: Utterance) -> bool:
        recent_ms = 1000 * self._coaching.acknowledge.recent_s
        return _acknowledged(state, since_ms=turn.final.start_ms - recent_ms)

    def _talk_share(self, state: CallState, talk: _Talk) -> _Hint | None:
        limits = self._coaching.talk_share
        agent = talk.voice(limits.window_s, Role.AGENT)
        talk_ms = sum(one.talk_ms for one in talk.voices(limits.window_s).participants)
        if agent is None or talk_ms < 1000 * limits.least_talk_s:
            return None
        if agent.talk_share < limits.share:
            return None
        span = _span(min(limits.window_s, state.audio_ms // 1000))
        told = f"{agent.talk_share:.0%} of the talk in {span} was yours"
        return _Hint(
            title="Let them talk",
            body="Ask an open question and wait: what matters most to you in this?",
            evidence=(_of_agent(state, told),),
        )

    def _dead_air(self, state: CallState, live: LiveSpeech | None) -> _Hint | None:
        limits = self._coaching.dead_air
        if live is None or not live.has_paused:  # None: who is speaking is not known
            return None
        ends_ms = [u.final.end_ms for u in state.utterances[-_LAST_TURNS:]]
        silent_ms = state.audio_ms - max([*ends_ms, live.heard_ms])
        if silent_ms < 1000 * limits.silent_s or _voices(state) < {Role.AGENT, Role.CUSTOMER}:
            return None
        if _is_announced(state) and silent_ms < 1000 * limits.announced_s:
            return None
        return _Hint(
            title="Say what you are doing",
            body="“I am still looking into it, that takes me a moment more.”",
            evidence=(_of_agent(state, f"nobody has talked for {silent_ms // 1000} s"),),
        )

    def _pace(self, state: CallState, talk: _Talk) -> _Hint | None:
        limits = self._coaching.pace
        agent = talk.voice(limits.window_s, Role.AGENT)
        customer = talk.voice(limits.window_s, Role.CUSTOMER)
        if agent is None or customer is None:
            return None
        if min(agent.talk_ms, customer.talk_ms) < 1000 * limits.least_talk_s:
            return None
        is_fast = agent.pace_wpm >= max(limits.least_wpm, limits.ratio * customer.pace_wpm)
        if not is_fast:
            return None
        told = f"you speak {agent.pace_wpm:.0f} words a minute, they {customer.pace_wpm:.0f}"
        return _Hint(
            title="Slow down a little",
            body="Shorter sentences and a pause after each step.",
            evidence=(_of_agent(state, told),),
        )

    def _interruptions(self, state: CallState, talk: _Talk) -> _Hint | None:
        limits = self._coaching.interruptions
        agent = talk.voice(limits.window_s, Role.AGENT)
        if agent is None or agent.interruptions < limits.interruptions:
            return None
        told = f"you began {agent.interruptions} times before they had finished"
        return _Hint(
            title="Let them finish",
            body="Count to two after their last word.",
            evidence=(_of_agent(state, f"{told}, in {_span(limits.window_s)}"),),
        )


def was_followed(state: CallState, card: Card) -> bool:
    """Whether what a hint asks for was done since: it can leave."""
    topic, since_ms = card.suggestion.topic, card.made_ms
    if _is_of(topic, _TO_ACKNOWLEDGE):
        return _acknowledged(state, since_ms=since_ms)
    is_of_silence = _is_of(topic, f"{HINT}{_DEAD_AIR}")
    return is_of_silence and any(u.final.end_ms > since_ms for u in state.utterances[-1:])


def _to_acknowledge(*evidence: Evidence) -> _Hint:
    return _Hint(
        title="Acknowledge it first",
        body="Say in a sentence that you understand, then go on with the solution.",
        evidence=evidence,
    )


def _proposals(
    state: CallState, checks: Sequence[tuple[str, HintLimits, Callable[[], _Hint | None]]]
) -> Iterator[Proposal]:
    for name, limits, check in checks:
        given = [c for c in state.cards if _is_of(c.suggestion.topic, f"{HINT}{name}")]
        if not _may_come(state, limits, [card.made_ms for card in given]):
            continue
        hint = check()
        if hint is not None:
            yield _proposal(state, name, limits, hint, number=len(given) + 1)


def _proposal(
    state: CallState, name: str, limits: HintLimits, hint: _Hint, *, number: int
) -> Proposal:
    # A hint that comes again after its cool-down is a topic of its own: else it were a repeat.
    topic = f"{HINT}{name}" if number == 1 else f"{HINT}{name}-{number}"
    return Proposal(
        suggestion=Suggestion(
            suggestion_id=SuggestionId(topic),
            kind=SuggestionKind.COACHING,
            topic=topic,
            title=hint.title,
            body=hint.body,
            probability=1.0,
            evidence=hint.evidence,
            is_primary=False,
        ),
        asked_ms=state.audio_ms,
        rule="coaching",
        priority=_priority(name, limits),
    )


def _priority(name: str, limits: HintLimits) -> int:
    if not limits.is_important:
        return 0
    return URGENT if name in _OF_MOMENT else IMPORTANT


def _may_come(state: CallState, limits: HintLimits, given_ms: Sequence[int]) -> bool:
    """Whether mode, cap and cool-down allow another hint of the kind."""
    mode = state.guidance_mode
    if not limits.is_on or mode is GuidanceMode.QUIET:
        return False
    if mode is not GuidanceMode.GUIDE_ME and not limits.is_important:
        return False
    if len(given_ms) >= limits.cap:
        return False
    return not given_ms or state.audio_ms >= max(given_ms) + 1000 * limits.cooldown_s


def _is_of(topic: str, first: str) -> bool:
    return topic == first or (
        topic.startswith(f"{first}-") and topic.removeprefix(f"{first}-").isdigit()
    )


def _is_upset(turn: Utterance, minimum_probability: float) -> bool:
    """Whether a customer's turn asks for a word about it."""
    read = turn.sentiment
    is_negative = read is not None and read.sentiment is Sentiment.NEGATIVE
    if read is not None and is_negative and read.probability >= minimum_probability:
        return True
    felt = turn.emotion.emotions if turn.emotion else ()
    return any(one.emotion in _DISTRESS and one.probability >= minimum_probability for one in felt)


def _acknowledged(state: CallState, *, since_ms: int) -> bool:
    """Whether an agent has acknowledged something since then."""
    for utterance in reversed(state.utterances):
        if utterance.final.end_ms < since_ms:
            return False
        if any(read.behaviour == _EMPATHY for read in utterance.behaviours):
            return True
    return False


def _is_announced(state: CallState) -> bool:
    """Whether the agent's last words asked for patience; what is only listening does not end it."""
    for utterance in reversed(state.utterances[-_LAST_TURNS:]):
        if utterance.role is Role.AGENT:
            return any(one.announces_hold for one in stretches_of(utterance, 0))
        if not is_back_channel(utterance.final.text):
            return False
    return False


def _voices(state: CallState) -> set[Role]:
    return {utterance.role for utterance in state.utterances[-4 * _LAST_TURNS :]}


def _of_agent(state: CallState, told: str) -> Evidence:
    """A figure, with the agent's last words as its place."""
    last = (u for u in reversed(state.utterances) if u.role is Role.AGENT)
    utterance = next(last, None)
    return _evidence(utterance, told) if utterance else Evidence(quote=told)


def _evidence(utterance: Utterance, told: str) -> Evidence:
    final = utterance.final
    return Evidence(quote=told, utterance_id=final.utterance_id, start_ms=final.start_ms)


def _span(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"the last {seconds} s" if rest else f"the last {minutes} minutes"
