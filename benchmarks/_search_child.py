"""A process that only opens a release and searches it: what that takes of time and memory.

python -m benchmarks._search_child RELEASE QUERIES: QUERIES holds `queries.json`, a list of texts,
and `vectors.npy`, theirs. Prints JSON. Times of the processor are printed beside those of the
clock: where other programs run, a clock measures these too.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import faiss
import numpy as np

from knowledge_base.embedding import Vectors
from knowledge_base.query import plain_question
from knowledge_base.release import open_passages, verify
from knowledge_base.search import Searcher
from knowledge_base.text_index import score_with_fts5
from knowledge_base.vector_index import VectorIndex
from knowledge_base.words import search_terms

ROUNDS: Final = 3
WARM_UP: Final = 20  # queries
LOCALE: Final = "en-US"

Times = dict[str, list[float]]  # "clock" and "cpu", in ms


def main(release: Path, asked: Path) -> None:
    faiss.omp_set_num_threads(1)  # a search has one thread, whatever else is free
    queries: list[str] = json.loads((asked / "queries.json").read_text())
    vectors: Vectors = np.load(asked / "vectors.npy")
    pairs = list(zip(queries, vectors, strict=True))
    before = resident_mb()
    started = time.perf_counter()
    searcher = Searcher.open(release)
    open_s = time.perf_counter() - started
    for query, vector in pairs[:WARM_UP]:
        searcher.search(query, vector)
    rounds = [timed([lambda q=q, v=v: searcher.search(q, v) for q, v in pairs])  # type: ignore[misc]
              for _ in range(ROUNDS)]  # fmt: skip
    after = resident_mb()
    exact = VectorIndex.of(searcher.vectors)
    told = {
        "open_s": open_s,
        "rounds": rounds,
        "resident_mb": {name: after[name] - before[name] for name in after},
        "recall": recall(searcher, exact, vectors),
        "exact": timed([lambda v=v: exact.nearest(v, limit=192) for v in vectors]),  # type: ignore[misc]
        "bm25": timed([lambda q=q: by_fts5(release, q) for q in queries[:60]]),  # type: ignore[misc]
        "manifest": {"reach": verify(release).reach, "recall": verify(release).recall},
    }
    print(json.dumps(told))


def recall(searcher: Searcher, exact: VectorIndex, vectors: Vectors) -> float:
    """Share of the ten nearest searched vectors, of all compared, that the index finds."""
    shares = [
        len(set(exact.nearest(one, limit=10)) & set(searcher.index.nearest(one, limit=10))) / 10
        for one in vectors
    ]
    return float(np.mean(shares))


def by_fts5(release: Path, query: str) -> None:
    """The same words by FTS5's own `bm25()`."""
    connection = open_passages(release)
    score_with_fts5(connection, search_terms(plain_question(query), LOCALE), limit=60)
    connection.close()


def timed(works: Sequence[Callable[[], object]]) -> Times:
    times: Times = {"clock": [], "cpu": []}
    for work in works:
        started, worked = time.perf_counter(), time.thread_time()
        work()
        times["cpu"].append((time.thread_time() - worked) * 1000)
        times["clock"].append((time.perf_counter() - started) * 1000)
    return times


def resident_mb() -> dict[str, float]:
    """Memory of this process now: its own, and of files (shared with all that read them)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    sizes = dict(line.split(":", 1) for line in lines if line.startswith("Rss"))
    return {
        name: int(sizes[key].split()[0]) / 1024
        for name, key in (("own", "RssAnon"), ("files", "RssFile"))
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
