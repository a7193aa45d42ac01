"""An engine's inside as `app.py` builds it, with a speech engine that hears what a script says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from assist_engine.call.decide import Caller
from assist_engine.contract.answers import Answer, PartialHeard
from assist_engine.contract.commands import ChannelFormat, OpenCall
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.values import Role
from assist_engine.contract.wire import AudioFrame, encode_answer
from assist_engine.customers.directory import Directory
from assist_engine.event_log.sqlite_log import SqliteLog
from assist_engine.guidance import summary
from assist_engine.guidance.arbiter import Arbiter
from assist_engine.guidance.article_rule import ArticleRule
from assist_engine.inference.emotion_model import EmotionModel, FeelingReader
from assist_engine.server.library import Library
from assist_engine.session.call_learning import CallLearning
from assist_engine.session.call_session import CallSession
from assist_engine.session.fan_out import FanOut, Subscriber
from assist_engine.session.knowledge_finder import KnowledgeFinder, load_finder
from assist_engine.session.knowledge_teacher import KnowledgeTeacher
from assist_engine.session.lanes import DecodingLanes
from assist_engine.session.live_calls import LiveCalls
from assist_engine.session.signal_makers import make_signals
from assist_engine.session.stages import Stages
from assist_engine.settings import RESOURCES
from assist_engine.speech.admission import Admission
from assist_engine.speech.engine import SpeechEngine
from assist_engine.speech.scripted_engine import ScriptedEngine, ScriptedUtterance
from assist_engine.supervision.alerting import Alerting
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.redaction_policy import parse_policies
from assist_engine.understanding.signal import Signal, SignalTools

RATE = 8000
MODEL = "attune-minilm-1"
CALL = CallId("call")
KIM = Caller(role="agent", agent_id=AgentId("kim"), agent_name="Kim")
LEAD = Caller(role="supervisor", agent_id=AgentId("maria"), agent_name="Maria")
LEGS = (
    ChannelFormat(channel=0, role=Role.CUSTOMER, sample_rate_hz=RATE),
    ChannelFormat(channel=1, role=Role.AGENT, sample_rate_hz=RATE),
)
TURN_MS = 5_000  # each has so long for what it says
CLOCK_MS = 1_790_000_000_000


class Tape(Subscriber):
    """A connection that keeps all bytes it would have been sent, partials too."""

    def __init__(self) -> None:
        super().__init__(limit=100_000)
        self.sent: list[bytes] = []

    def put_answer(self, answer: Answer) -> None:
        self.sent.append(encode_answer(answer))

    def put_recorded(self, recorded: Recorded, encoded: bytes) -> None:
        self.sent.append(encoded)

    def put_history(self, encoded: bytes) -> None:
        self.sent.append(encoded)

    def put_partial(self, partial: PartialHeard, encoded: bytes) -> None:
        self.sent.append(encoded)

    @property
    def text(self) -> str:
        return b"\n".join(self.sent).decode()


def spoken(talk: Sequence[tuple[Role, str]], role: Role) -> list[ScriptedUtterance]:
    """What a role says of a talk, turn after turn."""
    return [
        ScriptedUtterance(text=text, start_ms=at * TURN_MS + 100, end_ms=(at + 1) * TURN_MS - 1_000)
        for at, (who, text) in enumerate(talk)
        if who is role
    ]


@dataclass
class Parts:
    """What takes seconds to load, shared by the tests of a file."""

    finder: KnowledgeFinder
    feelings: FeelingReader
    signals: list[Signal]

    @classmethod
    def load(cls, folder: Path) -> "Parts":
        finder = load_finder(folder, MODEL, demo=RESOURCES / "demo", now_ms=lambda: CLOCK_MS)
        feelings = FeelingReader(EmotionModel.load(), thread=finder.encoder.thread)
        feelings.start()
        tools = SignalTools(
            embed=finder.encoder.encode_blocking,
            embedding_model=MODEL,
            intents=RESOURCES / "demo" / "intents.yaml",
        )
        return cls(finder, feelings, make_signals(tools))

    def close(self) -> None:
        self.feelings.close()
        self.finder.encoder.close()


@dataclass
class House:
    """One engine over a folder; another one over the same folder is the engine started again."""

    folder: Path
    parts: Parts
    talk: Sequence[tuple[Role, str]]
    customers: Path
    extra_signals: Sequence[Signal] = ()
    policies: Mapping[str, str] = field(default_factory=dict)
    engine: SpeechEngine | None = None  # in place of the one that hears the talk

    @asynccontextmanager
    async def open(self) -> AsyncIterator[LiveCalls]:
        log = SqliteLog(self.folder / "calls.db")
        finder = self.parts.finder
        await finder.refresh()
        learning = CallLearning(
            event_log=log, teacher=KnowledgeTeacher(finder), now_ms=lambda: CLOCK_MS
        )
        with closing(DecodingLanes(2)) as lanes:
            calls = LiveCalls(
                event_log=log,
                fan_out=FanOut(),
                stages=self._stages(lanes),
                reconnect_s=60,
                now_ms=lambda: CLOCK_MS,
                on_ended=learning.on_ended,
            )
            restored = asyncio.Event()
            running = [
                asyncio.create_task(calls.run(restored)),
                asyncio.create_task(learning.run()),
            ]
            await restored.wait()
            try:
                yield calls
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
                await log.close()

    def library(self) -> Library:
        return Library(self.parts.finder, on_release=lambda told: None)

    def _stages(self, lanes: DecodingLanes) -> Stages:
        finder = self.parts.finder
        scripts = (spoken(self.talk, Role.CUSTOMER), spoken(self.talk, Role.AGENT))
        speech = self.engine or ScriptedEngine(*scripts)
        return Stages(
            speech={"en-US": speech},
            lanes=lanes,
            admission=Admission(8),
            encoder=finder.encoder,
            feelings=self.parts.feelings,
            analyzer=Analyzer([*self.extra_signals, *self.parts.signals]),
            rules=[ArticleRule(lambda: finder.threshold)],
            arbiter=Arbiter(min_gap_ms=1_000),
            alerting=Alerting(),
            finder=finder,
            article_threshold=lambda: finder.threshold,
            customers=Directory.load(self.customers, now_ms=CLOCK_MS),
            summarise=summary.draft,
            audio_queue_blocks=50,
            redaction=parse_policies(self.policies),
        )


def opening(caller_number: str = "+15032249912") -> OpenCall:
    return OpenCall(call_id=CALL, caller_number=caller_number, channels=LEGS, queue="cards")


async def play(session: CallSession, *, turns: range) -> None:
    """Send the audio of these turns; each is heard and thought about before the next begins.

    Audio comes faster than it was said: on a busy machine a need would be old before it is seen.
    """
    for turn in turns:
        heard = len(session.state.utterances) + 1
        for at_ms in range(turn * TURN_MS, (turn + 1) * TURN_MS, 100):
            for channel in session.ears:
                start = at_ms * RATE // 1000
                frame = AudioFrame(
                    channel=channel, sequence=0, start_sample=start, pcm=bytes(RATE // 10 * 2)
                )
                await session.hear(frame)
        await until(partial(has_heard, session, heard))
        await session._thinking.drain()


def has_heard(session: CallSession, utterances: int) -> bool:
    return len(session.state.utterances) >= utterances


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(6_000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within 60 s")
