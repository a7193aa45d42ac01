"""How often the right article stands first: words alone, vectors alone and ours, as misheard.

python -m benchmarks.search_quality [CSV …]: the demo's golden questions, then for each CSV with
the columns `text` and `category` (or `label`) an FAQ of one article a category, which has three
of its texts as callers' questions; up to thirty others are asked.
"""

import csv
import random
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Final

from knowledge_base.article import Article
from knowledge_base.embedding import Embedder, load_embedder
from knowledge_base.evaluate import Evaluation, Figures, GoldenQuestion, evaluate, read_golden
from knowledge_base.search import Searcher
from knowledge_base.store import KnowledgeBase

DEMO: Final = Path(__file__).resolve().parents[1] / "resources" / "demo"
WERS: Final = (0.0, 0.1, 0.2, 0.3)
VARIANTS: Final = 3
ASKED: Final = 30


def main(tables: list[Path]) -> None:
    embedder = load_embedder()
    with tempfile.TemporaryDirectory() as folder:
        report("demo golden questions", *demo(Path(folder) / "demo", embedder), embedder)
        for table in tables:
            report(table.stem, *faq(Path(folder) / table.stem, table, embedder), embedder)


def demo(folder: Path, embedder: Embedder) -> tuple[Searcher, tuple[GoldenQuestion, ...]]:
    base = KnowledgeBase.create(folder)
    base.import_folder(DEMO / "articles", author="demo", reason="", now_ms=1)
    base.keep_golden(read_golden(DEMO / "golden.jsonl"))
    return published(base, embedder), base.golden()


def faq(
    folder: Path, table: Path, embedder: Embedder
) -> tuple[Searcher, tuple[GoldenQuestion, ...]]:
    chance = random.Random(1)
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader(table.open(encoding="utf-8")):
        texts[row.get("category") or row["label"]].append(row["text"].strip())
    articles: list[Article] = []
    questions: list[GoldenQuestion] = []
    for name, said in sorted(texts.items()):
        chance.shuffle(said)
        title = name.replace("_", " ").replace("?", "")
        variants = tuple(" ".join(one.split()) for one in said[:VARIANTS])
        articles.append(Article(article_id=name, title=title, body=title, variants=variants))
        asked = said[VARIANTS : VARIANTS + ASKED]
        questions += [GoldenQuestion(question=one, articles=(name,)) for one in asked]
    base = KnowledgeBase.create(folder)
    base.import_articles(articles, (), author="faq", reason="", now_ms=1)
    return published(base, embedder), tuple(questions)


def published(base: KnowledgeBase, embedder: Embedder) -> Searcher:
    info = base.publish(embedder, author="benchmark", reason="", now_ms=2)
    return Searcher.open(base.release_path(info.release))


def report(
    name: str, searcher: Searcher, golden: tuple[GoldenQuestion, ...], embedder: Embedder
) -> None:
    print(f"\n{name}, {embedder.name}: {len(golden)} questions")
    print(
        f"{'':8}{'':9}{'recall@1':>9}{'recall@3':>9}{'MRR':>7}{'NDCG@3':>8}{'right':>7}{'silent':>8}"
    )
    for wer in WERS:
        result: Evaluation = evaluate(searcher, golden, embedder=embedder, wer=wer)
        ways = (("words", result.words), ("vectors", result.vectors), ("ours", result.ours))
        for way, figures in ways:
            print(f"{wer:<8.0%}{way:9}{line(figures)}")
    searcher.close()


def line(one: Figures) -> str:
    return (
        f"{one.recall_at_1:9.3f}{one.recall_at_3:9.3f}{one.mean_reciprocal_rank:7.3f}"
        f"{one.ndcg_at_3:8.3f}{one.precision:7.3f}{one.silent:8.3f}"
    )


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
