"""Bad input gets one clear sentence and the right close code, and disturbs nobody else."""

import asyncio
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from assist_engine.contract import answers, commands, knowledge_answers, knowledge_requests
from assist_engine.contract.answers import Refused
from assist_engine.contract.commands import ChannelFormat, OpenCall, Saying
from assist_engine.contract.events import Recorded, SatisfactionGiven
from assist_engine.contract.ids import ArticleId, CallId
from assist_engine.contract.values import Role
from assist_engine.contract.wire import AudioFrame, decode_from_engine, encode_audio
from assist_engine.settings import RESOURCES
from tests.integration.conftest import RunningEngine, TestDesktop

pytestmark = pytest.mark.integration

HELLO = b'{"ref":1,"saying":{"kind":"hello","role":"agent","agent_id":"kim"}}'


def opening(call_id: str, *, rate: int = 8000, channels: int = 1) -> OpenCall:
    roles = [Role.CUSTOMER, Role.AGENT, Role.BOT]
    legs = tuple(
        ChannelFormat(channel=number, role=roles[number], sample_rate_hz=rate)
        for number in range(channels)
    )
    return OpenCall(call_id=CallId(call_id), caller_number="", channels=legs)


async def closed_with(desktop: TestDesktop) -> tuple[str, int]:
    """The last refusal and the close code."""
    said = ""
    while True:
        try:
            item = await desktop.hear()
        except ConnectionClosed as closed:
            return said, closed.rcvd.code if closed.rcvd else 0
        if isinstance(item, Refused):
            said = item.message


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("not json", "not a message of attune.v1"),
        ('{"ref":"one","saying":{"kind":"hello"}}', "`int`"),
        ('{"ref":1,"saying":{"kind":"call.teleport"}}', "call.teleport"),
        ('{"ref":1,"saying":{"kind":"watch.all"}}', "the first message is hello"),
        (b"\x00\x01", "not a message of attune.v1"),
    ],
)
async def test_a_first_message_of_the_wrong_shape(
    demo_engine: RunningEngine, message: str | bytes, told: str
) -> None:
    async with demo_engine.connected() as websocket:
        await websocket.send(message)
        said, code = await closed_with(TestDesktop(websocket))
    assert told in said
    assert code == 1007


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (b"\x01\x00", "16 bytes of header"),
        (struct.pack("!BBxxIQ", 9, 0, 1, 0), "version 1"),
        (struct.pack("!BBxxIQ", 1, 0, 1, 0) + b"\x00", "even number of bytes"),
        (struct.pack("!BBxxIQ", 1, 7, 1, 0) + b"\x00\x00", "no channel 7"),
    ],
)
async def test_an_audio_frame_of_the_wrong_shape(
    demo_engine: RunningEngine, frame: bytes, told: str
) -> None:
    call_id = f"bad-frame-{told[:4].strip()}-{len(frame)}"
    async with demo_engine.desktop("agent") as desktop:
        await desktop.answer(opening(call_id))
        await desktop.websocket.send(frame)
        said, code = await closed_with(desktop)
    assert told in said
    assert code == 1007
    async with demo_engine.desktop("agent") as desktop:
        await desktop.answer(opening(call_id))
        released = await desktop.answer(commands.ReleaseCall(call_id=CallId(call_id)))
        assert isinstance(released, answers.Accepted)


async def test_a_message_of_a_hundred_megabytes_ends_only_its_own_connection(
    demo_engine: RunningEngine,
) -> None:
    async with demo_engine.desktop("agent", name="bystander") as bystander:
        await bystander.answer(opening("bystander"))
        # websockets 17 trips over its own transport when this connection is left in order.
        with suppress(AttributeError):
            async with demo_engine.desktop("agent") as desktop:
                with suppress(ConnectionClosed):
                    await desktop.websocket.send("x" * 100_000_000)
                code = (await closed_with(desktop))[1]
        assert code == 1009
        frame = AudioFrame(channel=0, sequence=1, start_sample=0, pcm=bytes(1600))
        await bystander.websocket.send(encode_audio(frame))
        released = await bystander.answer(commands.ReleaseCall(call_id=CallId("bystander")))
        assert isinstance(released, answers.Accepted)


async def test_what_cannot_be_done_is_refused_and_the_connection_goes_on(
    demo_engine: RunningEngine,
) -> None:
    async with demo_engine.desktop("agent") as desktop:
        refused: list[tuple[Saying, str]] = [
            (opening("three-legs", channels=3), "call.channels"),
            (opening("odd-rate", rate=4000), "audio.rate"),
            (commands.WatchAll(), "access.role"),
            (commands.Watch(call_id=CallId("nobody")), "call.unknown"),
            (commands.ReleaseCall(call_id=CallId("nobody")), "call.unknown"),
        ]
        for saying, code in refused:
            answer = await desktop.answer(saying)
            assert isinstance(answer, Refused)
            assert answer.code == code
        found = await desktop.answer(knowledge_requests.SearchKnowledge(query="my parcel is late"))
        assert isinstance(found, knowledge_answers.KnowledgeFound)


