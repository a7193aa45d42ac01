"""All calls of this engine: opens them, takes them up again, ends those nobody comes back to."""

import asyncio
import logging
from collections.abc import Callable
from weakref import WeakValueDictionary

from assist_engine.call.decide import Caller, Refusal
from assist_engine.call.fold import SequenceGap, fold
from assist_engine.call.state import CallState
from assist_engine.contract.commands import OpenCall
from assist_engine.contract.ids import CallId
from assist_engine.contract.wire import encode_recorded
from assist_engine.errors import AssistError, first_of
from assist_engine.event_log.log import EventLog
from assist_engine.session.agents_own import for_others
from assist_engine.session.call_session import CallSession
from assist_engine.session.fan_out import FanOut, Subscriber
from assist_engine.session.stages import Stages

log = logging.getLogger(__name__)

_RATES_HZ = range(8_000, 48_001)
_LEGS = range(1, 3)
_CHANNELS = range(256)  # one byte of an audio frame


def _ignore(call_id: CallId) -> None:
    """Nobody learns from ended calls."""


class LiveCalls:
    """The registry of call sessions; its TaskGroup owns them."""

    def __init__(
        self,
        *,
        event_log: EventLog,
        fan_out: FanOut,
        stages: Stages,
        reconnect_s: float,
        now_ms: Callable[[], int],
        on_ended: Callable[[CallId], None] = _ignore,
    ) -> None:
        self.fan_out = fan_out
        self.is_draining = False
        self._log = event_log
        self._stages = stages
        self._reconnect_s = reconnect_s
        self._now_ms = now_ms
        self._on_ended = on_ended
        self._sessions: dict[CallId, CallSession] = {}
        # One writer a call: while anybody uses a session, nobody makes another one.
        self._known: WeakValueDictionary[CallId, CallSession] = WeakValueDictionary()
        self._detached_at: dict[CallId, float] = {}
        self._group: asyncio.TaskGroup | None = None
        self._opening = asyncio.Lock()

    @property
    def count(self) -> int:
        """Calls going on."""
        return len(self._sessions)

    async def run(self, restored: asyncio.Event) -> None:
        """Own the sessions, and release calls whose desktop stays away, until cancelled.

        Sets `restored` when the calls that an earlier engine left are here again.
        """
        try:
            async with asyncio.TaskGroup() as self._group:
                await self._restore()
                restored.set()
                while True:
                    await asyncio.sleep(1)
                    self._release_abandoned()
        finally:
            self._group = None

    async def open(self, opening: OpenCall, caller: Caller) -> tuple[CallSession, dict[int, int]]:
        """Start a call or take it up again; raises `Refusal` or `EngineBusy`."""
        _check(opening)
        self._stages.speech_for(opening.locale)
        # Shielded: a call opened by half would be nobody's. Till its desktop has it, it is away.
        session, positions = await asyncio.shield(self._open(opening, caller))
        self._detached_at.pop(opening.call_id, None)
        return session, positions

    async def session(self, call_id: CallId) -> CallSession:
        """The session of a call, of one that is over from the log; raises `Refusal`."""
        if session := self._known.get(call_id):
            return session
        async with self._opening:
            if session := await self._find(call_id):
                return session
        raise Refusal("call.unknown", f"there is no call {call_id}")

    def sessions(self) -> list[CallSession]:
        """All live calls, oldest first."""
        return list(self._sessions.values())

    def detach(self, call_id: CallId) -> None:
        """The call has no desktop; one may come for a while."""
        if call_id in self._sessions:
            self._detached_at[call_id] = asyncio.get_running_loop().time()

    async def watch_all(self, subscriber: Subscriber, after: dict[CallId, int]) -> None:
        """Send all events of live calls, the rest of those in `after`, then what comes."""
        caught_up: set[CallId] = set()
        while new := [s for s in self.sessions() if s.state.call_id not in caught_up]:
            for session in new:
                await subscriber.room()
                await session.catch_up(subscriber, after.get(session.state.call_id, 0))
                caught_up.add(session.state.call_id)
        self.fan_out.watch_all(subscriber)
        for call_id in after.keys() - caught_up:  # over while nobody watched: how it ended
            for item in await self._log.read(call_id, after_seq=after[call_id]):
                subscriber.put_history(encode_recorded(for_others(item)))

    async def _open(self, opening: OpenCall, caller: Caller) -> tuple[CallSession, dict[int, int]]:
        async with self._opening:
            session = await self._find(opening.call_id)
            if session is None:
                session = await self._begin(opening, caller)
            else:
                _check_again(session, opening, caller)
                if not session.ears:
                    self._admit(len(opening.channels))
            return session, session.attach(opening)

    async def _find(self, call_id: CallId) -> CallSession | None:
        """The session of a call; one that nobody released is running then."""
        if session := self._known.get(call_id):
            return session
        recorded = await self._log.read(call_id)
        if not recorded:
            return None
        session = self._session(fold(recorded, CallState(call_id=call_id)))
        await session.actions.recover()
        if session.state.is_live:
            self._start(session)
        return session

    async def _begin(self, opening: OpenCall, caller: Caller) -> CallSession:
        if self.is_draining:
            raise Refusal("engine.ending", "this engine is ending and takes no new calls")
        channels = len(opening.channels)
        self._admit(channels)
        session = self._session(CallState(call_id=opening.call_id, locale=opening.locale))
        try:
            await session.offer(opening, caller)
            self._start(session)
        finally:
            if opening.call_id not in self._sessions:
                self._stages.admission.leave(channels)
                self._known.pop(opening.call_id, None)
        return session

    def _admit(self, channels: int) -> None:
        ears = [ear for session in self.sessions() for ear in session.ears.values()]
        admission = self._stages.admission
        admission.observe_backlog(max((ear.backlog_ms for ear in ears), default=0))
        admission.admit(channels)

    def _session(self, state: CallState) -> CallSession:
        session = CallSession(
            state=state,
            event_log=self._log,
            fan_out=self.fan_out,
            stages=self._stages,
            now_ms=self._now_ms,
            on_ended=self._on_ended,
        )
        self._known[state.call_id] = session
        return session

    def _start(self, session: CallSession) -> None:
        if self._group is None:
            raise Refusal("engine.ending", "this engine is ending and takes no new calls")
        call_id = session.state.call_id
        self._sessions[call_id] = session
        self.detach(call_id)
        self._group.create_task(self._run(session), name=f"call-{call_id}")

    async def _run(self, session: CallSession) -> None:
        call_id = session.state.call_id
        broken = "the engine is ending"
        try:
            await session.run()
            broken = ""
        except* Exception as errors:  # boundary: one call's failure never ends another call
            broken = str(first_of(errors))
            log.exception("call %s cannot go on", call_id)
        finally:
            self._stages.admission.leave(len(session.ears))
            self._sessions.pop(call_id, None)
            self._detached_at.pop(call_id, None)
            if broken:
                self._known.pop(call_id, None)
            session.close(broken)
        if not broken and self._group is not None:
            self._group.create_task(self._improve(session), name=f"summary-{call_id}")

    async def _improve(self, session: CallSession) -> None:
        try:
            await session.improve()
        except AssistError as error:
            log.error("call %s keeps its first draft: %s", session.state.call_id, error)

    async def _restore(self) -> None:
        for call_id in await self._log.unreleased():
            try:
                await self._find(call_id)
            except (AssistError, SequenceGap) as error:
                log.error("call %s cannot be taken up again: %s", call_id, error)

    def _release_abandoned(self) -> None:
        now = asyncio.get_running_loop().time()
        for call_id, since in list(self._detached_at.items()):
            if now - since > self._reconnect_s:
                self._sessions[call_id].hang_up("connection lost")


def _check_again(session: CallSession, opening: OpenCall, caller: Caller) -> None:
    if not session.state.is_live:
        raise Refusal("call.released", f"call {opening.call_id} is over; use a new id")
    if session.state.agent_id != caller.agent_id:
        raise Refusal("access.not_your_call", "this call belongs to another agent")
    session.check_legs(opening.channels)


def _check(opening: OpenCall) -> None:
    legs = opening.channels
    if len(legs) not in _LEGS:
        raise Refusal("call.channels", f"a call has one or two channels, got {len(legs)}")
    if len({leg.channel for leg in legs}) < len(legs) or len({leg.role for leg in legs}) < len(
        legs
    ):
        raise Refusal("call.channels", "each channel of a call has its own number and role")
    if not opening.call_id:
        raise Refusal("call.id", "a call has an id")
    for leg in legs:
        if leg.channel not in _CHANNELS:
            raise Refusal("call.channels", f"channels are 0 to 255, not {leg.channel}")
        if leg.sample_rate_hz not in _RATES_HZ:
            raise Refusal(
                "audio.rate",
                f"sample rates from {_RATES_HZ.start} to {_RATES_HZ.stop - 1} Hz are accepted, "
                f"got {leg.sample_rate_hz}",
            )
