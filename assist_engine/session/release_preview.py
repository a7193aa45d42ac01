"""Looks ahead: what a text or the next release would change, before anybody is shown it.

Both block for as long as the check and the embedding of what is new take: call them in a thread.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from assist_engine.contract import knowledge_answers as told
from assist_engine.contract.ids import ArticleId
from assist_engine.session.knowledge_finder import KnowledgeFinder
from assist_engine.session.knowledge_values import found_passage
from knowledge_base.article import Article, parse_article
from knowledge_base.draft import search_with_draft
from knowledge_base.effect import Effect, QuestionEffect, candidate, compare, questions_of_calls
from knowledge_base.lifecycle import day_of
from knowledge_base.lint.check import check
from knowledge_base.lint.finding import Finding
from knowledge_base.lint.health import health
from knowledge_base.passages import cut
from knowledge_base.query import plain_question
from knowledge_base.usage import UsageBook

_WEEK_MS: Final = 7 * 86_400_000
_QUESTIONS: Final = 500  # newest of the week's questions that are asked
_FOUND: Final = 5
_COMPARED_WHOLE: Final = 300  # articles with which a draft is compared, one and all
_NEIGHBOURS: Final = 30  # that each passage of a draft finds
_MOST_PASSAGES: Final = 20


def try_text(
    finder: KnowledgeFinder, article_id: ArticleId, markdown: str, query: str
) -> told.DraftTried:
    """What a text would be cut to, what the check says of it, what a search would find."""
    base, embedder, searcher = finder.base, finder.embedder, finder.searcher
    draft = parse_article(markdown, article_id=article_id)
    now_ms = finder.now_ms()
    others = {one.article_id: one for one in base.to_publish(now_ms)}
    findings = check(
        [*_neighbours(finder, draft, others), draft],
        also=others.keys(),
        today=day_of(now_ms),
        embedder=embedder,
        changed={article_id},
        review_due=_review_due(finder),
        release=base.release_path(finder.release) if finder.release else None,
    )
    before: tuple[told.FoundPassage, ...] = ()
    after: tuple[told.FoundPassage, ...] = ()
    if searcher is not None and plain_question(query):
        vector = embedder.encode([plain_question(query)])[0]
        applies = finder.applies()
        now = searcher.search(query, vector, limit=_FOUND, applies=applies)
        then = search_with_draft(
            searcher, draft, query, embedder=embedder, limit=_FOUND, applies=applies
        )
        before, after = tuple(map(found_passage, now)), tuple(map(found_passage, then))
    return told.DraftTried(
        ref=0,
        passages=tuple(
            told.DraftPassage(heading=passage.heading, text=passage.text) for passage in cut(draft)
        ),
        findings=tuple(map(_finding, findings)),
        before=before,
        after=after,
        threshold=finder.threshold,
    )


def _neighbours(
    finder: KnowledgeFinder, draft: Article, others: Mapping[str, Article]
) -> list[Article]:
    """The articles that a draft may repeat or contradict: those that its own texts find.

    All others of a small base; comparing with ten thousand is too slow while somebody writes.
    """
    rest = {name: one for name, one in others.items() if name != draft.article_id}
    if finder.searcher is None or len(rest) <= _COMPARED_WHOLE:
        return list(rest.values())
    asked = [draft.title, *(passage.text for passage in cut(draft)[:_MOST_PASSAGES])]
    vectors = finder.embedder.encode([plain_question(text) or text for text in asked])
    near = {
        finder.searcher.article_id(ranked.article)
        for text, vector in zip(asked, vectors, strict=True)
        for ranked in finder.searcher.rank(text, vector)[:_NEIGHBOURS]
    }
    return [one for name, one in rest.items() if name in near]


def look_ahead(finder: KnowledgeFinder) -> told.ReleasePreviewed:
    """What the next release would change: articles, findings, answers to known questions."""
    base, embedder, now_ms = finder.base, finder.embedder, finder.now_ms()
    today, articles = day_of(now_ms), base.to_publish(now_ms)
    review_due = _review_due(finder)
    findings = check(
        articles,
        today=today,
        embedder=embedder,
        review_due=review_due,
        release=base.release_path(finder.release) if finder.release else None,
    )
    book = UsageBook(base.folder)
    score = health(articles, findings, today=today, uses=book.uses(), review_due=review_due)
    return told.ReleasePreviewed(
        ref=0,
        changed=tuple(map(ArticleId, _changed(finder, articles))),
        findings=tuple(map(_finding, findings)),
        effects=tuple(map(_effect, _effects(finder, articles, book, now_ms=now_ms))),
        health=score.score,
        health_parts=tuple(
            told.HealthPart(name=one.name, score=one.score, weight=one.weight, told=one.told)
            for one in score.parts
        ),
    )


def _review_due(finder: KnowledgeFinder) -> dict[str, int]:
    listed = finder.base.listing(finder.now_ms())
    return {one.article.article_id: one.review_due_ms for one in listed}


def _changed(finder: KnowledgeFinder, articles: Sequence[Article]) -> list[str]:
    """Articles that the next release holds in another version, and those that leave."""
    coming = {one.article_id: one.version for one in articles}
    here = {
        one.article_id: one.published_version
        for one in finder.base.articles()
        if one.published_version
    }
    return sorted({article_id for article_id, _ in coming.items() ^ here.items()})


def _effects(
    finder: KnowledgeFinder, articles: Sequence[Article], book: UsageBook, *, now_ms: int
) -> list[Effect]:
    base, embedder = finder.base, finder.embedder
    recent = book.recent_questions(now_ms - _WEEK_MS, limit=_QUESTIONS)
    with candidate(base, embedder, articles) as after:
        return [
            compare(finder.searcher, after, questions, embedder=embedder, name=name)
            for name, questions in (
                ("golden questions", base.golden()),
                ("calls of the last 7 days", questions_of_calls(recent)),
            )
            if questions
        ]


def _finding(found: Finding) -> told.Finding:
    return told.Finding(
        rule=found.rule,
        severity=told.Severity(found.severity),
        article_id=ArticleId(found.article_id),
        message=found.message,
        quote=found.quote,
        other_id=ArticleId(found.other_id) if found.other_id else None,
        other_quote=found.other_quote,
    )


def _effect(seen: Effect) -> told.Effect:
    return told.Effect(
        name=seen.name,
        questions=seen.questions,
        better=tuple(map(_question_effect, seen.better)),
        worse=tuple(map(_question_effect, seen.worse)),
        changed=tuple(map(_question_effect, seen.changed)),
        same=seen.same,
    )


def _question_effect(seen: QuestionEffect) -> told.QuestionEffect:
    return told.QuestionEffect(
        question=seen.question,
        wanted=tuple(map(ArticleId, seen.wanted)),
        before=ArticleId(seen.before) if seen.before else None,
        after=ArticleId(seen.after) if seen.after else None,
        rank_before=seen.rank_before,
        rank_after=seen.rank_after,
    )
