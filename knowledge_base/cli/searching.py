"""`attune-kb search`, `evaluate`: what agents would be shown, and how good that is."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from knowledge_base.applies import Applies
from knowledge_base.cli.common import (
    DEFAULT_DB,
    OUT,
    AsJson,
    DatabaseFolder,
    open_embedder,
    open_searcher,
    print_json,
    say,
    show,
)
from knowledge_base.evaluate import Evaluation, Recall, evaluate, read_golden
from knowledge_base.query import plain_question
from knowledge_base.search import Found
from knowledge_base.store import KnowledgeBase


def search(
    query: Annotated[str, typer.Argument(help="The question, as a caller asks it.")],
    *,
    db: DatabaseFolder = DEFAULT_DB,
    limit: Annotated[int, typer.Option("-k", min=1, help="How many articles at most.")] = 5,
    as_json: AsJson = False,
    show_all: Annotated[
        bool, typer.Option("--all", help="Also what is probably of no help.")
    ] = False,
    product: Annotated[
        list[str] | None, typer.Option("--product", help="Only for this product; repeatable.")
    ] = None,
) -> None:
    """Find the passages of the release in use that answer a question."""
    searcher = open_searcher(KnowledgeBase.open(db))
    vector = open_embedder(searcher.model).encode([plain_question(query)])[0]
    applies = Applies(products=tuple(product or ()))
    found = searcher.search(query, vector, limit=limit, applies=applies)
    shown = [one for one in found if show_all or one.score >= searcher.threshold]
    if as_json:
        print_json([_found_row(one) for one in shown])
        return
    if not shown:
        say("nothing that is likely to help" + (" (--all shows the rest)" if found else ""))
    for one in shown:
        _print_found(one)


def evaluate_(
    golden: Annotated[Path, typer.Argument(help="JSONL of {question, articles}.")],
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Ask the release in use golden questions: words alone, vectors alone, and ours."""
    questions = read_golden(golden)
    searcher = open_searcher(KnowledgeBase.open(db))
    result = evaluate(searcher, questions, embedder=open_embedder(searcher.model))
    show(msgspec.to_builtins(result), _evaluation_table(result), as_json=as_json)
    if not as_json:
        shown = result.abstention
        say(
            f"{result.questions} questions, {result.unanswerable} without an answer. From "
            f"{shown.threshold:.2f} on: {shown.answered:.1%} of the answerable shown something, "
            f"{shown.precision:.1%} of what was shown was right, "
            f"{shown.silent:.1%} of the others met silence"
        )


def _evaluation_table(result: Evaluation) -> Table:
    table = Table("", "recall@1", "recall@3", "MRR")
    rows: tuple[tuple[str, Recall], ...] = (
        ("words alone (BM25)", result.words),
        ("vectors alone", result.vectors),
        ("ours", result.ours),
    )
    for name, one in rows:
        figures = (one.at_1, one.at_3, one.mean_reciprocal_rank)
        table.add_row(name, *(f"{figure:.3f}" for figure in figures))
    return table


def _found_row(one: Found) -> dict[str, object]:
    return {
        "article": one.article_id,
        "title": one.title,
        "heading": one.heading,
        "score": round(one.score, 4),
        "passage": one.passage,
        "highlight": one.answer,
        "version": one.version,
        "release": one.release,
    }


def _print_found(one: Found) -> None:
    OUT.print(f"{one.score:.2f}  {one.title}  [{one.article_id}]", style="bold", markup=False)
    start, end = one.answer or (0, 0)
    for text, style in (
        (one.passage[:start], None),
        (one.passage[start:end], "underline"),
        (one.passage[end:], None),
    ):
        OUT.print(text, style=style, end="", markup=False, highlight=False)
    OUT.print("\n")
