"""One live call, and the single writer of its events.

Stages return events; the session gives each its seq, waits until it is durable, folds it and
only then fans it out. Nothing else changes the state of a call.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from assist_engine.call.decide import Caller, Refusal, decide
from assist_engine.call.fold import fold
from assist_engine.call.state import CallState, Phase
from assist_engine.contract import commands, events
from assist_engine.contract.answers import PartialHeard, Refused
from assist_engine.contract.commands import CallCommand, ChannelFormat, OpenCall
from assist_engine.contract.events import Event, Recorded, StageFailed, UtteranceFinal
from assist_engine.contract.ids import ArticleId, CallId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.contract.wire import AudioFrame, encode_recorded
from assist_engine.customers import reason
from assist_engine.errors import AssistError, without_words
from assist_engine.event_log.log import EventLog, LogFailed
from assist_engine.guidance.need import LiveSpeech
from assist_engine.session.agents_own import for_others
from assist_engine.session.call_actions import CallActions
from assist_engine.session.fan_out import FanOut, Subscriber
from assist_engine.session.hearing import ChannelEar
from assist_engine.session.legs import participants
from assist_engine.session.private_words import PrivateWords
from assist_engine.session.stages import Stages
from assist_engine.session.thinking import Thinking
from assist_engine.speech.engine import Heard, HeardPartial

log = logging.getLogger(__name__)

_NEW_WORDS_WORTH_A_LOOK = 2
_LONGEST_CALL_MS = 24 * 3_600_000


class CallBroken(AssistError):
    """The engine cannot go on with a call; opening it again takes it up from the log."""

    code = "call.broken"


class CallSession:
    """Runs one call from the first frame to the drafted wrap-up."""

    def __init__(
        self,
        *,
        state: CallState,
        event_log: EventLog,
        fan_out: FanOut,
        stages: Stages,
        now_ms: Callable[[], int],
        on_ended: Callable[[CallId], None],
    ) -> None:
        self.state = state
        self.holders = 0  # connections that opened it so far; only the newest one's audio counts
        self.ears: dict[int, ChannelEar] = {}
        self._log = event_log
        self._fan_out = fan_out
        self._stages = stages
        self._now_ms = now_ms
        self._on_ended = on_ended  # told again of whatever happens to the call after its end
        self._writing = asyncio.Lock()
        self._hearing: list[asyncio.Task[None]] = []
        self._looked_at: dict[UtteranceId, int] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._commanding = asyncio.Lock()
        self._hung_up = asyncio.Event()
        self._over = asyncio.Event()
        self._release_reason = ""
        self._broken = ""
        self._private = PrivateWords(
            state.call_id, redactor=stages.redactor(state.locale), fan_out=fan_out
        )
        self._private.recall(state, stages.customers)
        self.actions = CallActions(
            runner=stages.actions,
            private=self._private,
            state=lambda: self.state,
            commit=self.commit,
            tell_own=lambda answer: fan_out.tell_own(state.call_id, answer),
        )
        self._thinking = Thinking(
            stages=stages,
            state=lambda: self.state,
            now_ms=lambda: self.audio_ms,
            commit=self.commit,
        )

    @property
    def audio_ms(self) -> int:
        """Newest audio received on any channel, ms from the start of the call."""
        return max([self.state.audio_ms, *(ear.position_ms for ear in self.ears.values())])

    async def run(self) -> None:
        """Run the call's tasks until it is released; raises what broke them."""
        async with asyncio.TaskGroup() as self._tasks:
            thinking = self._tasks.create_task(self._thinking.run(), name="thinking")
            for ear in self.ears.values():
                self._start_hearing(ear)
            await self._hung_up.wait()
            await self._end()
            thinking.cancel()

    def close(self, broken: str = "") -> None:
        """Keep nobody waiting: `run` is over. `broken`: why, where the call was not released."""
        self._broken = broken
        for ear in self.ears.values():
            ear.deafen()
        self._over.set()
        if broken:
            told = Refused(ref=0, code=CallBroken.code, message=self._why_broken)
            self._fan_out.tell(self.state.call_id, told)

    async def commit(self, new: Sequence[Event]) -> None:
        """Make events durable, fold them, fan them out."""
        if new:
            # Shielded: what the log holds is folded too, even when who wanted it goes away.
            await asyncio.shield(self._commit(new))

    async def _commit(self, new: Sequence[Event]) -> None:
        async with self._writing:
            recorded = [
                Recorded(
                    call_id=self.state.call_id,
                    seq=self.state.seq + number,
                    recorded_ms=self._now_ms(),
                    audio_ms=self.audio_ms,
                    event=event,
                )
                for number, event in enumerate(new, start=1)
            ]
            await self._log.append(recorded)
            before, self.state = self.state, fold(recorded, self.state)
            if self.state.phase is not before.phase:
                self._follow_phase()
            for item in recorded:
                self._fan_out.publish(item)
                self.actions.follow(item.event)
            if not self.state.is_live:
                self._on_ended(self.state.call_id)

    async def offer(self, opening: OpenCall, caller: Caller) -> None:
        """Record the call, who is on it, who calls and probably why: the screen pop."""
        offered = events.CallOffered(
            caller_number=self._private.meet(opening.caller_number),
            agent_id=caller.agent_id,
            agent_name=caller.agent_name,
            queue=opening.queue,
            locale=opening.locale,
        )
        joined = self._private.scrub(participants(opening, caller))
        mode = opening.guidance_mode
        wanted = [] if mode is self.state.guidance_mode else [events.GuidanceModeSet(mode=mode)]
        await self.commit([offered, *joined, *wanted, *self._pop(opening)])

    def attach(self, opening: OpenCall) -> dict[int, int]:
        """Take the channels in; returns from which position (ms) each wants its audio."""
        self.holders += 1
        if not self._private.told():
            self._remind(opening)
        for leg in opening.channels:
            if leg.channel not in self.ears:
                ear = self._ear(leg, opening.locale)
                self.ears[leg.channel] = ear
                ear.is_paused = self.state.phase is Phase.PAUSED
                self._start_hearing(ear)
        return {channel: ear.position_ms for channel, ear in self.ears.items()}

    def check_legs(self, legs: Sequence[ChannelFormat]) -> None:
        """Raise `Refusal` where a call is taken up with other channels than it began with."""
        known = {p.channel: p.role for p in self.state.participants}
        for leg in legs:
            ear = self.ears.get(leg.channel)
            is_as_before = ear is None or ear.leg.sample_rate_hz == leg.sample_rate_hz
            if known.get(leg.channel) is not leg.role or not is_as_before:
                told = ", ".join(f"{channel} ({role})" for channel, role in known.items())
                raise Refusal(
                    "call.channels",
                    f"this call began with channels {told}, and each keeps its sample rate",
                )

    async def hear(self, frame: AudioFrame) -> None:
        """Take an audio frame; waits while too many wait already.

        Raises `Refusal`, or `CallBroken` where the engine cannot go on with the call.
        """
        if self._broken:
            raise CallBroken(self._why_broken)
        ear = self.ears.get(frame.channel)
        if ear is None:
            known = ", ".join(str(channel) for channel in self.ears)
            raise Refusal(
                "audio.channel", f"this call has no channel {frame.channel}; it has {known}"
            )
        if frame.start_sample * 1000 > _LONGEST_CALL_MS * ear.leg.sample_rate_hz:
            raise Refusal("audio.position", "a call has at most 24 hours of audio")
        await ear.put(frame)
        self._thinking.on_audio()

    async def command(self, command: CallCommand, caller: Caller) -> int:
        """Do what a desktop asks; returns the seq that holds it. Raises `Refusal`."""
        if isinstance(command, commands.ReleaseCall):
            if decide(command, self.state, caller):
                await self.release("hang-up")
            return self.state.seq
        async with self._commanding:  # each is decided on what the one before it did
            await self._do(command, decide(command, self.state, caller))
        return self.state.seq

    async def opened(self, article_id: ArticleId) -> None:
        """The agent read a whole article, on the call or while it is wrapped up."""
        if self.state.phase is not Phase.COMPLETED:
            await self.commit([events.ArticleOpened(article_id=article_id)])

    def hang_up(self, why: str) -> None:
        """Let the call end: hear out what was received, draft the wrap-up."""
        if not self._hung_up.is_set():
            self._release_reason = why
            self._hung_up.set()

    async def release(self, why: str) -> None:
        """Hang up and wait for the wrap-up; raises `CallBroken`."""
        self.hang_up(why)
        await self._over.wait()
        if self._broken:
            raise CallBroken(self._why_broken)

    async def improve(self) -> None:
        """Let a language model, where one is set up, write the draft anew; nobody waits for it."""
        better = await self._stages.better_draft(self.state)
        async with self._commanding:  # what the agent completes meanwhile stays
            if better is not None and self.state.phase is Phase.RELEASED:
                await self.commit([events.WrapUpDrafted(wrap_up=better)])

    async def catch_up(
        self, subscriber: Subscriber, after_seq: int, *, is_own: bool = False
    ) -> None:
        """Send what was recorded after a seq, then what comes, with no hole between.

        The call's own agent first gets the words as they were said, where they are stored
        redacted.
        """
        async with self._writing:
            for answer in self._private.told() if is_own else ():
                subscriber.put_answer(answer)
            for item in await self._log.read(self.state.call_id, after_seq=after_seq):
                subscriber.put_history(encode_recorded(item if is_own else for_others(item)))
            self._fan_out.watch(self.state.call_id, subscriber, is_own=is_own)

    @property
    def _why_broken(self) -> str:
        return f"call {self.state.call_id} cannot go on: {self._broken}"

    async def _end(self) -> None:
        for ear in self.ears.values():
            ear.close()
        await asyncio.gather(*self._hearing)
        await self._thinking.drain()
        draft = events.WrapUpDrafted(wrap_up=self._stages.summarise(self.state))
        verdicts = tuple(self._stages.judge(self.state))
        judged = [events.ComplianceJudged(verdicts=verdicts)] if verdicts else []
        await self.commit([events.CallReleased(reason=self._release_reason), *judged, draft])
        self._private.forget()
        self.actions.forget()

    async def _do(self, command: CallCommand, decided: Sequence[Event]) -> None:
        if isinstance(command, commands.PauseCall):
            for ear in self.ears.values():
                ear.pause()  # before the disk is waited for
        try:
            await self.commit(self._private.scrub(decided, but=self.state.satisfaction))
        except LogFailed:
            self._follow_phase()
            raise

    def _follow_phase(self) -> None:
        is_paused = self.state.phase is Phase.PAUSED
        for ear in self.ears.values():
            if ear.is_paused and not is_paused:
                ear.resume()
            elif is_paused and not ear.is_paused:
                ear.pause()

    def _remind(self, opening: OpenCall) -> None:
        """Tell the call's own agent of the caller again, as an engine that ended had told it."""
        self._private.meet(opening.caller_number)
        known = self._stages.customers.find(opening.caller_number)
        stored = self.state.customer
        if known and stored and known.profile.customer_id == stored.customer_id:
            self._pop(opening)

    def _pop(self, opening: OpenCall) -> list[Event]:
        known = self._stages.customers.find(opening.caller_number)
        if known is None:
            return []
        identified = events.CustomerIdentified(
            profile=known.profile,
            identified_by="caller number",
            timeline=known.timeline,
            handoff=known.handoff,
        )
        return self._private.introduce(identified, reason.predict(known, now_ms=self._now_ms()))

    def _ear(self, leg: ChannelFormat, locale: str) -> ChannelEar:
        participant = next(p for p in self.state.participants if p.channel == leg.channel)
        finals = [
            u.final
            for u in self.state.utterances
            if u.final.participant_id == participant.participant_id
        ]
        return ChannelEar(
            leg=leg,
            participant_id=participant.participant_id,
            engine=self._stages.speech_for(locale),
            lane=self._stages.lanes.next(),
            queue_blocks=self._stages.audio_queue_blocks,
            start_ms=max((final.end_ms for final in finals), default=0),
            first_turn=1 + max((_turn(final.utterance_id) for final in finals), default=-1),
        )

    def _start_hearing(self, ear: ChannelEar) -> None:
        if self._tasks is not None:
            name = f"hearing-{ear.participant_id}"
            self._hearing.append(self._tasks.create_task(self._hear_out(ear), name=name))

    async def _hear_out(self, ear: ChannelEar) -> None:
        try:
            await ear.run(self._on_heard)
        except LogFailed:
            raise
        except Exception as error:  # boundary: recognition of one channel never ends the call
            told = without_words(error)
            log.error("call %s: channel %d is deaf: %s", self.state.call_id, ear.leg.channel, told)
            ear.deafen()
            code = getattr(error, "code", "engine.error")
            await self.commit([StageFailed(stage="speech", code=code, message=told)])

    async def _on_heard(self, ear: ChannelEar, utterance_id: UtteranceId, heard: Heard) -> None:
        if isinstance(heard, HeardPartial):
            self._on_partial(ear, utterance_id, heard)
            return
        final = UtteranceFinal(
            utterance_id=utterance_id,
            participant_id=ear.participant_id,
            text=heard.text,
            start_ms=heard.start_ms,
            end_ms=heard.end_ms,
            words=heard.words,
            is_promoted=heard.is_promoted,
        )
        new = self._private.hear(final, ear.leg.role)
        await self.commit(new)
        self._looked_at.pop(utterance_id, None)
        redacted = self.state.utterance(utterance_id)
        if redacted is not None:
            self._thinking.add_final(redacted.final, ear.leg.role)

    def _on_partial(self, ear: ChannelEar, utterance_id: UtteranceId, heard: HeardPartial) -> None:
        said = PartialHeard(
            call_id=self.state.call_id,
            utterance_id=utterance_id,
            participant_id=ear.participant_id,
            stable=heard.stable,
            tail=heard.tail,
            start_ms=heard.start_ms,
            heard_ms=heard.heard_ms,
        )
        partial = self._private.publish(said, ear.leg.role)
        if ear.leg.role is Role.AGENT:
            self._thinking.on_agent_talk(partial.start_ms, partial.heard_ms, partial.stable)
        if ear.leg.role is not Role.CUSTOMER:
            return
        self._thinking.on_talk(partial.heard_ms)
        words = len(heard.stable.split())
        grown = words - self._looked_at.get(utterance_id, 0)
        enough = _NEW_WORDS_WORTH_A_LOOK if heard.tail else 1
        if grown >= enough:
            self._looked_at[utterance_id] = words
            self._thinking.add_live(_live(partial, ear.leg.role))


def _live(partial: PartialHeard, role: Role) -> LiveSpeech:
    return LiveSpeech(
        utterance_id=partial.utterance_id,
        participant_id=partial.participant_id,
        role=role,
        stable=partial.stable,
        start_ms=partial.start_ms,
        heard_ms=partial.heard_ms,
    )


def _turn(utterance_id: UtteranceId) -> int:
    return int(utterance_id.rpartition("-")[2])
