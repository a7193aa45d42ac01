"""Builds a release folder from articles. What the last release has is taken over, not made again.

A small change adds to a copy of the last release: its articles leave the tables, new versions get
new numbers and a segment of their own, and the vectors of those that left stay as dead rows. A
release is built from nothing where there is none before, where model or cutting changed, or where
too much of it is dead; vectors of texts that stay the same are kept even then.
"""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from knowledge_base.article import Article
from knowledge_base.calibration import SHIPPED, Calibration
from knowledge_base.coded_index import CodedIndex, Reach
from knowledge_base.contents import cut_up
from knowledge_base.embedding import Embedder
from knowledge_base.errors import ReleaseBroken
from knowledge_base.release import (
    FORMAT,
    INDEX,
    PASSAGES,
    Manifest,
    folder_name,
    hash_files,
    verify,
    write_manifest,
)
from knowledge_base.release_tables import (
    add_articles,
    create_tables,
    remove_articles,
    writing_tables,
)
from knowledge_base.release_vectors import ReleaseVectors
from knowledge_base.segments import (
    Segment,
    count_texts,
    known_vectors,
    share_segment,
    write_segment,
)
from knowledge_base.text_index import optimize
from knowledge_base.vector_index import FLAT_LIMIT
from knowledge_base.words import CUTTING

OnProgress = Callable[[int, int], None]

