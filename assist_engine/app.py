"""Composition root: loads the models, opens the door, ends everything in order."""

import asyncio
import gc
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from assist_engine.contract.answers import EngineStatus
from assist_engine.contract.ids import CallId
from assist_engine.contract.knowledge_answers import ReleasePublished
from assist_engine.customers.directory import Directory
from assist_engine.event_log.one_engine import one_engine
from assist_engine.event_log.sqlite_log import SqliteLog
from assist_engine.guidance.arbiter import Arbiter
from assist_engine.guidance.article_rule import ArticleRule
from assist_engine.inference.emotion_model import EmotionModel, FeelingReader
from assist_engine.inference.encoder import Encoder, EncoderStats
from assist_engine.server.access import Access
from assist_engine.server.door import listen, open_door
from assist_engine.server.engine_state import EngineState
from assist_engine.server.http_status import HttpStatus
from assist_engine.server.library import Library
from assist_engine.session.action_learning import ActionLearning
from assist_engine.session.action_runner import runner_of
from assist_engine.session.call_learning import CallLearning
from assist_engine.session.fan_out import FanOut
from assist_engine.session.knowledge_finder import KnowledgeFinder, load_finder
from assist_engine.session.knowledge_teacher import KnowledgeTeacher
from assist_engine.session.lanes import DecodingLanes
from assist_engine.session.live_calls import LiveCalls
from assist_engine.session.rules import Rules, load_rules
from assist_engine.session.signal_makers import make_signals
from assist_engine.session.stages import Stages
from assist_engine.session.summariser import summariser_of
from assist_engine.settings import (
    DEMO_SERVICE,
    RESOURCES,
    AlertSettings,
    GuidanceSettings,
    Settings,
)
from assist_engine.speech.admission import Admission, measure_capacity
from assist_engine.speech.engine import SpeechEngine
from assist_engine.speech.models import resolve_model
from assist_engine.speech.vosk_engine import VoskEngine, self_test
from assist_engine.supervision.alert_rule import AlertThresholds, shipped_rules
from assist_engine.supervision.alerting import Alerting
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.redaction_policy import parse_policies
from assist_engine.understanding.signal import Signal, SignalTools

log = logging.getLogger(__name__)

T = TypeVar("T")


def now_ms() -> int:
    """Wall clock, ms since 1970."""
    return time.time_ns() // 1_000_000


def demo_settings(settings: Settings) -> Settings:
    """The settings with the demo organisation's customers, playbooks and intents."""
    demo = RESOURCES / "demo"
    guidance = replace(
        settings.guidance,
        customers=str(demo / "customers"),
        playbooks=str(demo / "playbooks"),
        intents=str(demo / "intents.yaml"),
        dispositions=str(demo / "dispositions.yaml"),
        compliance=str(demo / "compliance"),
        coaching=str(demo / "coaching.yaml"),
    )
    hosts = (*settings.actions.hosts, DEMO_SERVICE)
    return replace(settings, guidance=guidance, actions=replace(settings.actions, hosts=hosts))


