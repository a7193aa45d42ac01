"""Tells a call on the terminal as it happens: finals, signals, cards, alerts, wrap-up."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from agent_desktop.demo.lateness import lateness_words, words_end_ms
from assist_engine.call.selectors import follow_up_line
from assist_engine.call.state import CallState
from assist_engine.contract import events
from assist_engine.contract.answers import Answer, EngineStatus
from assist_engine.contract.events import Recorded
from assist_engine.contract.values import Role, Sentiment, Suggestion, WrapUp

_MOODS = {
    Sentiment.POSITIVE: "green",
    Sentiment.NEUTRAL: "dim",
    Sentiment.NEGATIVE: "red",
    Sentiment.UNCLEAR: "dim",
}
_INDENT = " " * 16


def clock(ms: int) -> str:
    """A moment of the call, `mm:ss.t`."""
    return f"{ms // 60_000:02d}:{ms // 1000 % 60:02d}.{ms % 1000 // 100}"


class Narrator:
    """Prints what is worth a line; partials are not."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stage = ""

    def tell(self, items: Sequence[Recorded | Answer], *, state: CallState | None) -> None:
        """Print a batch; `state` holds it already."""
        for item in items:
            if isinstance(item, EngineStatus) and item.stage != self._stage:
                self._stage = item.stage
                self._say(f"[dim]engine: {escape(item.stage)}[/dim]")
            elif isinstance(item, Recorded) and state is not None:
                self._tell_event(item, state)

    def say(self, text: str) -> None:
        """Print a line as it is."""
        self._say(escape(text))

    def _say(self, markup: str) -> None:
        self._console.print(markup, highlight=False, soft_wrap=True)

    def _tell_event(self, recorded: Recorded, state: CallState) -> None:
        said = _heard_line(recorded, state) or _signal_line(recorded)
        line = said or _help_line(recorded, state) or _end_line(recorded)
        if line:
            self._say(line)


def _heard_line(recorded: Recorded, state: CallState) -> str:
    match recorded.event:
        case events.CustomerIdentified(profile=profile, identified_by=by):
            about = " · ".join(filter(None, (profile.organisation, profile.tier)))
            return f"{_at(recorded)} [bold]{escape(profile.name)}[/bold] {escape(about)} (by {by})"
        case events.ReasonPredicted(reason=reason):
            return f"{_at(recorded)} probably about: {escape(reason.title)}"
        case events.UtteranceFinal(participant_id=who, text=text, start_ms=start, end_ms=end):
            speaker = state.participant(who)
            is_customer = speaker is not None and speaker.role is Role.CUSTOMER
            name = "[bold cyan]customer[/bold cyan]" if is_customer else "[cyan]   agent[/cyan]"
            return f"{clock(start)}–{clock(end)} {name} {escape(text)}"
        case _:
            return ""


def _end_line(recorded: Recorded) -> str:
    match recorded.event:
        case events.CallReleased(reason=reason):
            return f"{_at(recorded)} call released ({escape(reason)})"
        case events.WrapUpDrafted(wrap_up=wrap_up):
            return _wrap_up_lines(wrap_up)
        case events.WrapUpCompleted():
            return f"{_at(recorded)} wrap-up accepted"
        case _:
            return ""


def _signal_line(recorded: Recorded) -> str:
    match recorded.event:
        case events.SentimentRead(sentiment=sentiment, score=score):
            style = _MOODS[sentiment]
            return f"{_INDENT}[{style}]{sentiment} {score:+.2f}[/{style}]"
        case events.IntentRead(label=label, probability=probability):
            return f"{_INDENT}about: {escape(label)} ({probability:.2f})"
        case events.DriverRead(label=label):
            return f"{_INDENT}[yellow]{escape(label)}[/yellow]"
        case _:
            return ""


def _help_line(recorded: Recorded, state: CallState) -> str:
    match recorded.event:
        case events.SuggestionMade(suggestion=suggestion):
            return _card_line(recorded, suggestion, state)
        case events.AlertRaised(title=title, evidence=evidence):
            quotes = " · ".join(f"“{e.quote}”" for e in evidence)
            return f"{_at(recorded)} [bold red]▲ {escape(title)}[/bold red] {escape(quotes)}"
        case events.WhisperSent(by_name=name, text=text):
            return f"{_at(recorded)} [magenta]{escape(name)} whispers: {escape(text)}[/magenta]"
        case events.StageFailed(stage=stage, message=message):
            return f"{_at(recorded)} [red]{stage} failed: {escape(message)}[/red]"
        case _:
            return ""


def _card_line(recorded: Recorded, suggestion: Suggestion, state: CallState) -> str:
    end_ms = words_end_ms(suggestion, state)
    late = "while they speak" if end_ms is None else lateness_words(recorded.audio_ms - end_ms)
    kind = suggestion.kind.replace("_", " ")
    return (
        f"{_at(recorded)} [bold blue]■ {kind}: {escape(suggestion.title)}[/bold blue]"
        f" · {suggestion.certainty} · {late}"
    )


def _wrap_up_lines(wrap_up: WrapUp) -> str:
    share = f"{wrap_up.disposition_probability:.0%}"
    lines = [f"[bold]wrap-up[/bold]  {escape(wrap_up.disposition)} ({share})"]
    lines += [f"{_INDENT}{line.section}: {escape(line.text)}" for line in wrap_up.lines]
    lines += [f"{_INDENT}follow up: {escape(follow_up_line(f))}" for f in wrap_up.follow_ups]
    return "\n".join(lines)


def _at(recorded: Recorded) -> str:
    return f"[dim]{clock(recorded.audio_ms):>15}[/dim]"
