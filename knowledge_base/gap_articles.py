"""From a gap to its article, and from a published article to a closed gap."""

import re
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from knowledge_base.applies import Applies
from knowledge_base.article import Article
from knowledge_base.embedding import Embedder, Vectors
from knowledge_base.errors import ArticleMissing
from knowledge_base.gaps import Gap, GapBook, GapQuestion, GapState
from knowledge_base.lifecycle import ArticleState, ReviewPolicy
from knowledge_base.query import plain_question
from knowledge_base.search import Found, Searcher
from knowledge_base.store import KnowledgeBase

ENOUGH: Final = 0.8  # share of a gap's questions that must be answered
PLACEHOLDER: Final = "What to say: …"
_MAX_VARIANTS: Final = 10
_MAX_ASKED: Final = 50  # newest questions of a gap that a release is asked
_MAX_QUOTED: Final = 3
_ID_WORDS: Final = 6


def draft_from_gap(base: KnowledgeBase, gap_id: str, *, by: str, now_ms: int) -> str:
    """Start the article that a gap asks for, once; returns its id. Raises `GapMissing`.

    Its title and variants are the callers' words; its text says that it is still to be written.
    """
    book = GapBook(base.folder)
    gap = book.read(gap_id, now_ms=now_ms)
    if gap.article_id and _is_there(base, gap.article_id):
        return gap.article_id
    article_id = _free_id(base, gap.label)
    queues = {question.queue for question in book.questions()[gap_id]}
    article = Article(
        article_id=article_id,
        title=_title(gap.label),
        body=PLACEHOLDER,
        owner=gap.owner or by,
        products=tuple(queues) if len(queues) == 1 and "" not in queues else (),
        variants=gap.questions[:_MAX_VARIANTS],
    )
    reason = f"asked {gap.asked} times: {gap_id}"
    version = base.save(article, author=by, reason=reason, now_ms=now_ms)
    if base.policy is ReviewPolicy.NONE:  # saved is approved there, and this says nothing yet
        base.move(article_id, version, ArticleState.DRAFT, by=by, now_ms=now_ms)
    book.begin(gap_id, article_id)
    return article_id


def try_to_close(
    base: KnowledgeBase, searcher: Searcher, embedder: Embedder, *, now_ms: int
) -> list[Gap]:
    """Ask a release the questions of the gaps that are not closed; returns those it closed.

    Where an article was begun for a gap it must be the one that answers, and until it is
    published nothing is tried. A gap that stays open says why.
    """
    book = GapBook(base.folder)
    questions = book.questions()
    waiting = [
        gap
        for gap in book.listing(now_ms=now_ms)
        if gap.state in {GapState.OPEN, GapState.DRAFTED}
        and (not gap.article_id or _is_published(base, gap.article_id))
    ]
    closed = []
    for gap in waiting:
        asked = _each_once(questions[gap.gap_id])[:_MAX_ASKED]
        best = _best_answers(searcher, asked, embedder)
        answered = [
            _is_answer(found, question, gap.article_id)
            for found, question in zip(best, asked, strict=True)
        ]
        if sum(answered) >= ENOUGH * len(asked):
            told = f"release {searcher.release} answers {sum(answered)} of {len(asked)} questions"
            book.close(gap.gap_id, release=searcher.release, told=told)
            closed.append(gap)
        elif gap.article_id:
            book.tell(gap.gap_id, _why_not(gap.article_id, asked, answered))
    return closed


def _is_there(base: KnowledgeBase, article_id: str) -> bool:
    try:
        base.read(article_id)
    except ArticleMissing:
        return False
    return True


def _is_published(base: KnowledgeBase, article_id: str) -> bool:
    return _is_there(base, article_id) and base.read(article_id).published_version > 0


def _free_id(base: KnowledgeBase, label: str) -> str:
    taken = {article.article_id for article in base.articles()}
    words = re.findall(r"[a-z0-9]+", label.lower())[:_ID_WORDS]
    return _first_free("-".join(words)[:100] or "gap", taken)


def _first_free(name: str, taken: Collection[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def _title(label: str) -> str:
    return label[:1].upper() + label[1:]


def _each_once(asked: Sequence[GapQuestion]) -> list[GapQuestion]:
    return list({question.text: question for question in reversed(asked)}.values())[::-1]


def _best_answers(
    searcher: Searcher, asked: Sequence[GapQuestion], embedder: Embedder
) -> list[Found | None]:
    """The first passage for each question, where it is good enough to be shown."""
    vectors = _vectors(searcher, asked, embedder)
    best: list[Found | None] = []
    for question, vector in zip(asked, vectors, strict=True):
        asked_for = Applies(products=(question.queue,) if question.queue else ())
        found = searcher.search(question.text, vector, limit=1, applies=asked_for)
        is_good = bool(found) and found[0].score >= searcher.threshold
        best.append(found[0] if is_good else None)
    return best


def _vectors(
    searcher: Searcher, asked: Sequence[GapQuestion], embedder: Embedder
) -> Sequence[Vectors]:
    if embedder.name == searcher.model:
        return [np.frombuffer(question.vector, np.float32) for question in asked]
    texts = [plain_question(question.text) or question.text for question in asked]
    return list(embedder.encode(texts))


def _is_answer(found: Found | None, question: GapQuestion, begun_id: str) -> bool:
    if found is None:
        return False
    if begun_id:
        return found.article_id == begun_id
    is_refused = found.article_id == question.refused_id
    return not is_refused or found.version > question.refused_version


def _why_not(article_id: str, asked: Sequence[GapQuestion], answered: Sequence[bool]) -> str:
    missed = [q.text for q, is_answered in zip(asked, answered, strict=True) if not is_answered]
    quoted = ", ".join(f"“{text}”" for text in missed[:_MAX_QUOTED])
    return f"{article_id} answers {sum(answered)} of {len(asked)} questions; not {quoted}"
