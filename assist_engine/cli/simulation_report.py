"""What changed rules would have shown on stored calls, as people read it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assist_engine.call.state import CardStatus
from assist_engine.contract.values import SuggestionKind
from assist_engine.guidance.simulation import CallSimulation, Shown

_HOUR_MS: Final = 3_600_000
_MOVED_MS: Final = 1_000  # a card that comes so much later or sooner comes at another time
_MOST: Final = 20  # cards, and calls, that are told; --json has all
_TOUCHED: Final = (CardStatus.USED, CardStatus.DISMISSED)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All stored calls, as they were and as they would have been."""

    calls: tuple[CallSimulation, ...]
    seconds: float
    decided_anew: tuple[SuggestionKind, ...]
    recorded_articles: int = 0  # calls whose log does not say what searches found


class _Change(msgspec.Struct, frozen=True, kw_only=True):
    """What differs on one call."""

    call: CallSimulation
    come: tuple[Shown, ...]
    gone: tuple[Shown, ...]
    moved: tuple[tuple[Shown, int], ...]  # ms later than it was

    @property
    def is_any(self) -> bool:
        """Whether anything differs."""
        return bool(self.come or self.gone or self.moved)


def print_report(console: Console, report: Report) -> None:
    """The figures, what becomes of which card, and the calls on which most changes."""
    changes = [change for call in report.calls if (change := _change(call)).is_any]
    console.print(_kinds(report))
    for name, cards in zip(("was", "would be"), _all(report), strict=True):
        console.print(f"{name}: {_often(cards, report)}")
    if changes:
        console.print(_cards(changes))
        _print_calls(console, changes)
    else:
        console.print("Nothing changes.")
    console.print(_told(report))


def _change(call: CallSimulation) -> _Change:
    was = {one.topic: one for one in call.was}
    would = {one.topic for one in call.would}
    return _Change(
        call=call,
        come=tuple(one for one in call.would if one.topic not in was),
        gone=tuple(one for one in call.was if one.topic not in would),
        moved=tuple(
            (one, later_ms)
            for one in call.would
            if one.topic in was and abs(later_ms := one.at_ms - was[one.topic].at_ms) > _MOVED_MS
        ),
    )


def _kinds(report: Report) -> Table:
    table = _table("Cards", "kind", "was", "used", "dismissed", "would be", "used", "dismissed")
    was, would = _all(report)
    for kind in (*SuggestionKind, None):
        old = [one for one in was if kind in {None, one.kind}]
        new = [one for one in would if kind in {None, one.kind}]
        if old or new or kind is None:
            table.add_row(str(kind or "all"), *_judged(old), *_judged(new))
    return table


def _judged(cards: Sequence[Shown]) -> Iterator[str]:
    yield str(len(cards))
    judged = [one for one in cards if one.is_judged]
    for status in _TOUCHED:
        number = sum(one.status is status for one in judged)
        yield f"{number / len(judged):.0%} of {len(judged)}" if judged else ""


def _often(cards: Sequence[Shown], report: Report) -> str:
    hours = sum(call.audio_ms for call in report.calls) / _HOUR_MS
    calls = len(report.calls)
    a_call = len(cards) / calls if calls else 0.0
    an_hour = len(cards) / hours if hours else 0.0
    return f"{a_call:.1f} cards a call, {an_hour:.0f} an hour of talk"


def _cards(changes: Sequence[_Change]) -> Table:
    """Which cards come or go, on how many calls, and what agents did with those that go."""
    come = Counter(one.topic for change in changes for one in change.come)
    gone = Counter(one.topic for change in changes for one in change.gone)
    moved = Counter(one.topic for change in changes for one, _ in change.moved)
    status = Counter((one.topic, one.status) for change in changes for one in change.gone)
    title = "On how many calls cards would come, go (and were used, dismissed) or move"
    table = _table(title, "card", "come", "go", "used", "dismissed", "move")
    topics = (come + gone + moved).most_common()
    for topic, _ in topics[:_MOST]:
        touched = (status[topic, one] for one in _TOUCHED)
        numbers = (come[topic], gone[topic], *touched, moved[topic])
        table.add_row(topic, *(str(number or "") for number in numbers))
    table.caption = _left_out(len(topics), "cards")
    return table


def _print_calls(console: Console, changes: Sequence[_Change]) -> None:
    first = sorted(changes, key=lambda one: len(one.come) + len(one.gone), reverse=True)
    for change in first[:_MOST]:
        call = change.call
        told = (
            f"{call.audio_ms / 60_000:.1f} min, {len(call.was)} cards, would be {len(call.would)}"
        )
        console.print(f"[bold]{escape(call.call_id)}[/bold] {told}", soft_wrap=True)
        for at_ms, line in sorted(_lines(change)):
            console.print(f"  {at_ms / 1000:6.1f} s  {line}", soft_wrap=True)
    left_out = _left_out(len(first), "calls")
    if left_out:
        console.print(left_out)


def _lines(change: _Change) -> Iterator[tuple[int, str]]:
    for one in change.come:
        yield one.at_ms, f"[green]would come[/green] {escape(one.topic)}"
    for one in change.gone:
        said = f", was {one.status}" if one.status in _TOUCHED else ""
        yield one.at_ms, f"[red]would not come[/red] {escape(one.topic)}{said}"
    for one, later_ms in change.moved:
        when = f"{abs(later_ms) / 1000:.1f} s {'later' if later_ms > 0 else 'sooner'}"
        too_late = ", too late" if one.is_too_late else ""
        yield one.at_ms, f"{when}{too_late}: {escape(one.topic)}"


def _left_out(number: int, what: str) -> str | None:
    more = number - _MOST
    return f"and {more} more {what}; --json has all" if more > 0 else None


def _told(report: Report) -> str:
    kinds = ", ".join(report.decided_anew) or "nothing"
    told = [f"{len(report.calls)} calls in {report.seconds} s. Decided anew: {kinds}."]
    if report.recorded_articles:
        told.append(
            f"On {report.recorded_articles} calls the log does not say what searches had found: "
            "there no other articles can come than those that came."
        )
    told.append(
        "Used and dismissed: of the cards that were shown then too, and would not come too late "
        "for what the agent did."
    )
    return " ".join(told)


def _all(report: Report) -> tuple[list[Shown], list[Shown]]:
    was = [one for call in report.calls for one in call.was]
    return was, [one for call in report.calls for one in call.would]


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column(first, overflow="fold")
    for name in others:
        table.add_column(name, justify="right")
    return table