async def test_an_article_that_cannot_be_read_is_refused(demo_engine: RunningEngine) -> None:
    async with demo_engine.desktop("knowledge", name="mia") as desktop:
        saying = knowledge_requests.SaveArticle(
            article_id=ArticleId("broken"), markdown="---\ntitle: [\n---\nx"
        )
        answer = await desktop.answer(saying)
        assert isinstance(answer, Refused)
        assert "broken" in answer.message


async def test_no_hello_in_time_and_an_unknown_path(demo_engine: RunningEngine) -> None:
    async with demo_engine.connected() as websocket:
        async with asyncio.timeout(20):
            refused = decode_from_engine(await websocket.recv())
        assert isinstance(refused, Refused)
        assert "no hello" in refused.message
    assert demo_engine.fetch("/nothing")[0] == 404
    with pytest.raises(InvalidStatus):
        await connect(f"ws://127.0.0.1:{demo_engine.port}/nothing")


def test_health_and_metrics_are_plain_http(demo_engine: RunningEngine) -> None:
    assert demo_engine.fetch("/healthz") == (200, "ready\n")
    status, text = demo_engine.fetch("/metrics")
    assert status == 200
    assert "attune_ready 1.0" in text
    assert "process_cpu_seconds_total" in text


def engine_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assist_engine", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = engine_command("serve", "--port", port, "--data", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith(f"attune-engine: port {port} on")
    assert "in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_that_are_wrong_are_said_in_one_sentence(tmp_path: Path) -> None:
    config = tmp_path / "attune.toml"
    config.write_text("[server]\nprot = 1\n")
    done = engine_command("serve", "--config", str(config))
    assert done.returncode == 2
    assert "prot" in done.stderr
    assert "Traceback" not in done.stderr


def stereo_wav(data: bytes, *, channels: int = 2, rate: int = 8000) -> bytes:
    layout = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + layout + b"data"
    body += struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"this is no sound at all", "not a WAV file"),
        (stereo_wav(bytes(600), channels=3), "3 channels"),
        (stereo_wav(bytes(600), rate=4000), "4000 samples in a second"),
        (stereo_wav(bytes(602)), "middle of a frame"),
    ],
)
def test_a_recording_that_cannot_be_played(tmp_path: Path, content: bytes, told: str) -> None:
    wav = tmp_path / "call.wav"
    wav.write_bytes(content)
    done = engine_command("replay", str(wav))
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_speech_model_with_a_missing_file_is_named(tmp_path: Path) -> None:
    model = tmp_path / "model"
    shipped = RESOURCES / "models" / "speech" / "demo-en-us"
    subprocess.run(["cp", "-r", str(shipped), str(model)], check=True)
    (model / "am" / "final.mdl").unlink()
    config = tmp_path / "attune.toml"
    config.write_text(f'data = "{tmp_path}"\n[speech.models]\nen-US = "{model}"\n')
    done = engine_command("serve", "--config", str(config), "--port", "0")
    assert done.returncode == 2
    assert "final.mdl" in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_survey_scores_a_call_that_is_over_and_no_other(
    demo_engine: RunningEngine,
) -> None:
    over, live = opening("scored"), opening("not-scored")
    async with (
        demo_engine.desktop("agent") as agent,
        demo_engine.desktop("agent", name="lou") as other,
        demo_engine.desktop("survey", name="post-call") as survey,
    ):
        await agent.answer(over)
        await agent.answer(commands.ReleaseCall(call_id=over.call_id))
        await other.answer(live)
        for given, told in (
            (satisfied("scored", 9), "a score is 1 (very dissatisfied) to 5 (very satisfied)"),
            (satisfied("not-scored", 4), "satisfaction is given when a call is over"),
            (satisfied("never-was", 4), "there is no call never-was"),
            (commands.TakeNote(call_id=over.call_id, text="x"), "not survey"),
            (commands.Watch(call_id=over.call_id), "not survey"),
        ):
            answer = await survey.answer(given)
            assert isinstance(answer, Refused)
            assert told in answer.message
        assert isinstance(await agent.answer(satisfied("scored", 5)), Refused)
        given = satisfied(
            "scored", 2, comment="ring me on two zero two five five five zero one four two"
        )
        accepted = await survey.answer(given)
        assert isinstance(accepted, answers.Accepted)
        again = await survey.answer(given)
        assert isinstance(again, answers.Accepted)
        assert again.seq == accepted.seq
        recorded = await agent.until(lambda item: getattr(item, "seq", 0) == accepted.seq)
    assert isinstance(recorded, Recorded)
    assert isinstance(recorded.event, SatisfactionGiven)
    assert (recorded.call_id, recorded.event.score, recorded.event.by) == ("scored", 2, "post-call")
    assert "[PHONE" in recorded.event.comment
    assert "zero two" not in recorded.event.comment


def satisfied(call_id: str, score: int, *, comment: str = "") -> commands.GiveSatisfaction:
    return commands.GiveSatisfaction(call_id=CallId(call_id), score=score, comment=comment)
