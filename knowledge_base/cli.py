"""`attune-kb`: make, fill, publish and search a knowledge base from the command line."""

import getpass
import sys
import time
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from platformdirs import user_data_path
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from knowledge_base.embedding import Embedder, load_embedder
from knowledge_base.errors import KnowledgeError, NothingToPublish, ReleaseMissing
from knowledge_base.evaluate import Evaluation, Recall, evaluate, read_golden
from knowledge_base.query import plain_question
from knowledge_base.search import Found, Searcher
from knowledge_base.store import KnowledgeBase

app: Final = typer.Typer(
    help="Make, fill, publish and search a knowledge base.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
_out: Final = Console()
_err: Final = Console(stderr=True)

DatabaseFolder = Annotated[
    Path, typer.Option("--db", metavar="DIR", help="Folder of the knowledge base.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Author = Annotated[str, typer.Option("--author", help="Who does this, for the history.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the history.")]
_DEFAULT_DB: Final = user_data_path("attune", "attune") / "knowledge"


def main() -> None:
    """Run the command line; what is wrong is said in one sentence, with exit code 2."""
    try:
        app()
    except (KnowledgeError, OSError) as error:
        _err.print(f"attune-kb: {error}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)


@app.command()
def init(db: DatabaseFolder = _DEFAULT_DB) -> None:
    """Make an empty knowledge base."""
    KnowledgeBase.create(db)
    _say(f"{db} is a knowledge base")


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A Markdown file or folder, or golden .jsonl.")],
    db: DatabaseFolder = _DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    reason: Reason = "imported",
) -> None:
    """Take in articles, or golden questions; what is there is updated, never doubled."""
    base = KnowledgeBase.open(db)
    if path.suffix == ".jsonl":
        golden = read_golden(path)
        base.keep_golden(golden)
        return _show({"golden": len(golden)}, f"{len(golden)} golden questions", as_json=as_json)
    report = base.import_folder(path, author=_who(author), reason=reason, now_ms=_now_ms())
    for error in report.broken:
        _err.print(f"attune-kb: {error}", markup=False, highlight=False, soft_wrap=True)
    said = (
        f"{len(report.added)} added, {len(report.updated)} updated, "
        f"{len(report.unchanged)} unchanged, {len(report.broken)} broken"
    )
    broken = [
        {"source": one.source, "line": one.line, "reason": one.reason} for one in report.broken
    ]
    _show({**msgspec.structs.asdict(report), "broken": broken}, said, as_json=as_json)
    if report.broken:
        raise typer.Exit(2)
    return None


@app.command("list")
def list_(db: DatabaseFolder = _DEFAULT_DB, as_json: AsJson = False) -> None:
    """List the articles."""
    articles = KnowledgeBase.open(db).articles()
    table = Table("article", "title", "products", "version", "published")
    for one in articles:
        published = str(one.published_version or "–")
        table.add_row(
            one.article_id, one.title, " ".join(one.products), str(one.version), published
        )
    rows = [
        {
            "article": one.article_id,
            "title": one.title,
            "products": one.products,
            "version": one.version,
            "published_version": one.published_version,
            "updated_ms": one.updated_ms,
        }
        for one in articles
    ]
    _show(rows, table, as_json=as_json)


@app.command()
def publish(
    db: DatabaseFolder = _DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    reason: Reason = "",
) -> None:
    """Make the next release of all articles and use it."""
    base = KnowledgeBase.open(db)
    if not base.articles():  # said before the model is loaded, which takes seconds
        raise NothingToPublish
    embedder = _embedder()
    with Progress(console=_err, transient=True, disable=not _err.is_terminal) as progress:
        task = progress.add_task("embedding", total=None)
        info = base.publish(
            embedder,
            author=_who(author),
            reason=reason,
            now_ms=_now_ms(),
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    said = (
        f"release {info.release}: {info.articles} articles ({info.changed_articles} changed), "
        f"{info.passages} passages; {info.embedded} texts embedded, {info.reused} taken over"
    )
    _show(msgspec.structs.asdict(info), said, as_json=as_json)


@app.command()
def rollback(
    release: Annotated[int, typer.Argument(help="The release to use again.")],
    db: DatabaseFolder = _DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    reason: Reason = "rolled back",
) -> None:
    """Use an older release again."""
    base = KnowledgeBase.open(db)
    info = base.roll_back(release, author=_who(author), reason=reason, now_ms=_now_ms())
    _show(msgspec.structs.asdict(info), f"release {release} is in use", as_json=as_json)


@app.command()
def releases(db: DatabaseFolder = _DEFAULT_DB, as_json: AsJson = False) -> None:
    """List the releases, newest first."""
    found = KnowledgeBase.open(db).releases()
    table = Table("release", "made", "by", "reason", "articles", "passages", "in use")
    for one in found:
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(one.made_ms / 1000))
        in_use = "yes" if one.is_in_use else ""
        counts = (str(one.articles), str(one.passages))
        table.add_row(str(one.release), made, one.author, one.reason, *counts, in_use)
    fields = ("release", "made_ms", "author", "reason", "articles", "passages", "is_in_use")
    rows = [{name: getattr(one, name) for name in fields} for one in found]
    _show(rows, table, as_json=as_json)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where the Markdown files go.")],
    db: DatabaseFolder = _DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Write every article as Markdown."""
    count = KnowledgeBase.open(db).export(folder)
    _show({"articles": count}, f"{count} articles in {folder}", as_json=as_json)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="The question, as a caller asks it.")],
    *,
    db: DatabaseFolder = _DEFAULT_DB,
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
    searcher = _searcher(KnowledgeBase.open(db))
    vector = _embedder(searcher.model).encode([plain_question(query)])[0]
    found = searcher.search(query, vector, limit=limit, products=tuple(product or ()))
    shown = [one for one in found if show_all or one.score >= searcher.threshold]
    if as_json:
        _print_json([_found_row(one) for one in shown])
        return
    if not shown:
        _say("nothing that is likely to help" + (" (--all shows the rest)" if found else ""))
    for one in shown:
        _print_found(one)


@app.command("evaluate")
def evaluate_(
    golden: Annotated[Path, typer.Argument(help="JSONL of {question, articles}.")],
    db: DatabaseFolder = _DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Ask the release in use golden questions: words alone, vectors alone, and ours."""
    questions = read_golden(golden)
    searcher = _searcher(KnowledgeBase.open(db))
    result = evaluate(searcher, questions, embedder=_embedder(searcher.model))
    _show(msgspec.to_builtins(result), _evaluation_table(result), as_json=as_json)
    if not as_json:
        shown = result.abstention
        _say(
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


def _searcher(base: KnowledgeBase) -> Searcher:
    release = base.current_release()
    if not release:
        raise ReleaseMissing(0)
    return Searcher.open(base.release_path(release))


def _embedder(name: str | None = None) -> Embedder:
    with _err.status("loading the embedding model"):
        return load_embedder(name) if name else load_embedder()


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
    _out.print(f"{one.score:.2f}  {one.title}  [{one.article_id}]", style="bold", markup=False)
    start, end = one.answer or (0, 0)
    for text, style in (
        (one.passage[:start], None),
        (one.passage[start:end], "underline"),
        (one.passage[end:], None),
    ):
        _out.print(text, style=style, end="", markup=False, highlight=False)
    _out.print("\n")


def _show(value: object, text: str | Table, *, as_json: bool) -> None:
    if as_json:
        _print_json(value)
    else:
        _out.print(text, markup=False, highlight=False)


def _print_json(value: object) -> None:
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


def _say(text: str) -> None:
    _out.print(text, markup=False, highlight=False, soft_wrap=True)


def _who(author: str) -> str:
    return author or getpass.getuser()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    main()
