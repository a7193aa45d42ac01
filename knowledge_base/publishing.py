"""Builds a release folder from articles; only texts that the last release has not are embedded."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from sqlite_utils import Database

from knowledge_base.article import Article
from knowledge_base.calibration import SHIPPED
from knowledge_base.embedding import Embedder, Vectors, in_batches
from knowledge_base.errors import ReleaseBroken
from knowledge_base.passages import Passage, cut, sentences
from knowledge_base.release import (
    FORMAT,
    INDEX,
    PASSAGES,
    VECTORS,
    Manifest,
    hash_files,
    open_passages,
    read_vectors,
    verify,
    write_manifest,
)
from knowledge_base.text_index import WordsRow, create_text_index
from knowledge_base.vector_index import VectorIndex

OnProgress = Callable[[int, int], None]


class VectorRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a vector is of: a passage, a question about an article, or a passage's sentence."""

    text: str
    article: int
    passage: int = -1  # -1: a question
    start: int = -1  # sentence within the passage's text; -1: no sentence
    end: int = -1


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """Articles cut up: the passages, and rows of `vectors.npy` with the searched ones first."""

    articles: tuple[Article, ...]
    passages: tuple[tuple[int, Passage], ...]  # article number, passage
    searched: tuple[VectorRow, ...]
    sentences: tuple[VectorRow, ...]

    @property
    def rows(self) -> tuple[VectorRow, ...]:
        """All vectors in their order."""
        return self.searched + self.sentences


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What building took: passages in the release, texts embedded and taken over."""

    passages: int
    embedded: int
    reused: int


def cut_up(articles: Sequence[Article]) -> Contents:
    """Passages and texts to embed, in a fixed order."""
    passages: list[tuple[int, Passage]] = []
    searched: list[VectorRow] = []
    spoken: list[VectorRow] = []
    for number, article in enumerate(articles):
        searched += [
            VectorRow(text=question, article=number)
            for question in (article.title, *article.variants)
        ]
        for passage in cut(article):
            position = len(passages)
            passages.append((number, passage))
            context = [article.title, passage.heading, passage.text]
            searched.append(
                VectorRow(text=". ".join(filter(None, context)), article=number, passage=position)
            )
            spoken += [
                VectorRow(
                    text=passage.text[start:end],
                    article=number,
                    passage=position,
                    start=start,
                    end=end,
                )
                for start, end in sentences(passage.text)
            ]
    return Contents(
        articles=tuple(articles),
        passages=tuple(passages),
        searched=tuple(searched),
        sentences=tuple(spoken),
    )


def build_files(
    folder: Path,
    articles: Sequence[Article],
    *,
    embedder: Embedder,
    previous: Path | None,
    on_progress: OnProgress,
) -> Built:
    """Write all of a release but the manifest; `previous` gives vectors of unchanged texts."""
    contents = cut_up(articles)
    hashes = [_text_hash(embedder.name, row.text) for row in contents.rows]
    known = _known_vectors(previous, embedder=embedder)
    vectors = np.zeros((len(hashes), embedder.dimension), np.float32)
    missing: dict[str, list[int]] = {}
    for at, text_hash in enumerate(hashes):
        if text_hash in known:
            vectors[at] = known[text_hash]
        else:
            missing.setdefault(contents.rows[at].text, []).append(at)
    # Texts of one length in a batch: nothing is computed for padding.
    texts = sorted(missing, key=len)
    fresh = _stack(in_batches(texts, embedder=embedder, on_progress=on_progress))
    for text, vector in zip(texts, fresh, strict=True):
        vectors[missing[text]] = vector
    np.save(folder / VECTORS, vectors)
    VectorIndex.build(vectors[: len(contents.searched)]).save(folder / INDEX)
    _write_passages(folder / PASSAGES, contents, hashes)
    return Built(
        passages=len(contents.passages),
        embedded=len(texts),
        reused=sum(text_hash in known for text_hash in set(hashes)),
    )


def seal(
    folder: Path,
    *,
    release: int,
    author: str,
    reason: str,
    now_ms: int,
    model: str,
) -> Manifest:
    """Write the manifest over the files in the folder, with the shipped calibration."""
    index = VectorIndex.load(folder / INDEX)
    connection = open_passages(folder)
    try:
        articles, passages = (
            int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for table in ("articles", "passages")
        )
    finally:
        connection.close()
    manifest = Manifest(
        format=FORMAT,
        release=release,
        made_ms=now_ms,
        author=author,
        reason=reason,
        model=model,
        dimension=index.dimension,
        articles=articles,
        passages=passages,
        searched_vectors=index.size,
        is_exact=index.is_exact,
        calibration=SHIPPED,
        files=hash_files(folder),
    )
    write_manifest(folder, manifest)
    return manifest


def _text_hash(model: str, text: str) -> bytes:
    return hashlib.sha256(f"{model}\0{text}".encode()).digest()[:16]


def _known_vectors(previous: Path | None, *, embedder: Embedder) -> dict[bytes, Vectors]:
    """Vectors of a release by the hash of their text; none where it cannot be trusted."""
    if previous is None:
        return {}
    try:
        verify(previous)
    except ReleaseBroken:
        return {}
    vectors = read_vectors(previous)
    if vectors.shape[1] != embedder.dimension:
        return {}
    connection = open_passages(previous)
    try:
        rows = connection.execute("SELECT hash, row FROM vectors").fetchall()
    finally:
        connection.close()
    return {text_hash: vectors[row] for text_hash, row in rows}


def _stack(batches: Iterator[Vectors]) -> Iterable[Vectors]:
    for batch in batches:
        yield from batch


def _write_passages(path: Path, contents: Contents, hashes: Sequence[bytes]) -> None:
    database = Database(path)
    try:
        with database.atomic():
            _write_rows(database, contents, hashes)
    finally:
        database.close()


def _write_rows(database: Database, contents: Contents, hashes: Sequence[bytes]) -> None:
    database.table("articles").insert_all(
        (
            {
                "number": number,
                "article_id": article.article_id,
                "title": article.title,
                "version": article.version,
                "updated_ms": article.updated_ms,
                "products": msgspec.json.encode(article.products).decode(),
            }
            for number, article in enumerate(contents.articles)
        ),
        pk="number",
    )
    database.table("passages").insert_all(
        (
            {"position": position, "article": number, **msgspec.structs.asdict(passage)}
            for position, (number, passage) in enumerate(contents.passages)
        ),
        pk="position",
    )
    database.table("vectors").insert_all(
        (
            {
                "row": at,
                "hash": text_hash,
                "article": row.article,
                "passage": row.passage,
                "start": row.start,
                "end": row.end,
            }
            for at, (row, text_hash) in enumerate(zip(contents.rows, hashes, strict=True))
        ),
        pk="row",
    )
    create_text_index(
        database,
        (
            WordsRow(
                position=position,
                title=contents.articles[number].title,
                questions="\n".join(
                    (*contents.articles[number].variants, *contents.articles[number].tags)
                ),
                heading=passage.heading,
                text=passage.text,
            )
            for position, (number, passage) in enumerate(contents.passages)
        ),
    )
