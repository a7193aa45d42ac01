"""Values of the knowledge base as the contract says them to desktops."""

from typing import Final

from assist_engine.contract import knowledge_answers as told
from assist_engine.contract.ids import ArticleId, GapId
from assist_engine.contract.values import Span
from knowledge_base.gaps import Gap
from knowledge_base.history import History
from knowledge_base.listing import ListedArticle
from knowledge_base.release_table import ReleaseInfo
from knowledge_base.search import Found
from knowledge_base.usage import ArticleUse

_NO_USE: Final = ArticleUse()


def found_passage(found: Found) -> told.FoundPassage:
    """A passage that was found."""
    return told.FoundPassage(
        article_id=ArticleId(found.article_id),
        title=found.title,
        passage=found.passage,
        score=found.score,
        answer=Span(start=found.answer[0], end=found.answer[1]) if found.answer else None,
        heading=found.heading,
        version=found.version,
        release=found.release,
        updated_ms=found.updated_ms,
    )


def article_summary(listed: ListedArticle, use: ArticleUse = _NO_USE) -> told.ArticleSummary:
    """An article in a list."""
    article = listed.article
    return told.ArticleSummary(
        article_id=ArticleId(article.article_id),
        title=article.title,
        version=article.version,
        published_version=article.published_version,
        products=article.products,
        tags=article.tags,
        updated_ms=article.updated_ms,
        state=told.ArticleState(listed.state),
        locale=article.locale,
        owner=article.owner,
        author=listed.author,
        review_due_ms=listed.review_due_ms,
        publish_at_ms=listed.publish_at_ms,
        valid_until=article.valid_until,
        use=told.ArticleUse(
            offered=use.offered,
            opened=use.opened,
            used=use.used,
            helpful=use.helpful,
            not_helpful=use.not_helpful,
            dismissed=use.dismissed,
            solved=use.solved,
        ),
    )


def history_read(article_id: ArticleId, history: History) -> told.HistoryRead:
    """What happened to an article; the caller's `ref` goes in later."""
    return told.HistoryRead(
        ref=0,
        article_id=article_id,
        versions=tuple(
            told.ArticleVersion(
                version=one.version,
                author=one.author,
                reason=one.reason,
                saved_ms=one.saved_ms,
                state=told.ArticleState(one.state),
            )
            for one in history.versions
        ),
        reviews=tuple(
            told.ReviewEntry(
                version=step.version,
                by=step.by,
                at_ms=step.at_ms,
                state=told.ArticleState(step.state) if step.state else None,
                comment=step.comment,
            )
            for step in history.steps
        ),
    )


def release_published(info: ReleaseInfo) -> told.ReleasePublished:
    """A release that was just made."""
    return told.ReleasePublished(
        ref=0,
        release=info.release,
        changed_articles=info.changed_articles,
        passages=info.passages,
    )


def release_summary(info: ReleaseInfo) -> told.ReleaseSummary:
    """A release in a list."""
    return told.ReleaseSummary(
        release=info.release,
        made_ms=info.made_ms,
        author=info.author,
        reason=info.reason,
        articles=info.articles,
        passages=info.passages,
        is_in_use=info.is_in_use,
        override=info.override,
    )


def gap_told(gap: Gap) -> told.Gap:
    """A gap in a list."""
    return told.Gap(
        gap_id=GapId(gap.gap_id),
        label=gap.label,
        asked=gap.asked,
        asked_last_week=gap.asked_last_week,
        asked_week_before=gap.asked_week_before,
        state=told.GapState(gap.state),
        owner=gap.owner,
        questions=gap.questions,
        article_id=ArticleId(gap.article_id) if gap.article_id else None,
        told=gap.told,
    )
