"""What the log of this call keeps about the agent, kind by kind, and who sees it."""

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.action_words import run_line
from agent_desktop.view_models.call_story import fate_of
from agent_desktop.view_models.compliance_model import compliance_lines, mode_name
from agent_desktop.view_models.marked_words import readable
from agent_desktop.view_models.talk_model import behaviours_line, own_line
from assist_engine.call.state import CallState, Card
from assist_engine.call.voice_metrics import VoiceMetrics
from assist_engine.contract.events import ChecklistTicked
from assist_engine.contract.values import AlertVerdict, Role, SuggestionKind


class RecordedKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of thing. `held` is what is there of this call, a line each."""

    name: str
    held: tuple[str, ...]


def recorded_about(state: CallState, metrics: VoiceMetrics) -> tuple[RecordedKind, ...]:
    """Everything about the agent, also the kinds of which nothing is there yet."""
    hints = [c for c in state.cards if c.suggestion.kind is SuggestionKind.COACHING]
    others = [c for c in state.cards if c.suggestion.kind is not SuggestionKind.COACHING]
    said = sum(utterance.role is Role.AGENT for utterance in state.utterances)
    utterances = tr("{count} utterances, private words redacted", count=said)
    return (
        _kind(tr("What you said"), utterances if said else ""),
        _kind(tr("What you did well"), behaviours_line(state)),
        _kind(tr("What is required on a call"), *(line.text for line in compliance_lines(state))),
        _kind(tr("Cards, and what you did with them"), *_fates(others)),
        _kind(tr("Coaching hints"), *_fates(hints)),
        _kind(tr("Ticked steps"), *(_tick_line(tick) for tick in state.ticks if tick.is_done)),
        _kind(tr("Actions"), *(run_line(run).text for run in state.actions)),
        _kind(tr("How much guidance you want"), mode_name(state.guidance_mode)),
        _kind(tr("How you talk: from the times of words"), own_line(metrics)),
        _kind(tr("Articles you opened"), *(str(article_id) for article_id in state.opened)),
        _kind(tr("Alerts on the customer’s mood or words"), *_alerts(state)),
        _kind(tr("What supervisors whispered"), *(whisper.text for whisper in state.whispers)),
        _kind(tr("How satisfied the customer says they were"), _satisfaction(state)),
        _kind(tr("Your notes"), *state.notes),
        _kind(
            tr("Pauses, and the wrap-up you accept"),
            tr("when, and how much of the draft you changed"),
        ),
    )


def who_sees_it() -> str:
    """Who sees what is recorded, and what is never read."""
    return tr(
        "You see all of it, here and on your desk. Your supervisor sees the call, the cards, "
        "what is required and what you did well; coaching hints are shown to you alone. "
        "Nothing is read of how you feel or sound."
    )


def _kind(name: str, *lines: str) -> RecordedKind:
    return RecordedKind(name=name, held=tuple(line for line in lines if line))


def _fates(cards: list[Card]) -> list[str]:
    return [f"{card.suggestion.title} · {fate_of(card)}" for card in cards]


def _tick_line(tick: ChecklistTicked) -> str:
    said = tick.evidence[-1].quote if tick.evidence else ""
    if not tick.is_heard:
        return f"{tick.item} · " + tr("ticked by hand")
    return f"{tick.item} · " + (
        tr("heard: “{quote}”", quote=readable(said)) if said else tr("heard")
    )


def _alerts(state: CallState) -> list[str]:
    words = {AlertVerdict.USEFUL: tr("judged useful"), AlertVerdict.NOISE: tr("judged noise")}
    open_word = tr("not judged yet")
    return [
        f"{alert.raised.title} · {words[alert.verdict] if alert.verdict else open_word}"
        for alert in state.alerts
    ]


def _satisfaction(state: CallState) -> str:
    given = state.satisfaction
    return tr("{score} of 5", score=given.score) if given else ""
