"""Turns a command into events, or refuses it. Pure: who asks and the state are arguments."""

from typing import Final, assert_never

import msgspec

from assist_engine.call.changed_share import changed_share
from assist_engine.call.state import CallState, CardStatus, Phase
from assist_engine.contract import commands, events
from assist_engine.contract.commands import CallCommand
from assist_engine.contract.events import Event
from assist_engine.contract.ids import AgentId, AlertId, PlaybookId, SuggestionId

# Who brings in what customers say of a call; its agent is not asked how good it was.
SURVEYORS: Final = frozenset({"survey", "supervisor", "admin"})
_SCORES: Final = range(1, 6)


class Refusal(ValueError):
    """A command that cannot be done; `code` is stable, the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who gives a command."""

    role: str
    agent_id: AgentId
    agent_name: str = ""


def decide(command: CallCommand, state: CallState, caller: Caller) -> list[Event]:  # noqa: C901, PLR0911, PLR0912 -- one flat case a kind
    """The events that the command causes; raises `Refusal`."""
    _check_caller(command, state, caller)
    match command:
        case commands.ReleaseCall():
            return [events.CallReleased()] if state.is_live else []
        case commands.PauseCall():
            _require(state.phase is Phase.LIVE, "call.not_live", "only a live call can be paused")
            return [events.CallPaused()]
        case commands.ContinueCall():
            _require(state.phase is Phase.PAUSED, "call.not_paused", "the call is not paused")
            return [events.CallContinued()]
        case commands.UseSuggestion(suggestion_id=sid):
            is_new = _card_status(state, sid) is not CardStatus.USED
            return [events.SuggestionUsed(suggestion_id=sid)] if is_new else []
        case commands.DismissSuggestion(suggestion_id=sid, reason=reason):
            is_new = _card_status(state, sid) is not CardStatus.DISMISSED
            return [events.SuggestionDismissed(suggestion_id=sid, reason=reason)] if is_new else []
        case commands.RateSuggestion(suggestion_id=sid, is_helpful=is_helpful):
            _card_status(state, sid)
            return [events.SuggestionRated(suggestion_id=sid, is_helpful=is_helpful)]
        case commands.TickChecklist(playbook_id=playbook_id, item=item, is_done=is_done):
            _require_step(state, playbook_id, item)
            is_new = is_done is not _is_done(state, playbook_id, item)
            tick = events.ChecklistTicked(playbook_id=playbook_id, item=item, is_done=is_done)
            return [tick] if is_new else []
        case commands.SetGuidanceMode(mode=mode):
            is_new = mode is not state.guidance_mode
            return [events.GuidanceModeSet(mode=mode)] if is_new else []
        case commands.AcknowledgeAlert(alert_id=alert_id, verdict=verdict):
            _require_supervisor(caller)
            _require_alert(state, alert_id)
            return [
                events.AlertAcknowledged(alert_id=alert_id, by=caller.agent_id, verdict=verdict)
            ]
        case commands.SendWhisper(text=text):
            _require_supervisor(caller)
            _require(bool(text.strip()), "whisper.empty", "a whisper has at least one word")
            _require(state.is_live, "call.not_live", "the call is over: nobody hears a whisper")
            whisper = events.WhisperSent(
                whisper_id=f"whisper-{state.seq + 1}",
                by=caller.agent_id,
                by_name=caller.agent_name,
                text=text.strip(),
            )
            return [whisper]
        case commands.TakeNote(text=text):
            _require(bool(text.strip()), "note.empty", "a note has at least one word")
            return [events.NoteTaken(text=text.strip())]
        case commands.CompleteWrapUp(wrap_up=wrap_up):
            over = state.phase is Phase.RELEASED
            _require(over, "call.not_released", "a call is wrapped up once, after it ended")
            draft = state.wrap_up_draft
            share = changed_share(draft, wrap_up) if draft else 0.0
            return [events.WrapUpCompleted(wrap_up=wrap_up, changed_share=share)]
        case commands.GiveSatisfaction():
            return _given(command, state, caller)
        case _:
            assert_never(command)


def _require(holds: bool, code: str, message: str) -> None:
    if not holds:
        raise Refusal(code, message)


def _check_caller(command: CallCommand, state: CallState, caller: Caller) -> None:
    _require(state.phase is not Phase.NEW, "call.unknown", f"there is no call {state.call_id}")
    own = caller.role in {"supervisor", "admin"} or caller.agent_id == state.agent_id
    is_survey = isinstance(command, commands.GiveSatisfaction) and caller.role in SURVEYORS
    _require(
        own or is_survey, "access.not_your_call", "agents give commands for their own calls only"
    )


def _require_supervisor(caller: Caller) -> None:
    is_supervisor = caller.role in {"supervisor", "admin"}
    _require(is_supervisor, "access.role", f"only supervisors may do this, not role {caller.role}")


def _given(command: commands.GiveSatisfaction, state: CallState, caller: Caller) -> list[Event]:
    roles = ", ".join(sorted(SURVEYORS))
    _require(caller.role in SURVEYORS, "access.role", f"this is for {roles}, not {caller.role}")
    _require(not state.is_live, "call.not_released", "satisfaction is given when a call is over")
    is_score = command.score in _SCORES
    accepted = "a score is 1 (very dissatisfied) to 5 (very satisfied)"
    _require(is_score, "satisfaction.score", f"{accepted}, not {command.score}")
    given = events.SatisfactionGiven(
        score=command.score,
        by=caller.agent_id,
        source=command.source.strip(),
        comment=command.comment.strip(),
    )
    return [given] if given != state.satisfaction else []


def _card_status(state: CallState, suggestion_id: SuggestionId) -> CardStatus:
    for card in state.cards:
        if card.suggestion.suggestion_id == suggestion_id:
            return card.status
    raise Refusal("suggestion.unknown", f"this call has no suggestion {suggestion_id}")


def _require_step(state: CallState, playbook_id: PlaybookId, item: str) -> None:
    lists = [c.suggestion for c in state.cards if c.suggestion.playbook_id == playbook_id]
    steps = [step for suggestion in lists for step in suggestion.checklist]
    accepted = ", ".join(dict.fromkeys(steps)) or "none: it was not shown"
    what = f"playbook {playbook_id} has no step {item!r} on this call; it has {accepted}"
    _require(item in steps, "checklist.unknown", what)


def _is_done(state: CallState, playbook_id: PlaybookId, item: str) -> bool:
    step = (playbook_id, item)
    return any(t.is_done for t in state.ticks if (t.playbook_id, t.item) == step)


def _require_alert(state: CallState, alert_id: AlertId) -> None:
    known = any(alert.raised.alert_id == alert_id for alert in state.alerts)
    _require(known, "alert.unknown", f"this call has no alert {alert_id}")
