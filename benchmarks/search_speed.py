"""What a search costs by size, and how soon an edit is found by a running engine.

python -m benchmarks.search_speed [--hard] [PASSAGES …]; without numbers 1,000 and 10,000 passages.
Articles are made of Zipf-distributed words. Their vectors are real sentences' that were moved, or
with `--hard` sums of random vectors; see `_search_texts.py`. A search is measured without the
embedding of the question, which has a line of its own, in a process that does nothing else (see
`_search_child.py`), and beside two plain ways on the same release: all vectors compared, and the
words of the question scored by SQLite's own `bm25()` (which no longer leaves common words out).
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
from msgspec.structs import replace

from assist_engine.session.knowledge_finder import KnowledgeFinder
from benchmarks._search_texts import PASSAGES_EACH, RealVectors, SummedVectors, Writer
from knowledge_base.embedding import Embedder, load_embedder
from knowledge_base.lifecycle import ReviewPolicy
from knowledge_base.store import KnowledgeBase

QUERIES: Final = 300
QUERY_WORDS: Final = 10
EDITED: Final = 10_000  # articles of the base in which one is edited
NOW_MS: Final = 1_760_000_000_000


def main(sizes: Sequence[int], embedder: Embedder) -> None:
    print("query embedding, one question: " + told(embedding_times()))
    print(f"vectors: {embedder.name}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            measure_searches(Path(folder), size, embedder)
    with tempfile.TemporaryDirectory() as folder:
        measure_edit(Path(folder), embedder)


def embedding_times() -> list[float]:
    embedder = load_embedder(threads=1)
    questions = [f"how do i change the delivery address of order {n}" for n in range(100)]
    return [timed(lambda one=one: embedder.encode([one])) for one in questions]  # type: ignore[misc]


def measure_searches(folder: Path, passages: int, embedder: Embedder) -> None:
    base = filled(folder, Writer(), articles=passages // PASSAGES_EACH)
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    publish_s = timed(lambda: base.publish(embedder, author="b", reason="", now_ms=NOW_MS)) / 1000
    asking = Writer(seed=3)
    queries = [asking.words(QUERY_WORDS) for _ in range(QUERIES)]
    (folder / "queries.json").write_text(json.dumps(queries))
    np.save(folder / "vectors.npy", embedder.encode(queries))
    release = base.release_path(1)
    command = [sys.executable, "-m", "benchmarks._search_child", str(release), str(folder)]
    report(passages, publish_s, release, json.loads(subprocess.check_output(command)))


def report(passages: int, publish_s: float, release: Path, found: dict[str, Any]) -> None:
    best = min(found["rounds"], key=lambda times: sum(times["clock"]))
    cpu = [one for times in found["rounds"] for one in times["cpu"]]
    disk_mb = sum(path.stat().st_size for path in release.iterdir()) / 2**20
    resident, way = found["resident_mb"], "all vectors compared"
    if found["manifest"]["reach"]:
        way = (
            f"codes, {found['manifest']['reach']} compared (recall at publish "
            f"{found['manifest']['recall']:.4f})"
        )
    print(
        f"{passages:,} passages, {way}:\n"
        f"  search {told(best['clock'])} by the clock, best of {len(found['rounds'])} rounds; "
        f"{told(cpu)} of the processor\n"
        f"  beside it, of the processor: all vectors compared {told(found['exact']['cpu'])}, "
        f"SQLite's bm25() {told(found['bm25']['cpu'])}\n"
        f"  {found['recall']:.4f} of the ten nearest vectors found\n"
        f"  published in {publish_s:.0f} s, opened in {found['open_s']:.1f} s; on disk "
        f"{disk_mb:.0f} MB; memory +{resident['own']:.0f} MB, and {resident['files']:.0f} MB of "
        f"files that all processes share"
    )


def measure_edit(folder: Path, embedder: Embedder) -> None:
    """One article of many is edited, published, and found by an engine that follows the base."""
    writer = Writer()
    base = filled(folder, writer, articles=EDITED)
    base.publish(embedder, author="b", reason="", now_ms=NOW_MS)
    times = asyncio.run(edits(base, embedder, writer))
    print(f"{EDITED:,} articles, one edited: published and found by the engine after {told(times)}")


async def edits(base: KnowledgeBase, embedder: Embedder, writer: Writer) -> list[float]:
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
        times.append((time.perf_counter() - started) * 1000)
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
    """In ms."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def told(times: Sequence[float]) -> str:
    ordered = sorted(times)
    p50, p99 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:] if one.isdigit()]
    main(numbers or [1_000, 10_000], SummedVectors() if "--hard" in sys.argv else RealVectors())
