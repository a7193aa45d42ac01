"""Decides whether what the customer says needs knowledge, and what to look for.

A question, a problem or a request is a need; greetings, identity, digits and thanks are none. An
elliptical follow-up keeps the topic before it, and a turn about several matters is several.
"""

import re
from typing import Final

import msgspec
from msgspec.structs import replace

from assist_engine.call.clauses import clauses_of
from assist_engine.call.plain_talk import content_words, substance
from assist_engine.call.selectors import customer_utterances
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import DriverRead
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.values import Evidence, Role, Sentiment

_QUESTION: Final = re.compile(
    r"\b(?:how|what|when|where|which|why|who|whose|whether)\b|"
    r"\b(?:can|could|do|does|did|is|are|was|were|will|would|should|may|have|has) "
    r"(?:i|you|we|they|he|she|it|there|this|that|any|anybody|anyone|somebody|someone|the|my|your)\b|"
    r"^(?:and |but |or )?if (?:i|we|my|the|it)\b"
)
_PROBLEM: Final = re.compile(
    r"\b(?:not|never|cannot|\w+n't|no longer|nothing|nobody|lost|losing|lose|stolen|stole|broken|"
    r"broke|damaged|missing|wrong|error|fail(?:s|ed|ing)?|drop(?:s|ped|ping)|stop(?:s|ped|ping)?|"
    r"slow|dead|down|declined|refused|rejected|blocked|locked|late|delayed|waiting|stuck|still|"
    r"problem|trouble|issue|charged?|overcharged|unknown|strange|suspicious|forgot(?:ten)?|"
    r"expired?|blinking|flashing|crack(?:ed|s)?|leak(?:s|ed|ing)?|cheaper|competitor|higher|"
    r"expensive|shattered|smashed|scratched|torn|bent|too much|more than|keeps?|without|weak|poor|"
    r"terrible|awful|gone)\b"
)
_REQUEST: Final = re.compile(
    r"\b(?:i|we) (?:\w+ )?(?:want|need|would like|wish)\b|\bi'd like\b|\b(?:please|cancel|refund|"
    r"replace|return|exchange|change|send|help|explain|tell me|show me|looking for)\b"
)
_POINTS_BACK: Final = re.compile(r"\b(?:it|that|this|those|these|them|one|there|he|she|they)\b")

_NEXT_MATTER: Final = re.compile(
    r"\b(?:and|but|also|because|so|plus) "
    r"(?=(?:i|my|the|it|he|she|they|we|you|your|there|what|when|where|how|can|could|do|does|is)\b)"
)

