"""What a search costs by size, and how soon an edit is found by a running engine.

python -m benchmarks.search_speed [PASSAGES …]; without numbers 1,000 and 10,000 passages. Articles
are made of Zipf-distributed words; a vector is the sum of its words' random vectors, so that texts
with common words lie near each other. A search is measured without the embedding of the question,
which has a line of its own with the real model.
"""

import asyncio
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import faiss
import numpy as np
from msgspec.structs import replace

from assist_engine.session.knowledge_finder import KnowledgeFinder
from knowledge_base.article import Article
from knowledge_base.embedding import Vectors, load_embedder
from knowledge_base.lifecycle import ReviewPolicy
from knowledge_base.search import Searcher
from knowledge_base.store import KnowledgeBase
from knowledge_base.vector_index import VectorIndex

PASSAGES_EACH: Final = 3
WORDS: Final = 30_000
QUERIES: Final = 300
EDITED: Final = 10_000  # articles of the base in which one is edited
DIMENSION: Final = 384
NOW_MS: Final = 1_760_000_000_000


class WordsEmbedder:
    """Sums random vectors of words: neighbours are texts with the same words."""

    name = "sum of words"
    dimension = DIMENSION

    def __init__(self) -> None:
        dice = np.random.default_rng(1)
        self._words = dice.normal(size=(WORDS, DIMENSION)).astype(np.float32)
        # A word that is everywhere says little, as in a real model.
        self._words *= np.log1p(np.arange(WORDS))[:, None].astype(np.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        sums = np.empty((len(texts), DIMENSION), np.float32)
        for at, text in enumerate(texts):
            rows = [int(word[1:].rstrip(".")) for word in text.split() if word[1:2].isdigit()]
            sums[at] = self._words[rows].sum(axis=0) if rows else self._words[0]
        lengths: Vectors = np.linalg.norm(sums, axis=1, keepdims=True)
        normalised: Vectors = sums / lengths
        return normalised


class Writer:
    """Writes articles of words that are as often as in a language."""

    def __init__(self) -> None:
        self._dice = np.random.default_rng(2)
        weights = 1 / np.arange(1, WORDS + 1)
        self._weights = weights / weights.sum()

    def words(self, count: int) -> str:
        return " ".join(f"w{n}" for n in self._dice.choice(WORDS, count, p=self._weights))

    def article(self, number: int) -> Article:
        sections = [
            f"## {self.words(3)}\n{self.words(30)}. {self.words(25)}." for _ in range(PASSAGES_EACH)
        ]
        return Article(
            article_id=f"a{number}",
            title=self.words(5),
            body="\n\n".join(sections),
            variants=tuple(self.words(9) for _ in range(3)),
        )


def main(sizes: list[int]) -> None:
    print("query embedding, one question: " + told(embedding_times()))
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            measure_searches(Path(folder), size)
    with tempfile.TemporaryDirectory() as folder:
        measure_edit(Path(folder))


def embedding_times() -> list[float]:
    embedder = load_embedder(threads=1)
    questions = [f"how do i change the delivery address of order {n}" for n in range(100)]
    return [timed(lambda one=one: embedder.encode([one])) for one in questions]  # type: ignore[misc]


def measure_searches(folder: Path, passages: int) -> None:
    writer, embedder = Writer(), WordsEmbedder()
    base = filled(folder, writer, articles=passages // PASSAGES_EACH)
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    started = time.perf_counter()
    base.publish(embedder, author="b", reason="", now_ms=NOW_MS)
    faiss.omp_set_num_threads(1)  # a search has one thread, whatever else is free
    publish_s = time.perf_counter() - started
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    searcher = Searcher.open(base.release_path(1))
    queries = [writer.words(10) for _ in range(QUERIES)]
    vectors = embedder.encode(queries)
    pairs = list(zip(queries, vectors, strict=True))
    for query, vector in pairs[:20]:
        searcher.search(query, vector)
    times = [timed(lambda q=q, v=v: searcher.search(q, v)) for q, v in pairs]  # type: ignore[misc]
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024
    print(
        f"{searcher.passages:,} passages: search {told(times)}; "
        f"{recall(searcher, vectors):.4f} of the ten nearest vectors found; "
        f"published in {publish_s:.0f} s; peak memory +{grown_mb:.0f} MB"
    )
    searcher.close()


def recall(searcher: Searcher, vectors: Vectors) -> float:
    """Share of the ten nearest searched vectors, of all compared, that the index finds."""
    every = searcher.vectors.searched()
    exact = VectorIndex.empty(DIMENSION, is_exact=True)
    exact.add(every)
    shares = [
        len(set(exact.nearest(one, limit=10)) & set(searcher.index.nearest(one, limit=10))) / 10
        for one in vectors
    ]
    return float(np.mean(shares))


def measure_edit(folder: Path) -> None:
    """One article of many is edited, published, and found by an engine that follows the base."""
    writer, embedder = Writer(), WordsEmbedder()
    base = filled(folder, writer, articles=EDITED)
    base.publish(embedder, author="b", reason="", now_ms=NOW_MS)
    times = asyncio.run(edits(base, embedder, writer))
    print(f"{EDITED:,} articles, one edited: published and found by the engine after {told(times)}")


async def edits(base: KnowledgeBase, embedder: WordsEmbedder, writer: Writer) -> list[float]:
    finder = KnowledgeFinder(base, embedder=embedder, now_ms=lambda: NOW_MS)
    finder.encoder.start()
    await finder.refresh()
    arrived = asyncio.Event()
    following = asyncio.create_task(finder.follow(0.5, lambda _: arrived.set()))
    times = []
    for number in range(5):
        edited = replace(writer.article(number), version=0)
        base.save(edited, author="b", reason="", now_ms=NOW_MS + number)
        arrived.clear()
        await asyncio.sleep(random.Random(number).random())
        started = time.perf_counter()
        await asyncio.to_thread(
            base.publish, embedder, author="b", reason="", now_ms=NOW_MS + number
        )
        published_s = time.perf_counter() - started
        await arrived.wait()
        times.append(time.perf_counter() - started)
        print(f"  publish alone {published_s:.2f} s")
    following.cancel()
    finder.encoder.close()
    return times


def filled(folder: Path, writer: Writer, *, articles: int) -> KnowledgeBase:
    base = KnowledgeBase.create(folder / "kb")
    base.set_policy(ReviewPolicy.NONE)
    made = [writer.article(number) for number in range(articles)]
    base.import_articles(made, (), author="b", reason="", now_ms=NOW_MS)
    return base


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def told(times: Sequence[float]) -> str:
    ordered = sorted(times)
    p50, p99 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [1_000, 10_000])
