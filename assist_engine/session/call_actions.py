"""Actions of one call: previewed, confirmed, recorded before they are sent, sent once.

Only the call's own agent sees what is sent. The log gets which action ran and what became of
it; one that was started and never ended, since the engine ended first, is told as unknown and
not sent again by itself.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import Final

from assist_engine.call.decide import Caller, Refusal
from assist_engine.call.state import ActionRun, ActionStatus, CallState, Card, CardStatus, Phase
from assist_engine.contract.actions import (
    ActionDone,
    ActionFailed,
    ActionField,
    ActionPreviewed,
    ActionRequest,
    ActionStarted,
    ActionTold,
    OpenPage,
    PreviewAction,
    RunAction,
    UndoAction,
)
from assist_engine.contract.answers import Accepted, Answer
from assist_engine.contract.events import Event, SuggestionMade, SuggestionUsed, Unrecognised
from assist_engine.contract.ids import ActionId, ActionKey, SuggestionId
from assist_engine.contract.values import ActionKind, Suggestion
from assist_engine.errors import FAILURES, without_words
from assist_engine.event_log.log import LogFailed
from assist_engine.guidance.action import KEY, Action
from assist_engine.guidance.action_template import as_text
from assist_engine.session.action_runner import CHECK, MESSAGES, ActionRunner, message_of
from assist_engine.session.action_sender import Sent, told_in, values_in
from assist_engine.session.call_values import call_values
from assist_engine.session.prepared_action import (
    Prepared,
    idempotency_key,
    missing,
    next_key,
    prepare,
    prepare_undo,
    undo_key,
)
from assist_engine.session.private_words import PrivateWords

log = logging.getLogger(__name__)

_PREVIEWS_KEPT: Final = 50
_HIDDEN: Final = "[…]"
_REFERENCE: Final = re.compile(r"[A-Za-z]{1,8}[-_]?\d{1,10}|\d{1,6}")


class CallActions:
    """Answers what a desktop asks of a call's actions."""

    def __init__(
        self,
        *,
        runner: ActionRunner,
        private: PrivateWords,
        state: Callable[[], CallState],
        commit: Callable[[Sequence[Event]], Awaitable[None]],
        tell_own: Callable[[Answer], None],
    ) -> None:
        self._runner = runner
        self._private = private
        self._state = state
        self._commit = commit
        self._tell_own = tell_own
        self._previews: dict[ActionKey, Prepared] = {}
        self._undos: dict[ActionKey, Prepared] = {}
        self._running: set[ActionKey] = set()
        self._deciding = asyncio.Lock()

    async def answer(self, ref: int, asked: ActionRequest, caller: Caller) -> Answer:
        """Do what the call's own agent asks; raises `Refusal`."""
        state = self._state()
        if caller.agent_id != state.agent_id:
            raise Refusal("access.not_your_call", "only the call's own agent runs its actions")
        self._check_phase()
        async with self._deciding:  # the same key twice is sent once
            match asked:
                case PreviewAction():
                    return self._preview(ref, asked)
                case RunAction():
                    return await self._run(ref, asked)
                case UndoAction(key=key):
                    return await self._undo(ref, key)

    def _check_phase(self) -> None:
        if self._state().phase in {Phase.NEW, Phase.COMPLETED}:
            raise Refusal("action.over", "this call is wrapped up: nothing more is sent for it")

    def follow(self, event: Event | Unrecognised) -> None:
        """Start what a new card's playbook and an administrator let run without a question."""
        if isinstance(event, SuggestionMade):
            suggestion = event.suggestion
            if any(not offer.asks_first for offer in suggestion.actions):
                self._runner.start(self._run_unattended(suggestion))

    async def recover(self) -> None:
        """Tell of what an engine before this one started and did not end: nobody knows."""
        lost = [
            _unknown(run.started.key, "action.interrupted")
            for run in self._state().actions
            if run.status is ActionStatus.RUNNING and run.started.key not in self._running
        ]
        await self._commit(lost)

    def forget(self) -> None:
        """The call is over: what was previewed is not kept."""
        self._previews.clear()
        self._undos.clear()

    def _preview(self, ref: int, asked: PreviewAction) -> ActionPreviewed:
        action = self._offered(asked.suggestion_id, asked.action_id)
        key = next_key(self._state(), asked.suggestion_id, action.action_id)
        values = call_values(self._state(), self._private, note=asked.note.strip())
        lacks, request = missing(action.request, values), action.request
        if not lacks:
            self._keep(key, prepare(action, values, key))
        prepared = None if lacks else self._previews[key]
        known = {**values.known, KEY: idempotency_key(key)}
        return ActionPreviewed(
            ref=ref,
            call_id=self._state().call_id,
            suggestion_id=asked.suggestion_id,
            action_id=action.action_id,
            label=action.label,
            action_kind=action.kind,
            key=key if prepared else ActionKey(""),
            host=_host(request.url.origin),
            method=request.method,
            url=prepared.request.url if prepared else "",
            content=prepared.request.shown if prepared else "",
            fields=tuple(
                ActionField(name=name, value=as_text(known[name]))
                for name in request.fields
                if name in known
            ),
            missing=lacks,
            takes_note=action.takes_note,
            can_undo=action.undo is not None,
        )

    async def _run(self, ref: int, asked: RunAction) -> Answer:
        if self._state().action(asked.key) is not None:
            return self._accepted(ref)
        action = self._offered(asked.suggestion_id, asked.action_id)
        prepared = self._previews.get(asked.key)
        if prepared is None or prepared.action != action:
            raise Refusal("action.not_previewed", "what is sent is previewed first: ask again")
        await self._start(asked.suggestion_id, prepared, asked.key)
        is_page = action.kind is ActionKind.OPEN
        return self._page(ref, prepared) if is_page else self._accepted(ref)

    async def _undo(self, ref: int, key: ActionKey) -> Answer:
        run = self._state().action(key)
        if run is None:
            raise Refusal("action.unknown", f"this call has no action under the key {key}")
        new_key = undo_key(self._state(), key)
        if run.status is ActionStatus.UNDONE or self._state().action(new_key) is not None:
            return self._accepted(ref)
        if run.status is not ActionStatus.DONE or not run.started.can_undo:
            raise Refusal("action.no_undo", f"{run.started.label} cannot be taken back from here")
        undoing = self._undos.get(key) or self._rebuilt_undo(run)
        await self._start(run.started.suggestion_id, undoing, new_key, undoes=key)
        return self._accepted(ref)

    def _rebuilt_undo(self, run: ActionRun) -> Prepared:
        """What takes a run back, where the engine that ran it has ended since."""
        action = self._offered(run.started.suggestion_id, run.started.action_id)
        values = call_values(self._state(), self._private, note="")
        said = run.outcome.answer if isinstance(run.outcome, ActionDone) else ()
        answer = {field.name: field.value for field in said}
        return prepare_undo(action, values, run.started.key, answer)

    async def _run_unattended(self, suggestion: Suggestion) -> None:
        call_id = self._state().call_id
        for offer in suggestion.actions:
            try:
                if not offer.asks_first:
                    async with self._deciding:
                        await self._start_unattended(suggestion.suggestion_id, offer.action_id)
            except Refusal as refusal:
                log.warning("call %s: %s did not run: %s", call_id, offer.action_id, refusal.code)
            except LogFailed as error:
                log.error("call %s: %s did not run: %s", call_id, offer.action_id, error)

    async def _start_unattended(self, suggestion_id: SuggestionId, action_id: ActionId) -> None:
        action = self._offered(suggestion_id, action_id)
        asked = PreviewAction(
            call_id=self._state().call_id, suggestion_id=suggestion_id, action_id=action_id
        )
        key = self._preview(0, asked).key
        is_new = bool(key) and self._state().action(key) is None
        if action.asks_first or not is_new:
            return
        prepared = self._previews[key]
        await self._start(suggestion_id, prepared, key, is_confirmed=False)
        if action.kind is ActionKind.OPEN:
            self._tell_own(self._page(0, prepared))

    async def _start(
        self,
        suggestion_id: SuggestionId,
        prepared: Prepared,
        key: ActionKey,
        *,
        is_confirmed: bool = True,
        undoes: ActionKey | None = None,
    ) -> None:
        """Record that it starts, and only then send it."""
        action, is_page = prepared.action, prepared.action.kind is ActionKind.OPEN
        started = ActionStarted(
            action_id=action.action_id,
            suggestion_id=suggestion_id,
            label=action.label,
            action_kind=action.kind,
            key=key,
            by=self._state().agent_id,
            host=_host(prepared.request.origin),
            is_confirmed=is_confirmed,
            undoes=undoes,
            can_undo=undoes is None and action.undo is not None,
        )
        used = self._used(suggestion_id) if is_confirmed and undoes is None else []
        if is_page:
            await self._commit([*used, started, ActionDone(key=key)])
            return
        secrets = await self._admitted(prepared)
        self._check_phase()  # a keyring may have taken its time
        self._runner.take_place()
        self._running.add(key)
        with ExitStack() as unsent:
            unsent.callback(self._ended, key)
            await self._commit([*used, started])
            unsent.pop_all()
        self._previews.pop(key, None)
        if prepared.undo is not None:
            self._undos[key] = prepared.taken_back
        self._runner.start(self._send(key, prepared, secrets))

    async def _admitted(self, prepared: Prepared) -> Mapping[str, str]:
        """The secrets of its headers; raises `Refusal` where it cannot be sent now."""
        if len(self._running) >= self._runner.most_of_call:
            most = self._runner.most_of_call
            raise Refusal("action.busy", f"{most} actions of this call are running: wait for one")
        return await self._runner.admit(prepared.request)

    async def _send(self, key: ActionKey, prepared: Prepared, secrets: Mapping[str, str]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            sent = await self._runner.send(prepared.request, idempotency_key(key), secrets)
            took_ms = round((loop.time() - began) * 1000)
            await self._commit([self._outcome(key, prepared, sent, took_ms)])
        except LogFailed as error:
            self._log_lost(key, error)
        except FAILURES as error:  # an action that began ends
            call_id, told = self._state().call_id, without_words(error)
            log.error("call %s: nobody knows what became of %s: %s", call_id, key, told)
            await self._end_unknown(key)
        finally:
            self._ended(key)

    async def _end_unknown(self, key: ActionKey) -> None:
        """Tell that nobody knows what became of it, unless that is told already."""
        run = self._state().action(key)
        try:
            if run is not None and run.outcome is None:
                await self._commit([_unknown(key, "action.unforeseen")])
        except LogFailed as error:
            self._log_lost(key, error)

    def _log_lost(self, key: ActionKey, error: LogFailed) -> None:
        call_id = self._state().call_id
        log.error("call %s: what became of %s is not kept: %s", call_id, key, error)

    def _ended(self, key: ActionKey) -> None:
        self._running.discard(key)
        self._runner.leave_place()

    def _outcome(self, key: ActionKey, prepared: Prepared, sent: Sent, took_ms: int) -> Event:
        whole = told_in(sent.text, prepared.action.result)
        text = self._scrubbed(whole, prepared)
        if not sent.code:
            if text != whole:
                self._tell_own(ActionTold(call_id=self._state().call_id, key=key, text=whole))
            return ActionDone(
                key=key,
                status=sent.status,
                text=text,
                took_ms=took_ms,
                answer=self._answered(key, prepared, sent),
            )
        return ActionFailed(
            key=key,
            code=sent.code,
            message=message_of(sent, said=text),
            is_unknown=sent.is_unknown,
            took_ms=took_ms,
        )

    def _answered(self, key: ActionKey, prepared: Prepared, sent: Sent) -> tuple[ActionField, ...]:
        """What the answer says for its undo, which is ready now; returns what may be stored."""
        action, values = prepared.action, prepared.values
        if values is None or not action.answer_fields:
            return ()
        answer = values_in(sent.text, action.answer_fields)
        with suppress(Refusal):  # the agent is told when they ask to take it back
            self._undos[key] = prepare_undo(action, values, key, answer)
        said = [ActionField(name=name, value=as_text(value)) for name, value in answer.items()]
        return tuple(one for one in said if self._is_storable(one.value, prepared))

    def _is_storable(self, value: str, prepared: Prepared) -> bool:
        """Whether nothing in it is private; short numbers are when they are nobody's reference."""
        told = f"reference {value}" if _REFERENCE.fullmatch(value) else value
        return self._scrubbed(told, prepared) == told

    def _scrubbed(self, said: str, prepared: Prepared) -> str:
        for value in sorted(prepared.private, key=len, reverse=True):
            said = said.replace(value, _HIDDEN)
        return self._private.scrub_text(said)

    def _offered(self, suggestion_id: SuggestionId, action_id: ActionId) -> Action:
        """The action as its playbook has it now; raises `Refusal` unless the card offers it."""
        card = self._card(suggestion_id)
        if card is None or action_id not in [o.action_id for o in card.suggestion.actions]:
            told = f"the card {suggestion_id} of this call offers no action {action_id}"
            raise Refusal("action.unknown", told)
        return self._runner.find(card.suggestion.playbook_id, action_id)

    def _card(self, suggestion_id: SuggestionId) -> Card | None:
        cards = self._state().cards
        return next((c for c in cards if c.suggestion.suggestion_id == suggestion_id), None)

    def _used(self, suggestion_id: SuggestionId) -> list[Event]:
        """That the agent used the card, where that was not told before."""
        card = self._card(suggestion_id)
        is_open = card is not None and card.status is CardStatus.SHOWN
        return [SuggestionUsed(suggestion_id=suggestion_id)] if is_open else []

    def _keep(self, key: ActionKey, prepared: Prepared) -> None:
        self._previews.pop(key, None)
        self._previews[key] = prepared
        while len(self._previews) > _PREVIEWS_KEPT:
            self._previews.pop(next(iter(self._previews)))

    def _page(self, ref: int, prepared: Prepared) -> OpenPage:
        action = prepared.action
        return OpenPage(
            ref=ref,
            call_id=self._state().call_id,
            action_id=action.action_id,
            label=action.label,
            url=prepared.request.url,
        )

    def _accepted(self, ref: int) -> Accepted:
        return Accepted(ref=ref, seq=self._state().seq)


def _unknown(key: ActionKey, code: str) -> ActionFailed:
    message = f"{MESSAGES[code]}; {CHECK}"
    return ActionFailed(key=key, code=code, message=message, is_unknown=True)


def _host(origin: str) -> str:
    return origin.partition("://")[2]
