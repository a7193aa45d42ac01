"""`attune-kb lint`, `effect`: what is wrong with the articles, and what publishing would change."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Final

import msgspec
import typer
from rich.progress import Progress
from rich.table import Table

from knowledge_base.article import Article
from knowledge_base.cli.common import (
    DEFAULT_DB,
    ERR,
    OUT,
    AsJson,
    DatabaseFolder,
    now_ms,
    open_embedder,
    open_searcher,
    print_json,
    say,
    show,
)
from knowledge_base.effect import Effect, QuestionEffect, candidate, compare, questions_of_calls
from knowledge_base.errors import NothingToPublish
from knowledge_base.lifecycle import ArticleState, day_of
from knowledge_base.lint.check import check
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.health import Health, health
from knowledge_base.store import KnowledgeBase
from knowledge_base.usage import UsageBook

GOLDEN: Final = "golden questions"
CALLS: Final = "calls of the last 7 days"
_WEEK_MS: Final = 7 * 86_400_000
_BAR: Final = 10
_STYLES: Final = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.HINT: "bold",
}


def lint(
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only articles that the release in use has not.")
    ] = False,
    drafts: Annotated[
        bool, typer.Option("--drafts", help="The newest versions, also those not approved yet.")
    ] = False,
) -> None:
    """Check what the next release would hold; exit code 1 where an error keeps it back."""
    base = KnowledgeBase.open(db)
    now = now_ms()
    listed = base.listing(now)
    articles = _next_release(base, now)
    if drafts:
        articles = [one.article for one in listed if one.state is not ArticleState.ARCHIVED]
    current = base.current_release()
    review_due = {one.article.article_id: one.review_due_ms for one in listed}
    today = day_of(now)
    with _counting() as on_progress:
        findings = check(
            articles,
            today=today,
            embedder=open_embedder(),
            review_due=review_due,
            release=base.release_path(current) if current else None,
            on_progress=on_progress,
        )
    uses = UsageBook(base.folder).uses()
    score = health(articles, findings, today=today, uses=uses, review_due=review_due)
    if changed:
        findings = _touching(findings, _changed(articles))
    if as_json:
        print_json({"findings": findings, "health": score.score, "health_parts": score.parts})
    else:
        _print_findings(findings, articles=len(articles))
        _print_health(score)
    if any(one.severity is Severity.ERROR for one in findings):
        raise typer.Exit(1)


def effect(db: DatabaseFolder = DEFAULT_DB, as_json: AsJson = False) -> None:
    """Ask golden and last week's questions of the next release: what gets better and worse."""
    base = KnowledgeBase.open(db)
    now = now_ms()
    articles = _next_release(base, now)
    if not articles:  # said before the model is loaded, which takes seconds
        raise NothingToPublish(waiting=len(base.articles()))
    asked = UsageBook(base.folder).recent_questions(now - _WEEK_MS)
    changed = sorted(_changed(articles) | _leaving(base, articles))
    sets = {GOLDEN: list(base.golden()), CALLS: questions_of_calls(asked)}
    embedder = open_embedder()
    with contextlib.ExitStack() as opened:
        before = None
        if base.current_release():
            before = opened.enter_context(contextlib.closing(open_searcher(base)))
        on_progress = opened.enter_context(_counting())
        after = opened.enter_context(candidate(base, embedder, articles, on_progress=on_progress))
        effects = [
            compare(before, after, questions, embedder=embedder, name=name)
            for name, questions in sets.items()
        ]
    if as_json:
        return print_json({"changed": changed, "effects": effects})
    say(f"{len(articles)} articles, {len(changed)} of them new, changed or gone")
    for one in effects:
        _print_effect(one)
    return None


def _next_release(base: KnowledgeBase, now: int) -> list[Article]:
    """What would be published, each with the version that the release in use has."""
    in_use = {one.article_id: one.published_version for one in base.articles()}
    return [
        msgspec.structs.replace(one, published_version=in_use.get(one.article_id, 0))
        for one in base.to_publish(now)
    ]


@contextlib.contextmanager
def _counting() -> Iterator[Callable[[int, int], None]]:
    """A bar for the texts that are embedded, where somebody sees it."""
    with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task = progress.add_task("embedding", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _changed(articles: Sequence[Article]) -> set[str]:
    return {one.article_id for one in articles if one.version != one.published_version}


def _leaving(base: KnowledgeBase, articles: Sequence[Article]) -> set[str]:
    published = {one.article_id for one in base.articles() if one.published_version}
    return published - {one.article_id for one in articles}


def _touching(findings: Sequence[Finding], ids: set[str]) -> list[Finding]:
    return [one for one in findings if one.article_id in ids or one.other_id in ids]


def _print_findings(findings: Sequence[Finding], *, articles: int) -> None:
    for severity in Severity:
        of_kind = [one for one in findings if one.severity is severity]
        if of_kind:
            OUT.print(
                f"{len(of_kind)} {severity}{'s' * (len(of_kind) > 1)}", style=_STYLES[severity]
            )
        for one in of_kind:
            say(f"  {one.article_id}: {one.message}  [{one.rule}]")
            _print_quotes(one)
    if not findings:
        say(f"nothing found in {articles} articles")


def _print_quotes(one: Finding) -> None:
    """The quotes of a pair side by side, of one article on a line."""
    if one.other_id is None:
        if one.quote:
            say(f"      “{one.quote}”")
        return
    table = Table(one.article_id, one.other_id, padding=(0, 2), pad_edge=True, width=_width())
    for column in table.columns:
        column.ratio = 1
    table.add_row(one.quote, one.other_quote)
    OUT.print(table, markup=False, highlight=False)


def _width() -> int:
    return min(OUT.width, 120)


def _print_health(score: Health) -> None:
    table = Table("health", "", "score", "weight", "what it counts")
    for column in table.columns[:-1]:
        column.no_wrap = True
    for part in score.parts:
        bar = "█" * round(part.score * _BAR)
        table.add_row(part.name, bar, f"{part.score:.2f}", f"{part.weight:.0%}", part.told)
    table.add_section()
    table.add_row("all", "█" * round(score.score * _BAR), f"{score.score:.2f}", "", "")
    show(None, table, as_json=False)


def _print_effect(one: Effect) -> None:
    say(
        f"{one.name}: {one.questions} asked, {len(one.better)} better, {len(one.worse)} worse, "
        f"{len(one.changed)} answered by another article, {one.same} same"
    )
    for told, questions in (("worse", one.worse), ("better", one.better), ("other", one.changed)):
        for question in questions:
            say(f"  {told:6}  {question.question}  ({_moved(question)})")


def _moved(one: QuestionEffect) -> str:
    answers = f"{one.before or 'nothing'} → {one.after or 'nothing'}"
    if not one.wanted:
        return answers
    ranks = " → ".join(str(rank or "not shown") for rank in (one.rank_before, one.rank_after))
    return f"{answers}; the right one {ranks}"