_MOST_SEGMENTS: Final = 24
_MOST_DEAD: Final = 0.25  # of all rows


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What building took: passages in the release, texts embedded and taken over."""

    passages: int
    embedded: int
    reused: int
    is_whole: bool = True  # built from nothing, not added to the last release


class _Previous(msgspec.Struct, frozen=True, kw_only=True):
    """The release before, and where each of its articles stands: id to (number, version)."""

    folder: Path
    manifest: Manifest
    articles: dict[str, tuple[int, int]]


def build_files(
    folder: Path,
    articles: Sequence[Article],
    *,
    embedder: Embedder,
    previous: Path | None,
    on_progress: OnProgress,
) -> Built:
    """Write all of a release, its manifest included, as release 0; `seal` gives it its number."""
    before = _read_previous(previous, embedder)
    new = [article for article in articles if not _is_in(before, article)]
    gone = _gone(before, articles)
    if before is None or _is_worn(before, gone=gone, new=new):
        return _build_whole(folder, articles, before, embedder=embedder, on_progress=on_progress)
    return _build_on(folder, before, new, gone, embedder=embedder, on_progress=on_progress)


def seal(
    folder: Path, *, release: int, author: str, reason: str, now_ms: int, model: str
) -> Manifest:
    """Give the built files their number, and say who made them, why and when."""
    manifest = msgspec.structs.replace(
        verify(folder), release=release, author=author, reason=reason, made_ms=now_ms, model=model
    )
    write_manifest(folder, manifest)
    return manifest


def _read_previous(folder: Path | None, embedder: Embedder) -> _Previous | None:
    """The release before, where it can be trusted and was embedded by the same model."""
    if folder is None:
        return None
    try:
        manifest = verify(folder)
    except ReleaseBroken:
        return None
    if (manifest.model, manifest.dimension) != (embedder.name, embedder.dimension):
        return None
    connection = sqlite3.connect(folder / PASSAGES)
    try:
        rows = connection.execute("SELECT article_id, number, version FROM articles").fetchall()
    finally:
        connection.close()
    articles = {article_id: (number, version) for article_id, number, version in rows}
    return _Previous(folder=folder, manifest=manifest, articles=articles)


def _is_in(before: _Previous | None, article: Article) -> bool:
    if before is None:
        return False
    _, version = before.articles.get(article.article_id, (0, 0))
    return 0 < article.version == version


def _gone(before: _Previous | None, articles: Sequence[Article]) -> list[int]:
    """Numbers of the articles that the next release has not, or has in another version."""
    if before is None:
        return []
    kept = {article.article_id for article in articles if _is_in(before, article)}
    return [number for name, (number, _) in before.articles.items() if name not in kept]


def _is_worn(before: _Previous, *, gone: Sequence[int], new: Sequence[Article]) -> bool:
    """Whether building from nothing is better than adding."""
    manifest = before.manifest
    dead = manifest.next_article - len(before.articles) + len(gone)
    return (
        manifest.cutting != CUTTING
        or (manifest.is_exact and manifest.passages > FLAT_LIMIT)
        or len(manifest.segments) >= _MOST_SEGMENTS
        or dead > _MOST_DEAD * (manifest.next_article + len(new))
    )


def _build_whole(
    folder: Path,
    articles: Sequence[Article],
    before: _Previous | None,
    *,
    embedder: Embedder,
    on_progress: OnProgress,
) -> Built:
    contents = cut_up(articles)
    known = known_vectors(before.folder, before.manifest.segments) if before else {}
    segment, embedded = write_segment(
        folder,
        folder_name(1),
        contents.searched,
        contents.sentences,
        embedder=embedder,
        known=known,
        on_progress=on_progress,
    )
    with writing_tables(folder / PASSAGES) as connection:
        create_tables(connection)
        add_articles(connection, contents.articles, contents.passages)
        optimize(connection)
    reach = None
    if len(contents.passages) > FLAT_LIMIT:
        index = CodedIndex.build(ReleaseVectors(folder, (segment,), dimension=embedder.dimension))
        reach = index.settle_reach()
        index.save(folder / INDEX)
    _describe(
        folder,
        embedder,
        (segment,),
        articles=len(articles),
        passages=len(contents.passages),
        next_article=len(articles),
        next_passage=len(contents.passages),
        reach=reach,
    )
    return Built(
        passages=len(contents.passages), embedded=embedded.embedded, reused=embedded.reused
    )


def _build_on(
    folder: Path,
    before: _Previous,
    new: Sequence[Article],
    gone: Sequence[int],
    *,
    embedder: Embedder,
    on_progress: OnProgress,
) -> Built:
    manifest = before.manifest
    contents = cut_up(new, first_article=manifest.next_article, first_passage=manifest.next_passage)
    for segment in manifest.segments:
        share_segment(segment, before.folder, folder)
    segments, embedded = manifest.segments, 0
    if new:
        segment, made = write_segment(
            folder,
            folder_name(1 + int(segments[-1].name)),
            contents.searched,
            contents.sentences,
            embedder=embedder,
            known=known_vectors(before.folder, segments, of=frozenset(gone)),
            on_progress=on_progress,
        )
        segments = (*segments, segment)
        embedded = made.embedded
    shutil.copyfile(before.folder / PASSAGES, folder / PASSAGES)
    with writing_tables(folder / PASSAGES) as connection:
        remove_articles(connection, gone)
        add_articles(connection, contents.articles, contents.passages)
        articles, passages = (
            int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for table in ("articles", "passages")
        )
    reach = None
    if not manifest.is_exact:
        reach = Reach(reach=manifest.reach, recall=manifest.recall)
        vectors = ReleaseVectors(folder, segments, dimension=manifest.dimension)
        index = CodedIndex.load(before.folder / INDEX, vectors, reach=reach.reach)
        index.add_new()
        index.save(folder / INDEX)
    _describe(
        folder,
        embedder,
        segments,
        articles=articles,
        passages=passages,
        next_article=manifest.next_article + len(new),
        next_passage=manifest.next_passage + len(contents.passages),
        reach=reach,
        calibration=manifest.calibration,
        golden=manifest.golden,
    )
    left = set(gone)
    alive = [number for number, _ in before.articles.values() if number not in left]
    alive += [number for number, _ in contents.articles]
    return Built(
        passages=passages,
        embedded=embedded,
        reused=count_texts(folder, segments, of=alive) - embedded,
        is_whole=False,
    )


def _describe(
    folder: Path,
    embedder: Embedder,
    segments: tuple[Segment, ...],
    *,
    articles: int,
    passages: int,
    next_article: int,
    next_passage: int,
    reach: Reach | None,
    calibration: Calibration = SHIPPED,
    golden: str = "",
) -> None:
    write_manifest(
        folder,
        Manifest(
            format=FORMAT,
            release=0,
            made_ms=0,
            author="",
            reason="",
            model=embedder.name,
            dimension=embedder.dimension,
            cutting=CUTTING,
            articles=articles,
            passages=passages,
            next_article=next_article,
            next_passage=next_passage,
            segments=segments,
            is_exact=reach is None,
            reach=reach.reach if reach else 0,
            recall=reach.recall if reach else 1.0,
            calibration=calibration,
            golden=golden,
            files=hash_files(folder),
        ),
    )
