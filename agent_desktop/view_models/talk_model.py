"""How a call is talked, in words and units: shares, pace, answers, interruptions, silences.

Timing only; nothing is read into it, and nobody is judged by it here.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.behaviour_words import behaviour_name, ticks_of
from agent_desktop.view_models.clock_words import clock_text
from assist_engine.call.state import CallState
from assist_engine.call.voice_metrics import ParticipantVoice, VoiceMetrics
from assist_engine.contract.values import Role

WINDOW_MS: Final = 120_000  # what *lately* means
_NOTHING: Final = "–"


class TalkRow(msgspec.Struct, frozen=True, kw_only=True):
    """One measure: of the agent and of the customer, or of the call as a whole."""

    name: str
    agent: str = ""
    customer: str = ""
    call: str = ""

    @property
    def spoken(self) -> str:
        """All of it in words."""
        if self.call:
            return f"{self.name}: {self.call}"
        agent, customer = tr("agent"), tr("customer")
        return f"{self.name}: {agent} {self.agent}, {customer} {self.customer}"


def talk_shares(metrics: VoiceMetrics) -> dict[Role, float]:
    """Each role's share of all talk; empty before the first words."""
    shares: dict[Role, float] = {}
    for voice in metrics.participants:
        shares[voice.role] = shares.get(voice.role, 0.0) + voice.talk_share
    return shares if any(shares.values()) else {}


def own_line(metrics: VoiceMetrics) -> str:
    """What agents see of their own talk; empty before their first words."""
    own = _voice(metrics, Role.AGENT)
    if own is None or not own.words:
        return ""
    return tr(
        "you talk {share} % · {pace} words/min", share=_percent(own), pace=round(own.pace_wpm)
    )


def talk_line(metrics: VoiceMetrics) -> str:
    """The talk of a call in a line."""
    agent = _voice(metrics, Role.AGENT)
    if agent is None:
        return tr("nothing said by the agent yet")
    parts = [tr("agent talks {share} %", share=_percent(agent))]
    if agent.answer_median_ms is not None:
        parts.append(tr("answers in {time}", time=_seconds(agent.answer_median_ms)))
    if metrics.dead_air_count:
        parts.append(tr("silent for {time}", time=_seconds(metrics.dead_air_ms)))
    return " · ".join(parts)


def talk_rows(metrics: VoiceMetrics) -> tuple[TalkRow, ...]:
    """Every measure."""
    return (
        _row(metrics, tr("talk"), lambda v: tr("{share} %", share=_percent(v))),
        _row(metrics, tr("words a minute"), lambda v: str(round(v.pace_wpm))),
        _row(metrics, tr("answer, median"), lambda v: _seconds(v.answer_median_ms)),
        _row(metrics, tr("answer, 9 of 10"), lambda v: _seconds(v.answer_p90_ms)),
        _row(metrics, tr("interruptions"), lambda v: str(v.interruptions)),
        TalkRow(
            name=tr("both talk"),
            call=tr("{share} %", share=round(100 * metrics.overlap_share)),
        ),
        TalkRow(name=tr("silence"), call=_silence(metrics)),
        TalkRow(
            name=tr("on hold"),
            call=_times(metrics.hold_count, _seconds(metrics.hold_ms)),
        ),
    )


def behaviours_line(state: CallState) -> str:
    """What the agent did well and when; empty where nothing was read."""
    done: dict[str, str] = {}
    for utterance in state.utterances:
        clear = ticks_of(utterance)
        for read in utterance.behaviours:
            name = behaviour_name(read)
            if name in clear:
                done.setdefault(name, clock_text(utterance.final.start_ms))
    return " · ".join(f"✓ {name} {time}" for name, time in done.items())


def _row(metrics: VoiceMetrics, name: str, say: Callable[[ParticipantVoice], str]) -> TalkRow:
    agent, customer = _voice(metrics, Role.AGENT), _voice(metrics, Role.CUSTOMER)
    return TalkRow(
        name=name,
        agent=say(agent) if agent else _NOTHING,
        customer=say(customer) if customer else _NOTHING,
    )


def _voice(metrics: VoiceMetrics, role: Role) -> ParticipantVoice | None:
    return next((voice for voice in metrics.participants if voice.role is role), None)


def _percent(voice: ParticipantVoice) -> int:
    return round(100 * voice.talk_share)


def _seconds(ms: int | None) -> str:
    if ms is None:
        return _NOTHING
    return tr("{seconds} s", seconds=f"{ms / 1000:.1f}" if ms < 10_000 else round(ms / 1000))


def _silence(metrics: VoiceMetrics) -> str:
    said = _times(metrics.dead_air_count, _seconds(metrics.dead_air_ms))
    if metrics.dead_air_count > 1:
        longest = tr("longest {time}", time=_seconds(metrics.longest_dead_air_ms))
        return f"{said} · {longest}"
    return said


def _times(count: int, time: str) -> str:
    return tr("{count} × · {time}", count=count, time=time) if count else tr("none")
