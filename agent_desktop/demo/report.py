"""The tables at the end of the demo: latency, cards, and what should have been there."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from agent_desktop.demo.lateness import lateness_ms, lateness_words
from agent_desktop.demo.narrator import clock
from agent_desktop.sound.demo_call import Expected
from assist_engine.call.latency import LatencyRow
from assist_engine.call.state import CallState, Card

IN_TIME_MS = 800


def print_latency(console: Console, rows: Sequence[LatencyRow]) -> None:
    """Percentiles of ear to screen, in audio positions."""
    table = Table(title="Latency, ms of audio (a card counts from the customer's last word)")
    for name in ("", "count", "p50", "p95", "max"):
        table.add_column(name, justify="right")
    for row in rows:
        figures = (row.count, row.p50_ms, row.p95_ms, row.max_ms)
        table.add_row(row.kind, *(str(figure) for figure in figures))
    console.print(table)


def print_cards(console: Console, state: CallState) -> None:
    """Each card and how late it came."""
    table = Table(title="Cards")
    for name in ("at", "kind", "title", "how sure", "when"):
        table.add_column(name)
    for card in state.cards:
        made = card.suggestion
        when = lateness_words(lateness_ms(card, state))
        kind = made.kind.replace("_", " ")
        table.add_row(clock(card.made_ms), kind, made.title, made.certainty, when)
    console.print(table)


def print_expected(console: Console, expected: Sequence[Expected], state: CallState) -> None:
    """What the call's author says should be shown, and whether it was."""
    table = Table(title="What should be on the screen")
    for name in ("asked", "kind", "one of", "shown"):
        table.add_column(name)
    for wanted in expected:
        asked = f"{clock(round(wanted.asked_start * 1000))}–{clock(round(wanted.asked_end * 1000))}"
        kind = wanted.kind.replace("_", " ") + ("" if wanted.is_main else " (extra)")
        table.add_row(asked, kind, ", ".join(wanted.ids), _shown(wanted, state))
    console.print(table)


def _shown(wanted: Expected, state: CallState) -> str:
    card = next(_fitting(wanted, state), None)
    if card is None:
        return "no"
    late_ms = card.made_ms - round(wanted.asked_end * 1000)
    in_time = "in time" if late_ms <= IN_TIME_MS else "late"
    return f"{clock(card.made_ms)}, {in_time}: {lateness_words(late_ms)}"


def _fitting(wanted: Expected, state: CallState) -> Iterator[Card]:
    for card in state.cards:
        made = card.suggestion
        article = made.article.article_id if made.article else None
        if made.kind == wanted.kind and {article, made.playbook_id} & set(wanted.ids):
            yield card
