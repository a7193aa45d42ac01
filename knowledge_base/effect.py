"""What a release would change: the same questions asked before and after it.

A question whose right articles are known gets better or worse by the rank of the first right one
among what agents would be shown. Of others only a change of the answer can be told.
"""

import contextlib
import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from knowledge_base.article import Article
from knowledge_base.embedding import Embedder, Vectors
from knowledge_base.errors import KnowledgeError, ModelError, NothingToPublish
from knowledge_base.evaluate import GoldenQuestion
from knowledge_base.publishing import OnProgress, build_files, seal
from knowledge_base.query import plain_question
from knowledge_base.release_folder import calibrate_release
from knowledge_base.search import Searcher
from knowledge_base.store import RELEASES, KnowledgeBase
from knowledge_base.usage import AskedQuestion

_SHOWN: Final = 5
_CANDIDATE: Final = "candidate-"


class QuestionEffect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question whose answer a release would change. Ranks start at 1; 0: not shown."""

    question: str
    wanted: tuple[str, ...]  # empty: nobody said which article is right
    before: str | None  # the article shown first
    after: str | None
    rank_before: int = 0  # of the right article
    rank_after: int = 0


class Effect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a release would change on a set of questions."""

    name: str
    questions: int
    better: tuple[QuestionEffect, ...] = ()
    worse: tuple[QuestionEffect, ...] = ()
    changed: tuple[QuestionEffect, ...] = ()  # another answer, nobody said which is right
    same: int = 0


def compare(
    before: Searcher | None,
    after: Searcher,
    questions: Sequence[GoldenQuestion],
    *,
    embedder: Embedder,
    name: str,
) -> Effect:
    """Ask all questions of both; `before`: none is in use yet. Raises `ModelError`."""
    if before is not None and before.model != embedder.name:
        raise ModelError(
            f"release {before.release} was made with {before.model}: what {embedder.name} would "
            "change cannot be told question by question"
        )
    vectors = embedder.encode([plain_question(one.question) for one in questions])
    effects = [
        _effect(
            one,
            [] if before is None else _shown(before, one, vector),
            _shown(after, one, vector),
        )
        for one, vector in zip(questions, vectors, strict=True)
    ]
    better = tuple(one for one in effects if _gain(one) > 0)
    worse = tuple(one for one in effects if _gain(one) < 0)
    changed = tuple(one for one in effects if not one.wanted and one.before != one.after)
    return Effect(
        name=name,
        questions=len(questions),
        better=better,
        worse=worse,
        changed=changed,
        same=len(effects) - len(better) - len(worse) - len(changed),
    )


def questions_of_calls(asked: Iterable[AskedQuestion]) -> list[GoldenQuestion]:
    """What callers asked, each wording once; which article was right nobody said."""
    wordings = {_letters(plain_question(one.text)): one.text for one in asked}
    return [GoldenQuestion(question=text, articles=()) for key, text in wordings.items() if key]


@contextlib.contextmanager
def candidate(
    base: KnowledgeBase,
    embedder: Embedder,
    articles: Sequence[Article],
    *,
    on_progress: OnProgress = lambda done, total: None,
) -> Iterator[Searcher]:
    """Search what a release of these articles would be; it is gone afterwards, and no release.

    Vectors of texts that the release in use has are taken over. Raises `NothingToPublish`, and
    `KnowledgeError` where it cannot be written.
    """
    if not articles:
        raise NothingToPublish()
    current = base.current_release()
    with _temporary_folder(base.folder / RELEASES) as folder:
        try:
            build_files(
                folder,
                articles,
                embedder=embedder,
                previous=base.release_path(current) if current else None,
                on_progress=on_progress,
            )
            manifest = seal(
                folder, release=0, author="", reason="candidate", now_ms=0, model=embedder.name
            )
        except (OSError, sqlite3.Error) as error:
            raise KnowledgeError(
                f"the next release could not be tried, is there room on the disk? ({error})"
            ) from error
        calibrate_release(folder, manifest, golden=base.golden(), embedder=embedder)
        with contextlib.closing(Searcher.open(folder)) as searcher:
            yield searcher


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _shown(searcher: Searcher, question: GoldenQuestion, vector: Vectors) -> list[str]:
    """Ids of the articles that an agent would be shown, best first."""
    found = searcher.search(question.question, vector, limit=_SHOWN)
    return [one.article_id for one in found if one.score >= searcher.threshold]


def _effect(
    question: GoldenQuestion, before: Sequence[str], after: Sequence[str]
) -> QuestionEffect:
    return QuestionEffect(
        question=question.question,
        wanted=question.articles,
        before=before[0] if before else None,
        after=after[0] if after else None,
        rank_before=_rank(before, question.articles),
        rank_after=_rank(after, question.articles),
    )


def _rank(shown: Sequence[str], wanted: Sequence[str]) -> int:
    return next((at for at, one in enumerate(shown, start=1) if one in wanted), 0)


def _gain(one: QuestionEffect) -> float:
    """How much nearer to the top the right article comes; below 0: further."""
    before, after = (1 / rank if rank else 0.0 for rank in (one.rank_before, one.rank_after))
    return after - before


@contextlib.contextmanager
def _temporary_folder(releases: Path) -> Iterator[Path]:
    """A folder beside the releases that nobody takes for one, locked while it is in use.

    What a killed process left is removed on the way: its lock went with it.
    """
    _remove_abandoned(releases)
    folder, lock = _make_locked(releases)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _make_locked(releases: Path) -> tuple[Path, int]:
    while True:
        try:
            folder = Path(tempfile.mkdtemp(prefix=_CANDIDATE, dir=releases))
        except OSError as error:
            raise KnowledgeError(f"{releases} cannot be written: {error.strerror}") from error
        with contextlib.suppress(FileNotFoundError):  # another process took it for abandoned
            lock = os.open(folder, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_SH)
            if folder.exists():
                return folder, lock
            os.close(lock)


def _remove_abandoned(releases: Path) -> None:
    for folder in releases.glob(f"{_CANDIDATE}*"):
        with contextlib.suppress(FileNotFoundError, BlockingIOError):
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
