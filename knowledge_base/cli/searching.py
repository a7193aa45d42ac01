"""`attune-kb search`, `evaluate`: what agents would be shown, and how good that is."""

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from rich.table import Table

from knowledge_base.applies import Applies
from knowledge_base.cli.common import (
    DEFAULT_DB,
    ERR,
    OUT,
    AsJson,
    DatabaseFolder,
    open_embedder,
    open_searcher,
    print_json,
    say,
)
from knowledge_base.errors import GoldenError
from knowledge_base.evaluate import Evaluation, evaluate, read_golden
from knowledge_base.query import plain_question
from knowledge_base.search import Found
from knowledge_base.store import KnowledgeBase

_BATCH: Final = 256


def search(
    query: Annotated[str, typer.Argument(help="The question, as a caller asks it.")] = "",
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
    locale: Annotated[str, typer.Option("--locale", help="Language of the question.")] = "",
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help="Read {id, query} a line, write {id, results} a line."),
    ] = False,
) -> None:
    """Find the passages of the release in use that answer a question, or many questions."""
    if bool(query) == jsonl:
        raise typer.BadParameter("give one question, or --jsonl and questions on standard input")
    searcher = open_searcher(KnowledgeBase.open(db))
    applies = Applies(
        products=tuple(product or ()), locale=locale, today=dt.datetime.now().astimezone().date()
    )
    asked = _read_questions(sys.stdin.buffer) if jsonl else [Asked(id=query, query=query)]
    embedder = open_embedder(searcher.model)
    for some in _in_batches(asked):
        vectors = embedder.encode([plain_question(one.query) for one in some])
        for one, vector in zip(some, vectors, strict=True):
            found = searcher.search(one.query, vector, limit=limit, applies=applies)
            shown = [each for each in found if show_all or each.score >= searcher.threshold]
            if jsonl:
                print_json({"id": one.id, "results": [_found_row(each) for each in shown]})
            elif as_json:
                print_json([_found_row(each) for each in shown])
            else:
                _print_all(shown, is_more=bool(found))


class Asked(msgspec.Struct, frozen=True):
    """A question of many; its id is given back as it came."""

    id: str | int
    query: str


def _read_questions(lines: Iterable[bytes]) -> list[Asked]:
    asked: list[Asked] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            asked.append(msgspec.json.decode(line, type=Asked))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            reason = f'is not {{"id": …, "query": "…"}}: {error}'
            raise GoldenError(source="standard input", line=number, reason=reason) from error
    return asked


def _in_batches(asked: Sequence[Asked]) -> Iterator[Sequence[Asked]]:
    for start in range(0, len(asked), _BATCH):
        yield asked[start : start + _BATCH]


def _print_all(shown: Sequence[Found], *, is_more: bool) -> None:
    if not shown:
        say("nothing that is likely to help" + (" (--all shows the rest)" if is_more else ""))
    for one in shown:
        _print_found(one)


def evaluate_(
    golden: Annotated[
        Path | None,
        typer.Argument(help="JSONL of {question, articles}; none: those kept in the base."),
    ] = None,
    *,
    db: DatabaseFolder = DEFAULT_DB,
    wer: Annotated[
        str,
        typer.Option("--wer", help="Shares of wrong words to try, with commas: 0.0,0.1,0.2,0.3."),
    ] = "0.0",
    seed: Annotated[int, typer.Option("--seed", help="Which words are misheard.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Ask the release in use golden questions: words alone, vectors alone, and ours."""
    rates = _rates(wer)
    base = KnowledgeBase.open(db)
    questions = read_golden(golden) if golden else base.golden()
    if not questions:
        raise GoldenError(
            source=str(db), line=1, reason="keeps no golden questions: import some, or name a file"
        )
    searcher = open_searcher(base)
    embedder = open_embedder(searcher.model)
    with ERR.status("asking"):
        results = [
            evaluate(searcher, questions, embedder=embedder, wer=rate, seed=seed) for rate in rates
        ]
    if as_json:
        print_json(msgspec.to_builtins(results))
        return
    for result in results:
        OUT.print(_evaluation_table(result), markup=False, highlight=False)
        say(
            f"{result.questions} questions, {result.unanswerable} without an answer. From "
            f"{result.threshold:.2f} on {result.answered:.1%} of the answerable are shown something"
        )


def _rates(text: str) -> list[float]:
    try:
        rates = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise typer.BadParameter(f"--wer takes numbers with commas, not {text!r}") from error
    if not all(0 <= rate < 1 for rate in rates):
        raise typer.BadParameter(f"--wer takes shares from 0 to below 1, not {text!r}")
    return rates


def _evaluation_table(result: Evaluation) -> Table:
    columns = ("recall@1", "recall@3", "MRR", "NDCG@3", "shown right", "silent")
    table = Table(f"{result.wer:.0%} misheard", *columns)
    rows = (
        ("words alone", result.words),
        ("vectors alone", result.vectors),
        ("ours", result.ours),
    )
    for name, one in rows:
        table.add_row(name, *(f"{figure:.3f}" for figure in msgspec.structs.astuple(one)))
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
