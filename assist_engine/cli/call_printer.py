"""A call on a terminal: who said what when, how it read, which cards came."""

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assist_engine.call.latency import LatencyRow
from assist_engine.call.selectors import follow_up_line
from assist_engine.call.state import CallState
from assist_engine.contract import events
from assist_engine.contract.events import Recorded
from assist_engine.contract.values import Role, Sentiment, WrapUp

_MOOD_STYLE = {
    Sentiment.POSITIVE: "green",
    Sentiment.NEGATIVE: "red",
    Sentiment.NEUTRAL: "dim",
    Sentiment.UNCLEAR: "dim",
}


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay cost. CPU in seconds a second of audio (both channels of the call)."""

    rows: list[LatencyRow]
    cpu: float
    encoder_cpu: float
    bare_cpu: float | None = None
    bare_partial_p50_ms: float | None = None


class CallPrinter:
    """Prints a call as its events come."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def status(self, stage: str) -> None:
        """Print how far the engine is."""
        self._console.print(f"[dim]engine: {escape(stage)}[/dim]", highlight=False)

    def show(self, recorded: Recorded, state: CallState) -> None:
        """Print an event; `state` already holds it."""
        line = _line(recorded.event, state)
        if line:
            stamp = f"[dim]{_clock(recorded.audio_ms)}[/dim]"
            self._console.print(f"{stamp} {line}", highlight=False)


def _line(event: object, state: CallState) -> str:
    return _heard(event, state) or _understood(event) or _helped(event) or _ran(event)


def _heard(event: object, state: CallState) -> str:
    match event:
        case events.CustomerIdentified(profile=profile, identified_by=by):
            return f"[bold]{escape(profile.name)}[/bold] {escape(profile.tier)} · known by {by}"
        case events.ReasonPredicted(reason=reason):
            return f"[cyan]probably about[/cyan] {escape(reason.title)}: “{escape(reason.opening)}”"
        case events.UtteranceFinal(participant_id=who, text=text, start_ms=start_ms):
            speaker = state.participant(who)
            name = "customer" if speaker and speaker.role is Role.CUSTOMER else "   agent"
            return f"{_clock(start_ms)} {name}  {escape(text)}"
        case _:
            return ""


def _understood(event: object) -> str:
    match event:
        case events.SentimentRead(sentiment=sentiment, score=score):
            style = _MOOD_STYLE[sentiment]
            return f"               [{style}]{sentiment} {score:+.2f}[/{style}]"
        case events.IntentRead(label=label, probability=probability):
            return f"               [cyan]wants[/cyan] {escape(label)} ({probability:.2f})"
        case events.DriverRead(label=label, evidence=evidence):
            return f"               [yellow]{escape(label)}[/yellow] “{escape(evidence[0].quote)}”"
        case _:
            return ""


def _helped(event: object) -> str:
    match event:
        case events.SuggestionMade(suggestion=made):
            why = escape(made.evidence[-1].quote) if made.evidence else ""
            card = f"[bold blue]▶ {made.kind}[/bold blue] {escape(made.title)}"
            return f"  {card} · {made.certainty} · “{why}”"
        case events.SuggestionWithdrawn(suggestion_id=sid, reason=reason):
            return f"  [dim]◁ withdrawn {sid}: {escape(reason)}[/dim]"
        case events.AlertRaised(title=title, evidence=evidence):
            return f"  [bold red]▲ alert[/bold red] {escape(title)} “{escape(evidence[0].quote)}”"
        case events.WhisperSent(by_name=name, text=text):
            return f"  [magenta]whisper from {escape(name)}[/magenta] {escape(text)}"
        case _:
            return ""


def _ran(event: object) -> str:
    match event:
        case events.StageFailed(stage=stage, message=message):
            return f"  [red]{stage} failed: {escape(message)}[/red]"
        case events.CallReleased(reason=reason):
            return f"call released: {reason}"
        case events.WrapUpDrafted(wrap_up=wrap_up):
            return _wrap_up(wrap_up)
        case _:
            return ""


def _wrap_up(wrap_up: WrapUp) -> str:
    lines = [f"[bold]wrap-up[/bold] {wrap_up.disposition} ({wrap_up.disposition_probability:.2f})"]
    lines += [f"        {line.section:>8}: {escape(line.text)}" for line in wrap_up.lines]
    lines += [f"        follow up: {escape(follow_up_line(f))}" for f in wrap_up.follow_ups]
    return "\n".join(lines)


def _clock(ms: int) -> str:
    return f"{ms // 60_000:02d}:{ms // 1000 % 60:02d}.{ms // 100 % 10}"


def print_figures(console: Console, figures: Figures) -> None:
    """Print the latency table and the cost, beside bare Vosk where it ran."""
    if figures.rows:
        table = Table(title="Latency in audio positions, ms (a card counts from the last word)")
        for column in ("", "count", "p50", "p95", "max"):
            table.add_column(column, justify="right")
        for row in figures.rows:
            cells = (row.count, row.p50_ms, row.p95_ms, row.max_ms)
            table.add_row(row.kind, *(str(cell) for cell in cells))
        console.print(table)
    cost = f"CPU per second of call: {figures.cpu:.3f} s without embeddings"
    if figures.bare_cpu:
        cost += f" = {figures.cpu / figures.bare_cpu:.2f} × bare Vosk in the same run"
    console.print(cost, highlight=False)
    console.print(f"embeddings: {figures.encoder_cpu:.3f} s more", highlight=False)
    if figures.bare_partial_p50_ms is not None and figures.rows:
        late = figures.rows[0].p50_ms - figures.bare_partial_p50_ms
        console.print(f"partials p50: {late:+.0f} ms against bare Vosk", highlight=False)
