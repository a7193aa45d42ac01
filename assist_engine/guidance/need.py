"""Decides whether what the customer says needs knowledge, and what to look for.

A question, a problem or a request that the agent has not answered yet is a need; greetings,
identity, digits and thanks are none. An elliptical follow-up keeps the topic before it.
"""

import re
from typing import Final

import msgspec

from assist_engine.call.clauses import clauses_of
from assist_engine.call.plain_talk import content_words, substance
from assist_engine.call.selectors import customer_utterances
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import DriverRead
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.values import Evidence, Role

_QUESTION: Final = re.compile(
    r"\b(?:how|what|when|where|which|why|who|whose|whether)\b|"
    r"\b(?:can|could|do|does|did|is|are|was|were|will|would|should|may|have|has) "
    r"(?:i|you|we|they|he|she|it|there|this|that|any|anybody|anyone|somebody|someone|the|my|your)\b"
)
_PROBLEM: Final = re.compile(
    r"\b(?:not|never|cannot|\w+n't|no longer|nothing|nobody|lost|losing|lose|stolen|stole|broken|"
    r"broke|damaged|missing|wrong|error|fail(?:s|ed|ing)?|drop(?:s|ped|ping)|stop(?:s|ped|ping)?|"
    r"slow|dead|down|declined|refused|rejected|blocked|locked|late|delayed|waiting|stuck|still|"
    r"problem|trouble|issue|charged?|overcharged|unknown|strange|suspicious|forgot(?:ten)?|"
    r"expired?|blinking|flashing|crack(?:ed|s)?|leak(?:s|ed|ing)?|cheaper|competitor|higher|"
    r"expensive|too much|more than|keeps?|without|weak|poor|terrible|awful|gone)\b"
)
_REQUEST: Final = re.compile(
    r"\b(?:i|we) (?:\w+ )?(?:want|need|would like|wish)\b|\bi'd like\b|\b(?:please|cancel|refund|"
    r"replace|return|exchange|change|send|help|explain|tell me|show me|looking for)\b"
)
_POINTS_BACK: Final = re.compile(r"\b(?:it|that|this|those|these|them|one|there|he|she|they)\b")

_NEXT_MATTER: Final = re.compile(
    r"\b(?:and|but|also|because|so) (?=(?:i|my|the|it|he|she|they|we|what|how|can|do)\b)"
)

MIN_LIVE_WORDS: Final = 4  # content words before words still moving are worth a search
_FULL_QUESTION: Final = 4  # content words of a question that stands by itself
_SURE_CONFIDENCE: Final = 0.5  # a word below it may be another
STAYS_OPEN_MS: Final = 6_000  # how long a need waits for its card: later the talk has moved on


class LiveSpeech(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is saying now; `stable` are the words that will hardly change.

    `drivers` were read from them, before the utterance is finished.
    """

    utterance_id: UtteranceId
    participant_id: ParticipantId
    role: Role
    stable: str
    start_ms: int
    heard_ms: int
    drivers: tuple[DriverRead, ...] = ()
    has_paused: bool = False  # no new word for a moment: probably that was all


class ArticleQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for, and the customer's words that ask for it."""

    text: str
    asked_ms: int  # end of these words, ms from the start of the call
    evidence: Evidence
    products: tuple[str, ...] = ()
    uncertain: frozenset[str] = frozenset()  # words that recognition was not sure of
    is_live: bool = False  # the customer is still talking


def is_need(text: str) -> bool:
    """Whether words of a customer ask for knowledge: a question, a problem, a request."""
    matter = substance(text)
    if not content_words(matter):
        return False
    return any(kind.search(matter) for kind in (_QUESTION, _PROBLEM, _REQUEST))


def find_need(state: CallState, live: LiveSpeech | None) -> tuple[ArticleQuery, ...]:
    """The customer's need of knowledge as it stands: ways to look for it, plainest first."""
    if live is not None:
        return _live_need(state, live) if live.role is Role.CUSTOMER else ()
    turns = customer_utterances(state)
    if not turns or not is_need(turns[-1].final.text):
        return ()
    last = turns[-1]
    if state.audio_ms - last.final.end_ms > STAYS_OPEN_MS:
        return ()
    return _queries(
        state,
        [substance(last.final.text), *_in_context(last, state), *_matters(last)],
        asked_ms=last.final.end_ms,
        utterance_id=last.final.utterance_id,
        start_ms=last.final.start_ms,
        uncertain=frozenset(
            word.text for word in last.final.words if word.confidence < _SURE_CONFIDENCE
        ),
    )


def _live_need(state: CallState, live: LiveSpeech) -> tuple[ArticleQuery, ...]:
    matter = substance(live.stable)
    if len(content_words(matter)) < MIN_LIVE_WORDS or not is_need(live.stable):
        return ()
    if not live.has_paused and not content_words(live.stable.split()[-1]):
        return ()  # "if you cannot fix it i am going to": what comes next may be the matter
    return _queries(
        state,
        [matter],
        asked_ms=live.heard_ms,
        utterance_id=live.utterance_id,
        start_ms=live.start_ms,
        is_live=True,
    )


def _queries(
    state: CallState,
    texts: list[str],
    *,
    asked_ms: int,
    utterance_id: UtteranceId,
    start_ms: int,
    uncertain: frozenset[str] = frozenset(),
    is_live: bool = False,
) -> tuple[ArticleQuery, ...]:
    evidence = Evidence(quote=texts[0], utterance_id=utterance_id, start_ms=start_ms)
    return tuple(
        ArticleQuery(
            text=text,
            asked_ms=asked_ms,
            evidence=evidence,
            products=(state.queue,) if state.queue else (),
            uncertain=uncertain,
            is_live=is_live,
        )
        for text in dict.fromkeys(texts)
    )


def _in_context(last: Utterance, state: CallState) -> list[str]:
    """The matter with what it is about: its intent; and what was said before, if it is short."""
    matter = substance(last.final.text)
    with_intent = [f"{read.label} {matter}" for read in last.intents]
    if not _is_elliptical(matter):
        return with_intent
    earlier = state.utterances[: state.utterances.index(last)]
    of_agent = [u.final for u in earlier if u.role is Role.AGENT][-1:]
    needs = [
        substance(u.final.text)
        for u in earlier
        if u.role is Role.CUSTOMER and is_need(u.final.text)
    ]
    topics = [substance(clauses_of(final)[-1].text) for final in of_agent] + needs[-1:]
    return with_intent + [f"{topic} {matter}" for topic in topics if topic]


def _matters(last: Utterance) -> list[str]:
    """The parts of a long turn that ask for something each, where it is about several matters."""
    parts = [substance(part) for part in _NEXT_MATTER.split(last.final.text)]
    asking = [part for part in parts if is_need(part) and not _is_elliptical(part)]
    return asking if len(parts) > 1 else []


def _is_elliptical(matter: str) -> bool:
    """Whether the words need what was said before: few of them, or pointing back."""
    words = len(content_words(matter))
    return words < _FULL_QUESTION or (
        words < _FULL_QUESTION + 2 and _POINTS_BACK.search(matter) is not None
    )
