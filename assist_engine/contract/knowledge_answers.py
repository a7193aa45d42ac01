"""What the engine answers a knowledge manager's desk, and a searching agent."""

from enum import StrEnum
from typing import TypeAlias

import msgspec

from assist_engine.contract.ids import ArticleId, GapId
from assist_engine.contract.message import AnswerBase
from assist_engine.contract.values import Span


class ArticleState(StrEnum):
    """Where the newest version of an article is in its life."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"  # goes into the next release
    PUBLISHED = "published"
    ARCHIVED = "archived"


class GapState(StrEnum):
    """What became of a gap."""

    OPEN = "open"
    DRAFTED = "drafted"  # an article was begun
    CLOSED = "closed"  # its questions are answered now
    IGNORED = "ignored"


class Severity(StrEnum):
    """How bad a finding is. An error keeps a release back unless it is overridden."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


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


class ArticleUse(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often calls met an article, and what came of it."""

    offered: int = 0
    opened: int = 0
    used: int = 0
    helpful: int = 0
    not_helpful: int = 0
    dismissed: int = 0
    solved: int = 0  # calls with an outcome "Solved" in which it was used


class ArticleSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An article in a list. Times are ms since 1970; 0: none."""

    article_id: ArticleId
    title: str
    version: int
    published_version: int  # 0: not in the release in use
    products: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    updated_ms: int = 0
    state: ArticleState = ArticleState.DRAFT
    locale: str = "en-US"
    owner: str = ""
    author: str = ""  # of the newest version
    review_due_ms: int = 0
    publish_at_ms: int = 0
    valid_until: str = ""  # YYYY-MM-DD, the last day
    use: ArticleUse = ArticleUse()


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
    version: int = 0  # of this text; 0: `article.version`


class ArticleVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version in a history."""

    version: int
    author: str
    reason: str
    saved_ms: int
    state: ArticleState


class ReviewEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step or a comment in the life of a version. `state` is empty for a mere comment."""

    version: int
    by: str
    at_ms: int
    state: ArticleState | None = None
    comment: str = ""


class HistoryRead(AnswerBase, frozen=True, kw_only=True, tag="article.history_read"):
    """All versions of an article, newest first, and what happened to them, oldest first."""

    ref: int
    article_id: ArticleId
    versions: tuple[ArticleVersion, ...]
    reviews: tuple[ReviewEntry, ...] = ()


class ArticleSaved(AnswerBase, frozen=True, kw_only=True, tag="article.saved"):
    """A version was saved, or moved through its life."""

    ref: int
    article: ArticleSummary


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something the check found in an article. `other`: the article it clashes with."""

    rule: str  # "near-duplicate", "contradiction", "too-long" …
    severity: Severity
    article_id: ArticleId
    message: str
    quote: str = ""
    other_id: ArticleId | None = None
    other_quote: str = ""


class DraftPassage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A passage as a draft would be cut."""

    heading: str
    text: str


class DraftTried(AnswerBase, frozen=True, kw_only=True, tag="draft.tried"):
    """What a draft would change. `before`: found now; `after`: found if it were published."""

    ref: int
    passages: tuple[DraftPassage, ...]
    findings: tuple[Finding, ...] = ()
    before: tuple[FoundPassage, ...] = ()
    after: tuple[FoundPassage, ...] = ()
    threshold: float = 0.0


class QuestionEffect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question whose answer a release would change. Ranks start at 1; 0: not shown."""

    question: str
    wanted: tuple[ArticleId, ...]  # empty: nobody said which article is right
    before: ArticleId | None
    after: ArticleId | None
    rank_before: int = 0  # of the right article
    rank_after: int = 0


class Effect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a release would change on a set of questions."""

    name: str  # "golden questions", "calls of the last 7 days"
    questions: int
    better: tuple[QuestionEffect, ...] = ()
    worse: tuple[QuestionEffect, ...] = ()
    changed: tuple[QuestionEffect, ...] = ()  # another answer, nobody said which is right
    same: int = 0


class HealthPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the health score, 0 to 1, with its weight and what it counts."""

    name: str
    score: float
    weight: float
    told: str


class ReleasePreviewed(AnswerBase, frozen=True, kw_only=True, tag="release.previewed"):
    """What publishing now would do."""

    ref: int
    changed: tuple[ArticleId, ...]
    findings: tuple[Finding, ...] = ()
    effects: tuple[Effect, ...] = ()
    health: float = 0.0
    health_parts: tuple[HealthPart, ...] = ()


class ReleasePublished(AnswerBase, frozen=True, kw_only=True, tag="release.published"):
    """A release is in use. `ref` is 0 where it came from elsewhere."""

    ref: int
    release: int
    changed_articles: int
    passages: int


class ReleaseSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A release in a list."""

    release: int
    made_ms: int
    author: str
    reason: str
    articles: int
    passages: int
    is_in_use: bool = False
    override: str = ""


class ReleasesListed(AnswerBase, frozen=True, kw_only=True, tag="release.listed"):
    """All releases, newest first."""

    ref: int
    releases: tuple[ReleaseSummary, ...]


class Gap(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A kind of question that no article answers, from real calls."""

    gap_id: GapId
    label: str  # the callers' own words
    asked: int
    asked_last_week: int
    asked_week_before: int
    state: GapState
    owner: str = ""
    questions: tuple[str, ...] = ()
    article_id: ArticleId | None = None  # begun for it
    told: str = ""  # why it is not closed although its article is published


class GapsListed(AnswerBase, frozen=True, kw_only=True, tag="gap.listed"):
    """All gaps, most asked first."""

    ref: int
    gaps: tuple[Gap, ...]


KnowledgeAnswer: TypeAlias = (
    KnowledgeFound
    | ArticlesListed
    | ArticleFetched
    | HistoryRead
    | ArticleSaved
    | DraftTried
    | ReleasePreviewed
    | ReleasePublished
    | ReleasesListed
    | GapsListed
)
