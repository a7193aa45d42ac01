"""Speaks a written conversation to the engine's thinking, word by word, as it would be heard."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Final

from assist_engine.call.decide import Caller, decide
from assist_engine.call.fold import apply
from assist_engine.call.selectors import shown_cards
from assist_engine.call.state import CallState, Phase
from assist_engine.contract import commands, events
from assist_engine.contract.events import Event, Recorded, UtteranceFinal
from assist_engine.contract.ids import AgentId, CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import GuidanceMode, Participant, Role, Word
from assist_engine.guidance.need import LiveSpeech
from assist_engine.session.conversation import Conversation, Deed, Turn, name_of
from assist_engine.session.fan_out import FanOut
from assist_engine.session.private_words import PrivateWords
from assist_engine.session.stages import Stages
from assist_engine.session.thinking import Thinking

_STABLE_LAG_MS: Final = 300  # recognition settles a word about this long after it was said
_FINAL_LAG_MS: Final = 500
_BLOCK_MS: Final = 100  # of audio
_AUGUST: Final = 1_750_000_000_000  # some wall clock, ms since 1970

_Moment = tuple[int, Callable[[], Awaitable[None]]]


class TextCall:
    """One conversation; `recorded` is its log."""

    def __init__(self, stages: Stages, name: str, conversation: Conversation) -> None:
        self.state = CallState(call_id=CallId(name))
        self.recorded: list[Recorded] = []
        self._stages = stages
        self._conversation = conversation
        self._now_ms = 0
        self._private = PrivateWords(
            self.state.call_id, redactor=stages.redactor(self.state.locale), fan_out=FanOut()
        )
        self._thinking = Thinking(
            stages=stages,
            state=lambda: self.state,
            now_ms=lambda: self._now_ms,
            commit=self._commit,
        )

    async def play(self) -> CallState:
        """Say all of it, release the call; the state with the drafted wrap-up."""
        await self._open()
        thinking = asyncio.create_task(self._thinking.run())
        try:
            for at_ms, happen in sorted(self._moments(), key=lambda moment: moment[0]):
                await self._pass_time(at_ms)
                await happen()
                await self._thinking.drain()
        finally:
            thinking.cancel()
        await self._release()
        return self.state

    async def _pass_time(self, at_ms: int) -> None:
        while self._now_ms + _BLOCK_MS < at_ms:
            self._now_ms += _BLOCK_MS
            self._thinking.on_audio()
            await self._thinking.drain()
        self._now_ms = max(self._now_ms, at_ms)

    async def _commit(self, new: Sequence[Event]) -> None:
        for event in new:
            recorded = Recorded(
                call_id=self.state.call_id,
                seq=self.state.seq + 1,
                recorded_ms=_AUGUST + self._now_ms,
                audio_ms=self._now_ms,
                event=event,
            )
            self.recorded.append(recorded)
            self.state = apply(self.state, recorded)

    async def _open(self) -> None:
        about = self._conversation
        offered = events.CallOffered(
            caller_number=about.caller_number, agent_id=AgentId(about.agent_id), queue=about.queue
        )
        joined = [
            events.ParticipantJoined(
                participant=Participant(
                    participant_id=ParticipantId(role.value), role=role, channel=channel
                )
            )
            for channel, role in enumerate((Role.CUSTOMER, Role.AGENT))
        ]
        await self._commit([offered, *joined])
        if about.mode is not GuidanceMode.STANDARD:
            await self._commit([events.GuidanceModeSet(mode=about.mode)])
        known = self._stages.customers.find(about.caller_number)
        if known is not None:
            identified = events.CustomerIdentified(
                profile=known.profile,
                identified_by="caller number",
                timeline=known.timeline,
                handoff=known.handoff,
            )
            await self._commit(self._private.introduce(identified, None))

    async def _release(self) -> None:
        assert self.state.phase is not Phase.RELEASED, "a call is played once"
        draft = events.WrapUpDrafted(wrap_up=self._stages.summarise(self.state))
        verdicts = tuple(self._stages.judge(self.state))
        judged = [events.ComplianceJudged(verdicts=verdicts)] if verdicts else []
        await self._commit([events.CallReleased(), *judged, draft])

    def _moments(self) -> Iterator[_Moment]:
        for number, turn in enumerate(self._conversation.turns):
            utterance_id = UtteranceId(f"{turn.who}-{number}")
            if turn.who is Role.CUSTOMER:
                yield from self._live_moments(turn, utterance_id)
            else:
                for heard_ms in range(turn.start_ms + 2 * _BLOCK_MS, turn.end_ms, 2 * _BLOCK_MS):
                    yield heard_ms + _STABLE_LAG_MS, partial(self._talk, turn, heard_ms)
            final = UtteranceFinal(
                utterance_id=utterance_id,
                participant_id=ParticipantId(turn.who.value),
                text=turn.says,
                words=_words(turn),
                start_ms=turn.start_ms,
                end_ms=turn.end_ms,
            )
            yield turn.end_ms + _FINAL_LAG_MS, partial(self._end, final, turn.who)
            for deed in turn.does:
                yield turn.end_ms, partial(self._do, deed)

    def _live_moments(self, turn: Turn, utterance_id: UtteranceId) -> Iterator[_Moment]:
        words = turn.says.split()
        for count in range(2, len(words) + 1, 2):
            heard_ms = turn.start_ms + (turn.end_ms - turn.start_ms) * count // len(words)
            live = LiveSpeech(
                utterance_id=utterance_id,
                participant_id=ParticipantId(turn.who.value),
                role=turn.who,
                stable=" ".join(words[:count]),
                start_ms=turn.start_ms,
                heard_ms=heard_ms,
            )
            yield heard_ms + _STABLE_LAG_MS, partial(self._hear, live)

    async def _talk(self, turn: Turn, heard_ms: int) -> None:
        words = turn.says.split()
        said = len(words) * (heard_ms - turn.start_ms) // (turn.end_ms - turn.start_ms)
        self._thinking.on_agent_talk(turn.start_ms, heard_ms, " ".join(words[:said]))

    async def _hear(self, live: LiveSpeech) -> None:
        self._thinking.add_live(live)

    async def _end(self, final: UtteranceFinal, role: Role) -> None:
        await self._commit(self._private.hear(final, role))
        redacted = self.state.utterance(final.utterance_id)
        if redacted is not None:
            self._thinking.add_final(redacted.final, role)

    async def _do(self, deed: Deed) -> None:
        """Use a card or put it away, where it is on the screen."""
        for card in shown_cards(self.state):
            if name_of(card.suggestion) == deed.card:
                asked = commands.UseSuggestion if deed.use else commands.DismissSuggestion
                command = asked(
                    call_id=self.state.call_id, suggestion_id=card.suggestion.suggestion_id
                )
                agent = Caller(agent_id=self.state.agent_id, role="agent")
                await self._commit(decide(command, self.state, agent))


def _words(turn: Turn) -> tuple[Word, ...]:
    """The words with their confidence, of equal length; none where all are sure."""
    length_ms = (turn.end_ms - turn.start_ms) / max(1, len(turn.confidences))
    return tuple(
        Word(
            text=text,
            start_ms=int(turn.start_ms + place * length_ms),
            end_ms=int(turn.start_ms + (place + 1) * length_ms),
            confidence=confidence,
        )
        for place, (text, confidence) in enumerate(
            zip(turn.says.split(), turn.confidences, strict=False)
        )
    )
