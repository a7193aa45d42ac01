"""The life of an article: where it is, what comes next, and what else can be done with it."""

from enum import StrEnum

from agent_desktop.translation import tr
from agent_desktop.view_models.note import Mark
from assist_engine.contract.knowledge_answers import ArticleState, ArticleSummary

OVERDUE_MS = 30 * 24 * 3_600_000  # a review later than that makes an article stale


class Step(StrEnum):
    """What a person can do with the article in work."""

    SAVE = "save"
    SEND = "send"
    APPROVE = "approve"
    SEND_BACK = "send back"
    SCHEDULE = "schedule"
    PUBLISH = "publish"
    ARCHIVE = "archive"
    REOPEN = "reopen"


_NEXT = {
    ArticleState.DRAFT: Step.SEND,
    ArticleState.IN_REVIEW: Step.APPROVE,
    ArticleState.APPROVED: Step.PUBLISH,
}
_OTHERS = {
    ArticleState.DRAFT: (Step.ARCHIVE,),
    ArticleState.IN_REVIEW: (Step.SEND_BACK, Step.ARCHIVE),
    ArticleState.APPROVED: (Step.SCHEDULE, Step.SEND_BACK, Step.ARCHIVE),
    ArticleState.PUBLISHED: (Step.ARCHIVE,),
    ArticleState.ARCHIVED: (Step.REOPEN,),
}


def next_step(article: ArticleSummary, *, is_changed: bool) -> Step | None:
    """The one thing to do now; None where nothing waits."""
    if is_changed:
        return Step.SAVE
    if article.publish_at_ms and article.state is ArticleState.APPROVED:
        return None  # it publishes itself
    if article.state is ArticleState.ARCHIVED and article.published_version:
        return Step.PUBLISH  # until then agents still see it
    return _NEXT.get(article.state)


def other_steps(article: ArticleSummary) -> tuple[Step, ...]:
    """What else can be done; nothing with an article that was never saved."""
    return _OTHERS[article.state] if article.version else ()


def is_draft(article: ArticleSummary) -> bool:
    """Whether the newest version is not published."""
    return article.version > article.published_version


def waits_for_release(article: ArticleSummary) -> bool:
    """Whether the next release would change because of it."""
    if article.state is ArticleState.ARCHIVED:
        return article.published_version > 0
    return article.state is ArticleState.APPROVED and not article.publish_at_ms


def is_review_due(article: ArticleSummary, *, now_ms: int) -> bool:
    """Whether somebody should read it again by now."""
    is_kept = article.state is not ArticleState.ARCHIVED
    return is_kept and 0 < article.review_due_ms <= now_ms


def is_stale(article: ArticleSummary, *, now_ms: int, today: str) -> bool:
    """Whether it is no longer valid, or its review is overdue by a month."""
    if article.state is ArticleState.ARCHIVED:
        return False
    is_over = bool(article.valid_until) and article.valid_until < today
    return is_over or is_review_due(article, now_ms=now_ms - OVERDUE_MS)


def state_word(state: ArticleState) -> str:
    """A state as a word."""
    return {
        ArticleState.DRAFT: tr("draft"),
        ArticleState.IN_REVIEW: tr("in review"),
        ArticleState.APPROVED: tr("approved"),
        ArticleState.PUBLISHED: tr("published"),
        ArticleState.ARCHIVED: tr("archived"),
    }[state]


def state_mark(state: ArticleState) -> Mark:
    """What a state says at a glance."""
    return {
        ArticleState.DRAFT: Mark.NEWS,
        ArticleState.IN_REVIEW: Mark.CARE,
        ArticleState.APPROVED: Mark.GOOD,
        ArticleState.PUBLISHED: Mark.GOOD,
        ArticleState.ARCHIVED: Mark.QUIET,
    }[state]


def version_words(article: ArticleSummary) -> str:
    """The newest version with its state: "draft v8", "live v7"."""
    if article.state is ArticleState.PUBLISHED:
        return tr("live v{version}", version=article.version)
    if not article.version:
        return tr("never saved")
    return tr("{state} v{version}", state=state_word(article.state), version=article.version)
