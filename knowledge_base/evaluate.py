"""Says how well a release answers golden questions, beside words alone and vectors alone."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from knowledge_base.calibration import CANDIDATES, Calibration, Candidate, fit
from knowledge_base.embedding import Embedder
from knowledge_base.errors import GoldenError
from knowledge_base.query import plain_question
from knowledge_base.search import Searcher


class GoldenQuestion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question as callers ask it, and the ids of the articles that answer it.

    No ids: nothing answers it, so silence is right. `wer`: share of its words that are wrong.
    """

    question: str
    articles: tuple[str, ...]
    wer: float = 0.0


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """How high the right article stands, over the questions that have one."""

    at_1: float
    at_3: float
    mean_reciprocal_rank: float


class Abstention(msgspec.Struct, frozen=True, kw_only=True):
    """What comes of the threshold: shares of the questions with and without an answer."""

    threshold: float
    answered: float  # with an answer, and something was shown
    precision: float  # of what was shown first, for all questions, how much was right
    silent: float  # without an answer, and nothing was shown


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole picture of one release on one golden set."""

    questions: int
    unanswerable: int
    words: Recall
    vectors: Recall
    ours: Recall
    abstention: Abstention
    missed: tuple[tuple[str, str], ...]  # question, the article that stood first instead


def read_golden(path: Path) -> tuple[GoldenQuestion, ...]:
    """Read a JSONL file of golden questions; raises `GoldenError` with file and line."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise GoldenError(
            source=str(path), line=1, reason=f"cannot be read: {error.strerror}"
        ) from error
    questions: list[GoldenQuestion] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(msgspec.json.decode(line, type=GoldenQuestion))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise GoldenError(source=str(path), line=number, reason=str(error)) from error
    if not questions:
        raise GoldenError(source=str(path), line=1, reason="holds no question")
    return tuple(questions)


def evaluate(
    searcher: Searcher, golden: Sequence[GoldenQuestion], *, embedder: Embedder
) -> Evaluation:
    """Ask every question in three ways and count."""
    vectors = embedder.encode([plain_question(one.question) for one in golden])
    found = [
        searcher.search(one.question, vector, limit=10)
        for one, vector in zip(golden, vectors, strict=True)
    ]
    ours = [[passage.article_id for passage in passages] for passages in found]
    right = [one.articles for one in golden]
    best = [passages[0].score if passages else 0.0 for passages in found]
    return Evaluation(
        questions=len(golden),
        unanswerable=sum(not one.articles for one in golden),
        words=_recall((searcher.rank_by_words(one.question) for one in golden), right),
        vectors=_recall(map(searcher.rank_by_vectors, vectors), right),
        ours=_recall(ours, right),
        abstention=_abstention(ours, right, best, threshold=searcher.threshold),
        missed=tuple(
            (one.question, ids[0] if ids else "")
            for one, ids in zip(golden, ours, strict=True)
            if one.articles and (not ids or ids[0] not in one.articles)
        ),
    )


def calibrate(
    searcher: Searcher, golden: Sequence[GoldenQuestion], *, embedder: Embedder
) -> Calibration:
    """Learn from golden questions what a score of this release means."""
    if not golden:
        return fit(())
    vectors = embedder.encode([plain_question(one.question) for one in golden])
    return fit(
        [
            [
                Candidate(
                    score=ranked.score,
                    lead=ranked.lead,
                    is_right=searcher.article_id(ranked.article) in one.articles,
                )
                for ranked in searcher.rank(one.question, vector)[:CANDIDATES]
            ]
            for one, vector in zip(golden, vectors, strict=True)
        ]
    )


def _recall(rankings: Iterable[Sequence[str]], right: Sequence[Sequence[str]]) -> Recall:
    ranks = [
        next((at for at, article_id in enumerate(ids, start=1) if article_id in wanted), 0)
        for ids, wanted in zip(rankings, right, strict=True)
        if wanted
    ]
    return Recall(
        at_1=_share(ranks, lambda rank: rank == 1),
        at_3=_share(ranks, lambda rank: 1 <= rank <= 3),
        mean_reciprocal_rank=sum(1 / rank for rank in ranks if rank) / max(1, len(ranks)),
    )


def _abstention(
    ours: Sequence[Sequence[str]],
    right: Sequence[Sequence[str]],
    best: Sequence[float],
    *,
    threshold: float,
) -> Abstention:
    shown = [score >= threshold for score in best]
    answerable = [is_shown for is_shown, wanted in zip(shown, right, strict=True) if wanted]
    unanswerable = [is_shown for is_shown, wanted in zip(shown, right, strict=True) if not wanted]
    hits = [
        ids[0] in wanted
        for ids, wanted, is_shown in zip(ours, right, shown, strict=True)
        if is_shown
    ]
    return Abstention(
        threshold=threshold,
        answered=_share(answerable, bool),
        precision=_share(hits, bool),
        silent=1.0 - _share(unanswerable, bool) if unanswerable else 1.0,
    )


def _share(values: Sequence[int], is_counted: Callable[[int], bool]) -> float:
    return sum(map(is_counted, values)) / max(1, len(values))
