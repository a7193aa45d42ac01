"""The engine as a process, over real websockets: slow readers, limits, a full disk, its end."""

import asyncio
import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from assist_engine.audio.pcm import Recording
from assist_engine.contract import answers, commands, events, knowledge_requests
from assist_engine.contract.answers import Answer, EngineStatus, PartialHeard, Refused
from assist_engine.contract.commands import ChannelFormat, OpenCall, TakeNote
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import ArticleId, CallId
from assist_engine.contract.values import Role
from assist_engine.contract.wire import AudioFrame, encode_audio
from assist_engine.settings import RESOURCES
from assist_engine.speech.recording import read_wav
from tests.integration.conftest import RunningEngine, TestDesktop

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

SETTINGS = """
[server]
event_queue = 200
slow_reader_s = 2.0
messages_per_s = 100000.0
[calls]
drain_s = 30.0
"""
LEG = ChannelFormat(channel=0, role=Role.CUSTOMER, sample_rate_hz=8000)
BIG = "x" * 8000
NOTES = 1000


class Process(RunningEngine):
    """An engine of a test's own."""

    def __init__(self, child: subprocess.Popen[bytes], folder: Path) -> None:
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line, "the engine did not start"
        super().__init__(json.loads(line)["port"])
        self.child, self.folder = child, folder