@dataclass(kw_only=True)
class EngineApp:
    """One engine process. `demo`: the folder that fills a knowledge base without a release."""

    settings: Settings
    demo: Path | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _hurrying: asyncio.Event = field(default_factory=asyncio.Event)
    _encoder: Encoder | None = None
    _feelings: FeelingReader | None = None
    _lanes: DecodingLanes | None = None
    _loading: list[Future[Any]] = field(default_factory=list)

    @property
    def is_loading(self) -> bool:
        """Whether a thread still loads a model; nothing can stop it, not even `stop`."""
        return any(loading.running() for loading in self._loading)

    def stop(self) -> None:
        """End after the live calls, within `calls.drain_s`; a second time ends at once."""
        if self._stopping.is_set():
            self._hurrying.set()
        self._stopping.set()

    def stop_now(self) -> None:
        """End at once; live calls can be taken up again by the next engine."""
        self._hurrying.set()
        self._stopping.set()

    async def serve(self, on_open: Callable[[int], None]) -> None:
        """Serve until stopped; `on_open` gets the port, models load after that."""
        settings = self.settings
        state = EngineState(_status(settings, "starting", 0.0))
        access = Access(settings.access, host=settings.server.host)
        async with AsyncExitStack() as closing:
            closing.enter_context(one_engine(settings.data_folder))
            door = closing.enter_context(listen(settings.server))
            closing.callback(self._close_threads)
            event_log = SqliteLog(settings.data_folder / "calls.db")
            closing.push_async_callback(event_log.close)
            http = HttpStatus(state, self._encoder_stats)
            server = open_door(
                door, settings=settings.server, engine=state, access=access, http=http
            )
            await closing.enter_async_context(server)
            on_open(door.getsockname()[1])
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(self._run(state, event_log), name="engine")
                await self._stopping.wait()
                await self._drain(state)
                running.cancel()

    async def _run(self, state: EngineState, event_log: SqliteLog) -> None:
        stages, rules = await self._load(state)
        learning = CallLearning(
            event_log=event_log,
            teacher=KnowledgeTeacher(stages.finder),
            now_ms=now_ms,
            choices=rules.dispositions.choices,
        )
        actions = ActionLearning(event_log=event_log, memory=rules.playbooks.memory, now_ms=now_ms)

        def on_ended(call_id: CallId) -> None:
            learning.on_ended(call_id)
            actions.on_ended(call_id)
            rules.playbooks.ticks.forget(call_id)

        calls = LiveCalls(
            event_log=event_log,
            fan_out=FanOut(),
            stages=stages,
            reconnect_s=self.settings.calls.reconnect_s,
            now_ms=now_ms,
            on_ended=on_ended,
        )

        def on_release(published: ReleasePublished) -> None:
            state.report(replace(state.status, release=published.release))
            state.tell_all(replace(published, ref=0))
            learning.on_release()

        def on_problem(problem: str) -> None:
            state.report(replace(state.status, problem=problem))

        async with asyncio.TaskGroup() as tasks:
            restored = asyncio.Event()
            tasks.create_task(calls.run(restored), name="calls")
            await restored.wait()
            state.open(calls, Library(stages.finder, on_release=on_release))
            release = stages.finder.release
            gc.collect()
            gc.freeze()  # models and libraries stay: no collection need walk them during calls
            status = replace(state.status, is_ready=True, stage="ready", progress=1.0)
            state.report(replace(status, release=release, problem=rules.watch.problem))
            every_s = self.settings.knowledge.refresh_s
            tasks.create_task(stages.finder.follow(every_s, on_release), name="releases")
            tasks.create_task(learning.run(), name="learning")
            tasks.create_task(rules.watch.follow(on_problem), name="rules")
            tasks.create_task(actions.run(), name="learning actions")

    async def _load(self, state: EngineState) -> tuple[Stages, Rules]:
        """Build the stages; speech and language models load at the same time."""
        settings = self.settings

        def report(stage: str, progress: float) -> None:
            state.report(replace(state.status, stage=stage, progress=progress))

        report("loading the speech and language models", 0.1)
        pool = ThreadPoolExecutor(2, thread_name_prefix="loading")

        def start(work: Callable[..., T], *values: object) -> asyncio.Future[T]:
            self._loading.append(loading := pool.submit(work, *values))
            return asyncio.wrap_future(loading)

        finder_loading = start(self._load_finder)
        emotions_loading = start(EmotionModel.load)
        speech = {
            locale: await start(self._load_speech, name)
            for locale, name in settings.speech.models.items()
        }
        first = next(iter(speech.values()))
        report("measuring what this computer can hear at once", 0.4)
        capacity = await start(measure_capacity, first)
        state.status = replace(
            state.status, speech_model=first.name, is_demo_speech_model=first.is_demo
        )
        report("reading the knowledge base", 0.6)
        finder = await finder_loading
        pool.shutdown(wait=False)
        report("learning the intents", 0.9)
        admission = Admission(int(capacity * settings.speech.headroom))
        return await self._assemble(
            finder, await emotions_loading, speech=speech, admission=admission
        )

    @asynccontextmanager
    async def open_for_text(self) -> AsyncIterator[Stages]:
        """The stages alone, for calls that are written; no recognition, no door, no log.

        Raises `BadInput` for a file of rules that is wrong.
        """
        finder = await asyncio.to_thread(self._load_finder)
        model = await asyncio.to_thread(EmotionModel.load)
        try:
            stages, rules = await self._assemble(finder, model, speech={}, admission=Admission(1))
            rules.watch.check()
            yield stages
        finally:
            self._close_threads()

    async def _assemble(
        self,
        finder: KnowledgeFinder,
        model: EmotionModel,
        *,
        speech: Mapping[str, SpeechEngine],
        admission: Admission,
    ) -> tuple[Stages, Rules]:
        settings = self.settings
        feelings = FeelingReader(model, thread=finder.encoder.thread)
        feelings.start()
        self._encoder, self._feelings = finder.encoder, feelings
        self._lanes = DecodingLanes(self._threads())
        await finder.refresh()
        signals = await asyncio.to_thread(self._make_signals, finder.encoder)
        embed = finder.encoder.encode_blocking
        rules = await asyncio.to_thread(load_rules, settings, embed=embed, signals=signals)
        shelf, conduct = rules.playbooks, rules.conduct

        def article_threshold() -> float:
            return settings.guidance.article_threshold or finder.threshold

        stages = Stages(
            speech=speech,
            lanes=self._lanes,
            admission=admission,
            encoder=finder.encoder,
            feelings=feelings,
            analyzer=Analyzer(signals),
            rules=[
                conduct.compliance,
                shelf.rule,
                ArticleRule(article_threshold),
                conduct.coaching,
            ],
            event_rules=[shelf.ticks, conduct.compliance],
            judge=conduct.compliance.judge,
            actions=runner_of(settings.actions, lambda: shelf.playbooks),
            arbiter=arbiter(settings.guidance),
            alerting=Alerting(shipped_rules(alert_thresholds(settings.alerts))),
            finder=finder,
            article_threshold=article_threshold,
            customers=self._customers(),
            summarise=rules.dispositions.draft,
            rewrite=summariser_of(settings.summary, os.environ),
            audio_queue_blocks=settings.speech.audio_queue_blocks,
            redaction=parse_policies(settings.redaction.policies),
            products=settings.redaction.products,
        )
        return stages, rules

    def _load_finder(self) -> KnowledgeFinder:
        knowledge = self.settings.knowledge
        return load_finder(
            self.settings.folder(knowledge.folder, "knowledge"),
            knowledge.embedding_model,
            demo=self.demo,
            now_ms=now_ms,
        )

    def _load_speech(self, name: str) -> VoskEngine:
        models = self.settings.models_folder
        engine = VoskEngine.load(resolve_model(name, models, RESOURCES / "models" / "speech"))
        self_test(engine)
        return engine

    def _make_signals(self, encoder: Encoder) -> list[Signal]:
        tools = SignalTools(
            embed=encoder.encode_blocking,
            embedding_model=self.settings.knowledge.embedding_model,
            intents=self.settings.folder(self.settings.guidance.intents, "intents.yaml"),
        )
        return make_signals(tools)

    def _customers(self) -> Directory:
        configured = self.settings.guidance.customers
        folder = self.settings.folder(configured, "customers")
        if not configured and not folder.is_dir():
            return Directory({})
        directory = Directory.load(folder, now_ms=now_ms())
        for problem in directory.problems:
            log.warning("%s", problem)
        return directory

    def _threads(self) -> int:
        return self.settings.speech.threads or os.cpu_count() or 1

    def _close_threads(self) -> None:
        if self._lanes is not None:
            self._lanes.close()
        if self._feelings is not None:
            self._feelings.close()
        if self._encoder is not None:
            self._encoder.close()

    def _encoder_stats(self) -> EncoderStats | None:
        return self._encoder.stats if self._encoder else None

    async def _drain(self, state: EngineState) -> None:
        """Accept no new calls and let the live ones end, as long as the settings allow."""
        if not state.is_open:
            return
        calls = state.calls
        calls.is_draining = True
        # Still ready: desktops go on with their calls only while the engine says so.
        state.report(replace(state.status, stage="ending: no new calls"))
        deadline = asyncio.get_running_loop().time() + self.settings.calls.drain_s
        while calls.count and not self._hurrying.is_set():
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.1)
        state.close()


def arbiter(guidance: GuidanceSettings) -> Arbiter:
    """The arbiter with the limits that the settings name."""
    limits = msgspec.to_builtins(guidance.limits)
    return msgspec.convert({**limits, "min_gap_ms": guidance.min_gap_ms}, type=Arbiter)


def alert_thresholds(alerts: AlertSettings) -> AlertThresholds:
    """The thresholds that the settings name."""
    return msgspec.convert(msgspec.to_builtins(alerts), type=AlertThresholds)


def _status(settings: Settings, stage: str, progress: float) -> EngineStatus:
    return EngineStatus(
        is_ready=False,
        stage=stage,
        progress=progress,
        speech_model=", ".join(settings.speech.models.values()),
        engine_version=version("attune"),
    )
