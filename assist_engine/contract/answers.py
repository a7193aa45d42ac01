"""What the engine says to a desktop, besides events."""

from typing import TypeAlias

import msgspec

from assist_engine.contract.ids import ArticleId, CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Span


class AnswerBase(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """Common encoding of what the engine says. `ref` names the message answered."""


class EngineStatus(AnswerBase, frozen=True, kw_only=True, tag="engine.status"):
    """How far the engine is: sent on connecting and at each change."""

    is_ready: bool
    stage: str  # what it is doing: "loading the language model", "ready"
    progress: float = 1.0  # 0 to 1
    speech_model: str = ""
    is_demo_speech_model: bool = False  # hears people badly: say so before a microphone is used
    release: int = 0  # knowledge release in use; 0: none
    engine_version: str = ""


class Accepted(AnswerBase, frozen=True, kw_only=True, tag="accepted"):
    """Done and durable."""

    ref: int
    seq: int = 0


class Refused(AnswerBase, frozen=True, kw_only=True, tag="refused"):
    """Not done; `message` says what was wrong and what is accepted."""

    ref: int
    code: str
    message: str


class CallOpened(AnswerBase, frozen=True, kw_only=True, tag="call.opened"):
    """The call can be heard. Send audio of each channel from the position given (ms)."""

    ref: int
    call_id: CallId
    seq: int
    resume_from_ms: dict[int, int]


class PartialHeard(AnswerBase, frozen=True, kw_only=True, tag="utterance.partial"):
    """What a participant is saying now. Never stored; a newer one replaces it."""

    call_id: CallId
    utterance_id: UtteranceId
    participant_id: ParticipantId
    stable: str  # words that will hardly change
    tail: str  # words still moving
    start_ms: int
    heard_ms: int  # end of the audio that this partial covers


class FoundPassage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A passage that may answer. `score`: probability of helping, 0 to 1."""

    article_id: ArticleId
    title: str
    passage: str
    score: float
    answer: Span | None = None
    heading: str = ""
    version: int = 1
    release: int = 0
    updated_ms: int = 0


class KnowledgeFound(AnswerBase, frozen=True, kw_only=True, tag="knowledge.found"):
    """Passages for a search, best first. Below the threshold is marked, not hidden."""

    ref: int
    passages: tuple[FoundPassage, ...]
    threshold: float = 0.0


class ArticleSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An article in a list."""

    article_id: ArticleId
    title: str
    version: int
    published_version: int  # 0: never published
    products: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    updated_ms: int = 0


class ArticlesListed(AnswerBase, frozen=True, kw_only=True, tag="article.listed"):
    """All articles."""

    ref: int
    articles: tuple[ArticleSummary, ...]
    release: int


class ArticleFetched(AnswerBase, frozen=True, kw_only=True, tag="article.fetched"):
    """One article as Markdown with front matter."""

    ref: int
    article: ArticleSummary
    markdown: str


class ArticleSaved(AnswerBase, frozen=True, kw_only=True, tag="article.saved"):
    """A version was saved."""

    ref: int
    article: ArticleSummary


class ReleasePublished(AnswerBase, frozen=True, kw_only=True, tag="release.published"):
    """A release is in use. `ref` is 0 where it came from elsewhere."""

    ref: int
    release: int
    changed_articles: int
    passages: int


Answer: TypeAlias = (
    EngineStatus
    | Accepted
    | Refused
    | CallOpened
    | PartialHeard
    | KnowledgeFound
    | ArticlesListed
    | ArticleFetched
    | ArticleSaved
    | ReleasePublished
)