@contextmanager
def engine_in(folder: Path) -> Iterator[Process]:
    config = folder / "attune.toml"
    config.write_text(SETTINGS)
    command = [sys.executable, "-m", "assist_engine", "serve", "--config", str(config)]
    command += ["--port", "0", "--announce", "--data", str(folder / "data")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield Process(child, folder)
    finally:
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


async def ready(engine: Process) -> None:
    async with engine.desktop("agent") as desktop:
        await desktop.until(lambda item: isinstance(item, EngineStatus) and item.is_ready)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with engine_in(tmp_path_factory.mktemp("life")) as running:
        asyncio.run(ready(running))
        yield running


@pytest.fixture(scope="module")
def recording() -> Recording:
    return read_wav(RESOURCES / "demo" / "calls" / "call-b-card-lost-abroad.wav")


def opening(call_id: str) -> OpenCall:
    return OpenCall(call_id=CallId(call_id), caller_number="", channels=(LEG,))


def frames(recording: Recording, from_ms: int, to_ms: int) -> Iterator[bytes]:
    block = recording.sample_rate_hz // 10 * 2
    for at in range(from_ms * 16, to_ms * 16, block):
        pcm = recording.channels[0][at : at + block]
        yield encode_audio(AudioFrame(channel=0, sequence=0, start_sample=at // 2, pcm=pcm))


async def opened(desktop: TestDesktop, call_id: str) -> None:
    accepted = await desktop.answer(opening(call_id))
    assert isinstance(accepted, answers.CallOpened), accepted


async def close_code(desktop: TestDesktop) -> int:
    try:
        while True:
            await asyncio.wait_for(desktop.hear(), 15)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006


def is_final(item: Recorded | Answer | None) -> bool:
    return isinstance(item, Recorded) and isinstance(item.event, events.UtteranceFinal)


def is_wrap_up(item: Recorded | Answer | None) -> bool:
    return isinstance(item, Recorded) and isinstance(item.event, events.WrapUpDrafted)


async def test_a_desktop_that_comes_back_resumes_by_seq(
    engine: Process, recording: Recording
) -> None:
    async with engine.desktop("agent") as desktop:
        await opened(desktop, "resumed")
        for frame in frames(recording, 0, 12_000):
            await desktop.websocket.send(frame)
        final = await desktop.until(is_final)
    assert isinstance(final, Recorded)
    async with engine.desktop("agent") as again:
        answer = await again.answer(opening("resumed"))
        assert isinstance(answer, answers.CallOpened)
        assert answer.resume_from_ms[0] == 12_000
        seqs: list[int] = []
        while len(seqs) < final.seq:
            item = await again.hear()
            seqs += [item.seq] if isinstance(item, Recorded) else []
        assert seqs == list(range(1, final.seq + 1))
        watched = await again.say(commands.Watch(call_id=CallId("resumed"), after_seq=final.seq))
        later = []
        while not (
            isinstance(item := await again.hear(), answers.Accepted) and item.ref == watched
        ):
            later += [item.seq] if isinstance(item, Recorded) else []
        assert all(seq > final.seq for seq in later)
        await again.say(commands.ReleaseCall(call_id=CallId("resumed")))
        await again.until(is_wrap_up)


async def test_the_newest_connection_of_a_call_is_heard_and_keeps_it(
    engine: Process, recording: Recording
) -> None:
    async with engine.desktop("agent") as new:
        async with engine.desktop("agent") as old:
            await opened(old, "taken-over")
            await opened(new, "taken-over")
            for frame in frames(recording, 30_000, 31_000):
                await old.websocket.send(frame)  # unheard: this connection holds the call no more
            answer = await old.answer(TakeNote(call_id=CallId("taken-over"), text="still watching"))
            assert isinstance(answer, answers.Accepted)
        answer = await new.answer(opening("taken-over"))
        assert isinstance(answer, answers.CallOpened)
        assert answer.resume_from_ms == {0: 0}
        await new.say(commands.ReleaseCall(call_id=CallId("taken-over")))
        await new.until(is_wrap_up)


async def test_a_reader_that_falls_behind_is_told_to_resume(engine: Process) -> None:
    """The kernel and asyncio hold a few megabytes; what waits in the engine is bounded."""
    call_id = CallId("noted")
    async with engine.desktop("agent") as desktop, engine.desktop("supervisor", name="lee") as wall:
        await opened(desktop, call_id)
        await wall.answer(commands.Watch(call_id=call_id))
        wall.websocket.transport.pause_reading()
        await asyncio.gather(count_answers(desktop, NOTES), take_notes(desktop, call_id, NOTES))
        wall.websocket.transport.resume_reading()
        assert await close_code(wall) == 4408
        answer = await desktop.answer(TakeNote(call_id=call_id, text="last"))
        assert isinstance(answer, answers.Accepted)
    async with engine.desktop("supervisor", name="lee") as wall:  # who resumes has it all
        await wall.say(commands.WatchAll(after={call_id: 900}))
        first = await wall.until(lambda item: isinstance(item, Recorded) and item.seq > 900)
        assert isinstance(first, Recorded)
        assert first.seq == 901
        await wall.until(lambda item: isinstance(item, Recorded) and item.seq == answer.seq)


async def take_notes(desktop: TestDesktop, call_id: CallId, count: int) -> None:
    for number in range(count):
        await desktop.say(TakeNote(call_id=call_id, text=f"{number} {BIG}"))


async def count_answers(desktop: TestDesktop, count: int) -> None:
    for _ in range(count):
        await desktop.until(lambda item: isinstance(item, answers.Accepted))


async def test_a_desktop_that_never_reads_is_cut(engine: Process) -> None:
    call_id = CallId("unread")
    async with engine.desktop("agent") as desktop, engine.desktop("agent") as asleep:
        await opened(desktop, call_id)
        await asleep.answer(commands.Watch(call_id=call_id))
        asleep.websocket.transport.pause_reading()
        await asyncio.gather(count_answers(desktop, NOTES), take_notes(desktop, call_id, NOTES))
        await asyncio.sleep(2 * 2.0 + 1)  # not even the close code is taken
        asleep.websocket.transport.resume_reading()
        assert await close_code(asleep) == 1006


async def test_a_slow_reader_gets_the_newest_partial_only(
    engine: Process, recording: Recording
) -> None:
    async with engine.desktop("agent") as desktop, engine.desktop("supervisor", name="lee") as wall:
        await opened(desktop, "partials")
        assert await wall.answer(commands.Watch(call_id=CallId("partials")))
        for frame in frames(recording, 0, 12_000):
            await desktop.websocket.send(frame)
        final = await desktop.until(is_final)
        assert isinstance(final, Recorded)
        seen = []
        while not is_final(item := await wall.hear()):
            seen += [item] if isinstance(item, PartialHeard) else []
        assert all(a.heard_ms < b.heard_ms for a, b in pairwise(seen))


async def test_limits_are_told(engine: Process) -> None:
    async with engine.desktop("knowledge") as desktop:
        for kind in (knowledge_requests.SaveArticle, knowledge_requests.TryDraft):
            long = kind(article_id=ArticleId("long"), markdown="x" * 300_000)
            refused = await desktop.answer(long)
            assert isinstance(refused, Refused)
            assert "at most 262144" in refused.message
    async with engine.desktop("agent") as desktop:
        await opened(desktop, "limited")
        note = await desktop.answer(TakeNote(call_id=CallId("limited"), text="x" * 10_000))
        assert isinstance(note, Refused)
        assert note.code == "message.too_long"
        pcm = bytes(200_000)
        frame = AudioFrame(channel=0, sequence=0, start_sample=0, pcm=pcm)
        await desktop.websocket.send(encode_audio(frame))
        refused = await desktop.until(lambda item: isinstance(item, Refused))
        assert isinstance(refused, Refused)
        assert "at most 96016" in refused.message
        assert await close_code(desktop) == 1007


async def test_a_web_page_cannot_talk_to_the_engine(engine: Process) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        await connect(f"ws://127.0.0.1:{engine.port}/attune", origin="https://elsewhere.example")  # type: ignore[arg-type]


async def test_metrics_say_what_happened(engine: Process) -> None:
    def figures() -> dict[tuple[str, str], float]:
        return {
            (sample.name, sample.labels.get("kind", "")): sample.value
            for family in text_string_to_metric_families(engine.fetch("/metrics")[1])
            for sample in family.samples
        }

    before = figures()
    async with engine.desktop("agent") as desktop:
        await opened(desktop, "counted")
        for number in range(3):
            await desktop.answer(TakeNote(call_id=CallId("counted"), text=str(number)))
        during = figures()
        kind = ("attune_events_total", "note.taken")
        assert during[kind] == before.get(kind, 0) + 3
        assert during["attune_live_calls", ""] == before["attune_live_calls", ""] + 1
        assert during["attune_ready", ""] == 1
        await desktop.say(commands.ReleaseCall(call_id=CallId("counted")))
        await desktop.until(is_wrap_up)
    assert figures()["attune_live_calls", ""] == before["attune_live_calls", ""]


async def test_a_full_disk_ends_one_call_and_it_goes_on_when_there_is_room(
    engine: Process, recording: Recording
) -> None:
    limits = resource.prlimit(engine.child.pid, resource.RLIMIT_FSIZE)
    async with engine.desktop("agent") as quiet, engine.desktop("agent", name="mia") as talking:
        await opened(quiet, "quiet")
        await opened(talking, "talking")
        resource.prlimit(engine.child.pid, resource.RLIMIT_FSIZE, (0, limits[1]))
        refused = await quiet.answer(TakeNote(call_id=CallId("quiet"), text="lost"))
        assert isinstance(refused, Refused)
        assert refused.code == "event_log.unusable"
        for frame in frames(recording, 0, 12_000):
            await talking.websocket.send(frame)
        told = await talking.until(lambda item: isinstance(item, Refused))
        assert isinstance(told, Refused)
        assert told.code == "call.broken"
        assert "event log cannot be written" in told.message
        resource.prlimit(engine.child.pid, resource.RLIMIT_FSIZE, limits)
        assert await quiet.answer(TakeNote(call_id=CallId("quiet"), text="kept"))
    async with engine.desktop("agent", name="mia") as again:
        await opened(again, "talking")
        for frame in frames(recording, 0, 12_000):
            await again.websocket.send(frame)
        assert await again.until(is_final)


def test_a_second_engine_does_not_touch_the_data(engine: Process) -> None:
    command = [sys.executable, "-m", "assist_engine", "serve", "--port", "0"]
    command += ["--data", str(engine.folder / "data")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "another engine uses" in done.stderr.splitlines()[-1]


async def test_at_sigterm_calls_end_in_order_and_no_new_ones_come(
    engine: Process, recording: Recording
) -> None:
    """The last test of the shared engine: it ends here, with its last call and exit code 0."""
    async with engine.desktop("agent") as desktop, engine.desktop("agent", name="mia") as late:
        await opened(desktop, "drained")
        for call_id in (
            "limited",
            "noted",
            "unread",
            "quiet",
            "partials",
        ):  # left open by earlier tests
            await desktop.say(commands.ReleaseCall(call_id=CallId(call_id)))
        async with engine.desktop("agent", name="mia") as mia:
            await mia.answer(commands.ReleaseCall(call_id=CallId("talking")))
        engine.child.send_signal(signal.SIGTERM)
        status = await desktop.until(
            lambda item: isinstance(item, EngineStatus) and item.stage.startswith("ending")
        )
        assert isinstance(status, EngineStatus)
        assert status.is_ready, "a desktop sends nothing to an engine that is not ready"
        assert engine.fetch("/healthz")[0] == 503
        refused = await late.answer(opening("too-late"))
        assert isinstance(refused, Refused)
        assert refused.code == "engine.ending"
        for frame in frames(recording, 0, 12_000):
            await desktop.websocket.send(frame)
        await desktop.say(commands.ReleaseCall(call_id=CallId("drained")))
        await desktop.until(is_final)
        await desktop.until(is_wrap_up)
        assert await close_code(desktop) == 1001
    assert await asyncio.to_thread(engine.child.wait, 10) == 0


async def test_an_engine_ends_within_seconds_whatever_its_desktops_do(
    tmp_path: Path, recording: Recording
) -> None:
    with engine_in(tmp_path) as engine:
        await ready(engine)
        async with engine.desktop("agent") as desktop, engine.desktop("agent") as asleep:
            await opened(desktop, "live")
            assert await asleep.answer(commands.Watch(call_id=CallId("live")))
            asleep.websocket.transport.pause_reading()
            await asyncio.gather(
                count_answers(desktop, 600), take_notes(desktop, CallId("live"), 600)
            )
            for frame in frames(recording, 0, 20_000):  # more than is decoded by then
                await desktop.websocket.send(frame)
            began = time.monotonic()
            engine.child.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.2)
            engine.child.send_signal(signal.SIGTERM)  # now: the call may not end first
            assert await asyncio.to_thread(engine.child.wait, 20) == 0
            assert time.monotonic() - began < 6
            asleep.websocket.transport.abort()  # its goodbye would wait for an answer


@pytest.mark.parametrize("delay_s", [0.0, 1.5])
def test_an_engine_told_to_end_while_it_loads_ends_at_once(tmp_path: Path, delay_s: float) -> None:
    with engine_in(tmp_path) as engine:
        time.sleep(delay_s)
        engine.child.send_signal(signal.SIGTERM)
        assert engine.child.wait(5) == 0


def test_replay_says_why_its_engine_did_not_start(tmp_path: Path) -> None:
    config = tmp_path / "attune.toml"
    config.write_text('[speech.models]\nen-US = "/no/such/model"\n')
    wav = RESOURCES / "demo" / "calls" / "call-b-card-lost-abroad.wav"
    command = [sys.executable, "-m", "assist_engine", "replay", str(wav), "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("attune-engine: the engine ended: ")
    assert "/no/such/model" in done.stderr
    assert len(done.stderr.splitlines()) == 1
