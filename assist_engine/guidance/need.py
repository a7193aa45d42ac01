"""Decides whether what the customer says needs knowledge, and what to look for.

A question, a problem or a request that the agent has not answered yet is a need; greetings,
identity, digits and thanks are none. An elliptical follow-up keeps the topic before it.
"""

import re
from typing import Final

import msgspec

from assist_engine.call.plain_talk import content_words, substance
from assist_engine.call.selectors import customer_utterances
from assist_engine.call.state import CallState
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
    r"expensive|too much|keeps?|without)\b"
)
_REQUEST: Final = re.compile(
    r"\b(?:i|we) (?:\w+ )?(?:want|need|would like|wish)\b|\bi'd like\b|\b(?:please|cancel|refund|"
    r"replace|return|exchange|change|send|help|explain|tell me|show me|looking for)\b"
)
_POINTS_BACK: Final = re.compile(r"\b(?:it|that|this|those|these|them|one|there|he|she|they)\b")

MIN_LIVE_WORDS: Final = 4  # content words before words still moving are worth a search
_FULL_QUESTION: Final = 4  # content words of a question that stands by itself
_STAYS_OPEN_MS: Final = 12_000  # how long a need waits for its card after it was said
_TURNS_BACK: Final = 3


class LiveSpeech(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is saying now; `stable` are the words that will hardly change."""

    utterance_id: UtteranceId
    participant_id: ParticipantId
    role: Role
    stable: str
    start_ms: int
    heard_ms: int


class ArticleQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for, and the customer's words that ask for it."""

    text: str
    asked_ms: int  # end of these words, ms from the start of the call
    evidence: Evidence
    products: tuple[str, ...] = ()
    is_live: bool = False  # the customer is still talking


def is_need(text: str) -> bool:
    """Whether words of a customer ask for knowledge: a question, a problem, a request."""
    matter = substance(text)
    if not content_words(matter):
        return False
    return any(kind.search(matter) for kind in (_QUESTION, _PROBLEM, _REQUEST))


def find_need(state: CallState, live: LiveSpeech | None) -> ArticleQuery | None:
    """The customer's need of knowledge as it stands, or None."""
    if live is not None:
        return _live_need(state, live) if live.role is Role.CUSTOMER else None
    turns = customer_utterances(state)
    if not turns or not is_need(turns[-1].final.text):
        return None
    last = turns[-1].final
    if state.audio_ms - last.end_ms > _STAYS_OPEN_MS:
        return None
    earlier = [turn.final.text for turn in turns[:-1]]
    return ArticleQuery(
        text=_with_topic(last.text, earlier),
        asked_ms=last.end_ms,
        evidence=Evidence(
            quote=substance(last.text), utterance_id=last.utterance_id, start_ms=last.start_ms
        ),
        products=_products(state),
    )


def _live_need(state: CallState, live: LiveSpeech) -> ArticleQuery | None:
    matter = substance(live.stable)
    if len(content_words(matter)) < MIN_LIVE_WORDS or not is_need(live.stable):
        return None
    earlier = [turn.final.text for turn in customer_utterances(state)]
    return ArticleQuery(
        text=_with_topic(live.stable, earlier),
        asked_ms=live.heard_ms,
        evidence=Evidence(quote=matter, utterance_id=live.utterance_id, start_ms=live.start_ms),
        products=_products(state),
        is_live=True,
    )


def _with_topic(text: str, earlier: list[str]) -> str:
    """The matter of the words; one that does not stand by itself brings the topic before it."""
    matter = substance(text)
    words = content_words(matter)
    points_back = bool(_POINTS_BACK.search(matter)) and len(words) < _FULL_QUESTION + 2
    if len(words) >= _FULL_QUESTION and not points_back:
        return matter
    topics = [substance(said) for said in earlier[-_TURNS_BACK:] if is_need(said)]
    return " ".join([*topics[-1:], matter])


def _products(state: CallState) -> tuple[str, ...]:
    return (state.queue,) if state.queue else ()
