"""What a person must know about link, engine and sound, and how late things are, in words."""

from typing import Final

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.call_model import CallModel, LinkPhase
from agent_desktop.view_models.mood_model import Feeling
from assist_engine.call.state import Phase

INSTALL_COMMAND: Final = "attune-engine models install vosk-model-small-en-us-0.15"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is not as it should be, and what to do. `progress` 0 to 1 while something loads."""

    heading: str
    text: str
    feeling: Feeling = Feeling.CARE
    progress: float | None = None


def notice_of(model: CallModel) -> Notice | None:
    """The one thing to tell now, the worst first; None when all is well."""
    return (
        _link_notice(model)
        or _engine_notice(model)
        or _refusal_notice(model)
        or _call_notice(model)
        or _demo_model_notice(model)
    )


def hears_badly(model: CallModel) -> bool:
    """Whether people would be heard by a model that was made for the demo calls."""
    return model.engine is not None and model.engine.is_demo_speech_model


def can_start(model: CallModel) -> bool:
    """Whether a call can be started now."""
    is_ready = model.engine is not None and model.engine.is_ready
    return model.link is LinkPhase.CONNECTED and is_ready


def latency_line(model: CallModel) -> str:
    """How late we hear and how early the newest card was."""
    parts = []
    heard_ms = model.latency.newest_partial_ms
    if heard_ms is not None:
        parts.append(tr("hearing you: {ms} ms", ms=max(0, heard_ms)))
    answering = [card for card in model.state.cards if card.asked_ms] if model.state else []
    if answering:
        card = answering[-1]
        parts.append(_card_delay(card.made_ms - card.held_ms - card.asked_ms))
    parts.append(tr("all on this computer") if model.is_engine_here else tr("engine: server"))
    return " · ".join(parts)


def _card_delay(delay_ms: int) -> str:
    seconds = f"{abs(delay_ms) / 1000:.1f}"
    if delay_ms <= 0:
        return tr("card: {seconds} s before they stopped", seconds=seconds)
    return tr("card: {seconds} s after they stopped", seconds=seconds)


def _link_notice(model: CallModel) -> Notice | None:
    match model.link:
        case LinkPhase.CONNECTED:
            return None
        case LinkPhase.CONNECTING:
            return Notice(
                heading=tr("Connecting to the engine"),
                text=model.link_reason or tr("The desktop opens as soon as it answers."),
                feeling=Feeling.EVEN,
            )
        case LinkPhase.RECONNECTING:
            return Notice(
                heading=tr("Connection lost, connecting again"),
                text=tr(
                    "The call goes on. You can read everything here and write notes; "
                    "what you do is sent when the engine is back."
                ),
            )
        case LinkPhase.CLOSED:
            return Notice(
                heading=tr("No connection to the engine"),
                text=model.link_reason or tr("Close Attune and start it again."),
                feeling=Feeling.BAD,
            )


def _engine_notice(model: CallModel) -> Notice | None:
    engine, state = model.engine, model.state
    if engine is None or engine.is_ready:
        return None
    if state is not None and state.is_live:
        return Notice(
            heading=tr("The engine is coming back"),
            text=tr("The call goes on. What is said now is kept and heard afterwards."),
            progress=engine.progress,
        )
    return Notice(
        heading=tr("The engine is getting ready"),
        text=engine.stage,
        feeling=Feeling.EVEN,
        progress=engine.progress,
    )


def _refusal_notice(model: CallModel) -> Notice | None:
    if model.refusal is None:
        return None
    return Notice(heading=tr("Not done"), text=model.refusal.message, feeling=Feeling.BAD)


def _call_notice(model: CallModel) -> Notice | None:
    if model.capture_problem:
        return Notice(heading=tr("No sound from here"), text=model.capture_problem)
    state = model.state
    if state is not None and state.phase is Phase.PAUSED:
        return Notice(
            heading=tr("Paused: nothing is heard or stored"),
            text=tr("Press F8 to go on."),
        )
    if state is not None and state.is_live and state.failures:
        failure = state.failures[-1]
        return Notice(
            heading=tr("The call goes on without: {stage}", stage=failure.stage),
            text=failure.message,
        )
    return None


def _demo_model_notice(model: CallModel) -> Notice | None:
    if model.is_recording or not hears_badly(model):
        return None
    return Notice(
        heading=tr("Demo speech model"),
        text=tr(
            "It knows the demo calls and hears people badly. For real calls install an "
            "official one: {command}",
            command=INSTALL_COMMAND,
        ),
        feeling=Feeling.EVEN,
    )