MIN_LIVE_WORDS: Final = 4  # content words before words still moving are worth a search
_FULL_QUESTION: Final = 4  # content words of a question that stands by itself
_FULL_PART: Final = 2  # content words of a matter beside another in one turn
_SURE_CONFIDENCE: Final = 0.5  # a word below it may be another
_CLEAR: Final = 0.6  # probability of an intent that is worth looking with
STAYS_OPEN_MS: Final = 20_000  # how long a need waits for its card; the arbiter's distance of cards


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
    is_tentative: bool = False  # not all that is meant is in it: only a surer result counts


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What one turn of the customer needs to know, and the ways of looking for it."""

    words: ArticleQuery  # the turn by itself
    leaning: tuple[ArticleQuery, ...] = ()  # with its intent, with the agent's words before it
    since: tuple[ArticleQuery, ...] = ()  # what the agent has said since, more as they speak
    is_bare: bool = False  # the words by themselves name no matter
    parts: tuple[ArticleQuery, ...] = ()  # the matters of the turn, where there are several

    @property
    def queries(self) -> tuple[ArticleQuery, ...]:
        """All that must be looked for; a later look has the same and more after them."""
        return (self.words, *self.leaning, *self.parts, *self.since)


def is_need(text: str) -> bool:
    """Whether words of a customer ask for knowledge: a question, a problem, a request."""
    matter = substance(text)
    if not content_words(matter):
        return False
    return any(kind.search(matter) for kind in (_QUESTION, _PROBLEM, _REQUEST))


def find_needs(state: CallState, live: LiveSpeech | None) -> tuple[Need, ...]:
    """What the customer needs to know as it stands, newest first.

    While they talk only what they are saying counts; afterwards also what they asked before, in
    the last `STAYS_OPEN_MS`: its card may have had to wait for another.
    """
    if live is not None:
        return _live_need(state, live) if live.role is Role.CUSTOMER else ()
    return tuple(
        _need(state, turn)
        for turn in reversed(customer_utterances(state))
        if state.audio_ms - turn.final.end_ms <= STAYS_OPEN_MS and _asks(turn)
    )


def _asks(turn: Utterance) -> bool:
    """Whether a turn needs knowledge: its words ask, or are bad news of a matter that is known."""
    if is_need(turn.final.text):
        return True
    is_bad = turn.sentiment is not None and turn.sentiment.sentiment is Sentiment.NEGATIVE
    return is_bad and bool(turn.intents and content_words(substance(turn.final.text)))


def _live_need(state: CallState, live: LiveSpeech) -> tuple[Need, ...]:
    said = live.stable if live.has_paused else _without_begun(live.stable)
    matter = substance(said)
    if len(content_words(matter)) < MIN_LIVE_WORDS or not is_need(said):
        return ()
    query = ArticleQuery(
        text=matter,
        asked_ms=live.heard_ms,
        evidence=Evidence(quote=matter, utterance_id=live.utterance_id, start_ms=live.start_ms),
        products=(state.queue,) if state.queue else (),
        is_tentative=not live.has_paused,
    )
    newest = [text for text in _matters(said)[-1:] if text != matter]
    parts = tuple(replace(query, text=text, is_tentative=True) for text in newest)
    return (Need(words=query, parts=parts),)


def _without_begun(said: str) -> str:
    """Words that still go on, up to the last that names something: "i lost it and i am" """
    words = said.split()
    while words and not content_words(words[-1]):
        words.pop()
    return " ".join(words)


def _need(state: CallState, turn: Utterance) -> Need:
    matter = substance(turn.final.text)
    is_short = _is_elliptical(matter)
    query = ArticleQuery(
        text=matter,
        asked_ms=turn.final.end_ms,
        evidence=Evidence(
            quote=matter, utterance_id=turn.final.utterance_id, start_ms=turn.final.start_ms
        ),
        products=(state.queue,) if state.queue else (),
        uncertain=frozenset(w.text for w in turn.final.words if w.confidence < _SURE_CONFIDENCE),
        is_tentative=is_short and _POINTS_BACK.search(matter) is not None,
    )
    lean_on = [read.label for read in turn.intents if read.probability >= _CLEAR]
    if is_short:
        lean_on += _said_before(state, turn)
    leaning = dict.fromkeys(f"{said} {matter}" for said in lean_on)
    since = dict.fromkeys(_said_since(state, turn))
    return Need(
        words=query,
        leaning=tuple(replace(query, text=text, is_tentative=False) for text in leaning),
        since=tuple(replace(query, text=text, is_tentative=False) for text in since),
        is_bare=len(content_words(matter)) <= 1,
        parts=tuple(
            replace(query, text=part, is_tentative=True) for part in _matters(turn.final.text)
        ),
    )


def _said_before(state: CallState, turn: Utterance) -> list[str]:
    """The agent's last clause before a turn, where it says anything: a question leans on it."""
    earlier = state.utterances[: state.utterances.index(turn)]
    agents = (u.final for u in reversed(earlier) if u.role is Role.AGENT)
    said = next((substance(clauses_of(final)[-1].text) for final in agents), "")
    return [said] if said else []


def _said_since(state: CallState, turn: Utterance) -> list[str]:
    """What the agent has said since: they name in the house's words what was told in others."""
    later = state.utterances[state.utterances.index(turn) + 1 :]
    said = (substance(u.final.text) for u in later if u.role is Role.AGENT)
    return [text for text in said if len(content_words(text)) >= _FULL_QUESTION]


def _matters(text: str) -> list[str]:
    """The parts of what is said that ask for something each, where it is about several matters."""
    parts = [substance(part) for part in _NEXT_MATTER.split(text)]
    asking = [part for part in parts if is_need(part) and len(content_words(part)) >= _FULL_PART]
    return asking if len(parts) > 1 else []


def _is_elliptical(matter: str) -> bool:
    """Whether the words need what was said before: few of them, or pointing back."""
    words = len(content_words(matter))
    return words < _FULL_QUESTION or (
        words < _FULL_QUESTION + 2 and _POINTS_BACK.search(matter) is not None
    )
