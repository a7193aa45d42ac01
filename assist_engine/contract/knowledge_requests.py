"""What a knowledge manager's desk asks of the engine; agents search and read only."""

from typing import TypeAlias

from assist_engine.contract.ids import ArticleId, GapId
from assist_engine.contract.knowledge_answers import ArticleState, GapState
from assist_engine.contract.message import SayingBase


class SearchKnowledge(SayingBase, frozen=True, kw_only=True, tag="knowledge.search"):
    """Find passages in the current release."""

    query: str
    limit: int = 5


class ListArticles(SayingBase, frozen=True, kw_only=True, tag="article.list"):
    """List all articles with their status."""


class ReadArticle(SayingBase, frozen=True, kw_only=True, tag="article.read"):
    """Fetch one article as Markdown with front matter. `version`: 0 is the newest."""

    article_id: ArticleId
    version: int = 0


class ReadHistory(SayingBase, frozen=True, kw_only=True, tag="article.history"):
    """Fetch all versions of an article, with what was said in reviews."""

    article_id: ArticleId


class SaveArticle(SayingBase, frozen=True, kw_only=True, tag="article.save"):
    """Save a new version of an article (a draft until published).

    `based_on`: the version that was edited; refused where somebody saved a newer one meanwhile.
    0: do not look.
    """

    article_id: ArticleId
    markdown: str
    reason: str = ""
    based_on: int = 0


class MoveArticle(SayingBase, frozen=True, kw_only=True, tag="article.move"):
    """Move a version through its life: to review, approved, back to draft, archived.

    `publish_at_ms` (wall clock, ms since 1970) of an approved version: it goes into a release of
    its own at that time; 0: into the next one that is published.
    """

    article_id: ArticleId
    version: int
    to: ArticleState
    comment: str = ""
    publish_at_ms: int = 0


class CommentArticle(SayingBase, frozen=True, kw_only=True, tag="article.comment"):
    """Say something about a version in its review."""

    article_id: ArticleId
    version: int
    text: str


class TryDraft(SayingBase, frozen=True, kw_only=True, tag="draft.try"):
    """What a search would find if this text were published, beside what it finds now.

    Without a query only the passages and the findings come.
    """

    article_id: ArticleId
    markdown: str
    query: str = ""


class PreviewRelease(SayingBase, frozen=True, kw_only=True, tag="release.preview"):
    """What publishing now would change: articles, findings, answers to known questions."""


class PublishRelease(SayingBase, frozen=True, kw_only=True, tag="release.publish"):
    """Make the next release of all approved versions.

    `override`: why it is published although the check found errors; recorded.
    """

    reason: str = ""
    override: str = ""


class ListReleases(SayingBase, frozen=True, kw_only=True, tag="release.list"):
    """List all releases."""


class RollBackRelease(SayingBase, frozen=True, kw_only=True, tag="release.roll_back"):
    """Use an older release again."""

    release: int
    reason: str = ""


class ListGaps(SayingBase, frozen=True, kw_only=True, tag="gap.list"):
    """List what callers asked that no article answers."""


class UpdateGap(SayingBase, frozen=True, kw_only=True, tag="gap.update"):
    """Give a gap an owner or another state."""

    gap_id: GapId
    owner: str
    state: GapState


class DraftFromGap(SayingBase, frozen=True, kw_only=True, tag="gap.draft"):
    """Start the article that a gap asks for, its questions as variants; answers as a read."""

    gap_id: GapId


KnowledgeRequest: TypeAlias = (
    SearchKnowledge
    | ListArticles
    | ReadArticle
    | ReadHistory
    | SaveArticle
    | MoveArticle
    | CommentArticle
    | TryDraft
    | PreviewRelease
    | PublishRelease
    | ListReleases
    | RollBackRelease
    | ListGaps
    | UpdateGap
    | DraftFromGap
)
