"""Says how well a release answers golden questions, beside words alone and vectors alone."""

import math
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from knowledge_base.calibration import CANDIDATES, Calibration, Candidate, fit
from knowledge_base.embedding import Embedder
from knowledge_base.errors import GoldenError
from knowledge_base.query import plain_question
from knowledge_base.recognition_noise import mishear
from knowledge_base.search import Searcher

_HEARINGS: Final = 3
_LIVE_WER: Final = 0.15  # wrong words of live questions, about


class GoldenQuestion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question as callers ask it, and the ids of the articles that answer it.

    No ids: nothing answers it, so silence is right. `wer`: share of its words that are wrong.
    """

    question: str
    articles: tuple[str, ...]
    wer: float = 0.0


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How well one way of searching does.

    The first four are over the questions that have an answer. The last two say what comes of
    keeping silent: each way may show as many questions something as ours does above its threshold.
    """

    recall_at_1: float
    recall_at_3: float
    mean_reciprocal_rank: float
    ndcg_at_3: float
    precision: float  # of what was shown first, how much was right
    silent: float  # of the questions without an answer, how many met silence


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole picture of one release on one golden set, at one share of wrong words."""

    wer: float
    questions: int
    unanswerable: int
    words: Figures
    vectors: Figures
    ours: Figures
    threshold: float
    answered: float  # of the questions with an answer, how many were shown something by ours
    missed: tuple[tuple[str, str], ...]  # question, the article that stood first instead


class _Answers(msgspec.Struct, frozen=True):
    """Article ids for one question, best first, and how sure the first is."""

    ids: list[str]
    best: float


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
    searcher: Searcher,
    golden: Sequence[GoldenQuestion],
    *,
    embedder: Embedder,
    wer: float = 0.0,
    seed: int = 7,
) -> Evaluation:
    """Ask every question in three ways and count.

    With `wer` the questions are misheard first, each three times, the same for all ways.
    """
    asked = list(golden) if wer == 0 else misheard(golden, wer=wer, seed=seed)
    vectors = embedder.encode([plain_question(one.question) for one in asked])
    pairs = list(zip(asked, vectors, strict=True))
    found = [searcher.search(one.question, vector, limit=10) for one, vector in pairs]
    ours = [
        _Answers([one.article_id for one in passages], passages[0].score if passages else 0.0)
        for passages in found
    ]
    shown = sum(answers.best >= searcher.threshold for answers in ours)
    words = [_answers(searcher.rank_by_words(one.question)) for one in asked]
    by_vectors = [_answers(searcher.rank_by_vectors(vector)) for vector in vectors]
    answerable = [answers for answers, one in zip(ours, asked, strict=True) if one.articles]
    return Evaluation(
        wer=wer,
        questions=len(asked),
        unanswerable=sum(not one.articles for one in asked),
        words=_figures(words, asked, shown=shown),
        vectors=_figures(by_vectors, asked, shown=shown),
        ours=_figures(ours, asked, shown=shown),
        threshold=searcher.threshold,
        answered=_mean(answers.best >= searcher.threshold for answers in answerable),
        missed=tuple(
            (one.question, answers.ids[0] if answers.ids else "")
            for one, answers in zip(asked, ours, strict=True)
            if one.articles and (not answers.ids or answers.ids[0] not in one.articles)
        ),
    )


def misheard(
    golden: Sequence[GoldenQuestion], *, wer: float, seed: int, times: int = _HEARINGS
) -> list[GoldenQuestion]:
    """Each question as a recogniser with errors would hear it, several times."""
    chance = random.Random(seed)
    return [
        msgspec.structs.replace(one, question=mishear(one.question, wer=wer, chance=chance))
        for _ in range(times)
        for one in golden
    ]


def calibrate(
    searcher: Searcher, golden: Sequence[GoldenQuestion], *, embedder: Embedder
) -> Calibration:
    """Learn from golden questions what a score of this release means.

    They count as written and once misheard, as live questions are.
    """
    if not golden:
        return fit(())
    asked = [*golden, *misheard(golden, wer=_LIVE_WER, seed=1, times=1)]
    vectors = embedder.encode([plain_question(one.question) for one in asked])
    curve = fit(
        [
            [
                Candidate(
                    score=ranked.score,
                    lead=ranked.lead,
                    is_right=searcher.article_id(ranked.article) in one.articles,
                )
                for ranked in searcher.rank(one.question, vector)[:CANDIDATES]
            ]
            for one, vector in zip(asked, vectors, strict=True)
        ]
    )
    return msgspec.structs.replace(curve, questions=min(curve.questions, len(golden)))


def _answers(ranked: Sequence[tuple[str, float]]) -> _Answers:
    return _Answers([name for name, _ in ranked], ranked[0][1] if ranked else 0.0)


def _figures(
    answers: Sequence[_Answers], asked: Sequence[GoldenQuestion], *, shown: int
) -> Figures:
    pairs = list(zip(answers, asked, strict=True))
    ranks = [_rank(answer.ids, one.articles) for answer, one in pairs if one.articles]
    gains = [_ndcg(answer.ids[:3], one.articles) for answer, one in pairs if one.articles]
    surest = sorted(pairs, key=lambda pair: -pair[0].best)
    silent = [not one.articles for _, one in surest[shown:]]
    unanswerable = sum(not one.articles for one in asked)
    return Figures(
        recall_at_1=_mean(rank == 1 for rank in ranks),
        recall_at_3=_mean(1 <= rank <= 3 for rank in ranks),
        mean_reciprocal_rank=_mean(1 / rank if rank else 0.0 for rank in ranks),
        ndcg_at_3=_mean(gains),
        precision=_mean(_rank(answer.ids, one.articles) == 1 for answer, one in surest[:shown]),
        silent=sum(silent) / unanswerable if unanswerable else 1.0,
    )


def _rank(ids: Sequence[str], wanted: Sequence[str]) -> int:
    """Place of the first right article, from 1; 0: it is not there."""
    return next((at for at, article_id in enumerate(ids, start=1) if article_id in wanted), 0)


def _ndcg(ids: Sequence[str], wanted: Sequence[str]) -> float:
    """Discounted gain of the right articles among the first, by what is possible."""
    gain = sum(1 / math.log2(at + 1) for at, one in enumerate(ids, start=1) if one in wanted)
    return gain / sum(1 / math.log2(at + 1) for at in range(1, min(len(wanted), 3) + 1))


def _mean(values: Iterable[float]) -> float:
    counted = list(values)
    return sum(counted) / max(1, len(counted))
