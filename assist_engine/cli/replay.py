"""`attune-engine replay`: plays a recorded call through a real engine and prints what it saw."""

import asyncio
import json
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from assist_engine.audio.pcm import Recording
from assist_engine.call.fold import apply
from assist_engine.call.latency import LatencyMeter
from assist_engine.call.state import CallState
from assist_engine.cli.call_printer import CallPrinter, Figures, print_figures
from assist_engine.cli.engine_child import EngineChild, engine_child
from assist_engine.contract import answers, commands, events
from assist_engine.contract.answers import Answer
from assist_engine.contract.commands import ChannelFormat, Saying
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.values import Role
from assist_engine.contract.wire import (
    SUBPROTOCOL,
    AudioFrame,
    Said,
    decode_from_engine,
    encode_audio,
    encode_recorded,
    encode_said,
)
from assist_engine.errors import AssistError
from assist_engine.settings import RESOURCES
from assist_engine.speech.recording import read_wav

BLOCK_MS = 100
_CALL = CallId("replay")


class ReplayFailed(AssistError):
    """The engine refused something; its own words."""

    code = "replay.failed"


def replay(
    wav: Annotated[Path, typer.Argument(help="Stereo WAV: left customer, right agent; or mono.")],
    *,
    realtime: Annotated[
        bool, typer.Option("--realtime/--fast", help="As fast as it was spoken, or as possible.")
    ] = False,
    caller: Annotated[str, typer.Option(help="The caller's number.")] = "",
    queue: Annotated[str, typer.Option(help="The queue the call came in on.")] = "",
    events_file: Annotated[
        Path | None, typer.Option("--events", help="Write the event log here (JSON lines).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
    config: Annotated[
        Path | None, typer.Option(help="Settings file; without it the demo organisation serves.")
    ] = None,
) -> None:
    """Run a call with no desktop and print it."""
    audio = read_wav(wav)
    serve_arguments = ["--config", str(config)] if config else ["--demo"]
    player = Player(
        audio=audio,
        is_realtime=realtime,
        caller=caller,
        queue=queue,
        printer=None if as_json else CallPrinter(Console()),
    )
    figures = asyncio.run(_replay(player, wav, serve_arguments))
    if events_file:
        lines = (encode_recorded(recorded) + b"\n" for recorded in player.recorded)
        events_file.write_bytes(b"".join(lines))
    if as_json:
        report = {
            "events": [json.loads(encode_recorded(recorded)) for recorded in player.recorded],
            "figures": msgspec.to_builtins(figures),
        }
        print(json.dumps(report))
    else:
        print_figures(Console(), figures)


@dataclass(kw_only=True)
class Player:
    """A desktop without a screen: sends the audio, keeps what comes."""

    audio: Recording
    is_realtime: bool
    caller: str
    queue: str
    printer: CallPrinter | None
    call_id: CallId = _CALL
    recorded: list[Recorded] = field(default_factory=list)
    meter: LatencyMeter = field(default_factory=LatencyMeter)
    _state: CallState = field(init=False)
    _started: float = 0.0
    _opened: asyncio.Event = field(default_factory=asyncio.Event)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._state = CallState(call_id=self.call_id)

    async def load(self, engine: ClientConnection) -> None:
        """Greet the engine and wait until its models are loaded."""
        await _say(engine, commands.Hello(role="agent", agent_id=AgentId("replay")))
        await self._ready.wait()

    async def play(self, engine: ClientConnection) -> None:
        """Open the call, send all audio, hang up, wait for the wrap-up."""
        roles = (Role.CUSTOMER, Role.AGENT)
        legs = tuple(
            ChannelFormat(channel=number, role=roles[number], sample_rate_hz=self._rate)
            for number in range(len(self.audio.channels))
        )
        opening = commands.OpenCall(
            call_id=self.call_id, caller_number=self.caller, channels=legs, queue=self.queue
        )
        await _say(engine, opening)
        await self._opened.wait()
        await self._send(engine)
        await _say(engine, commands.ReleaseCall(call_id=self.call_id))
        await self._over.wait()

    async def listen(self, engine: ClientConnection) -> None:
        """Take in what the engine says until the wrap-up is drafted; else `ReplayFailed`."""
        async for message in engine:
            if item := decode_from_engine(message):
                self._on_item(item)
            if self._over.is_set():
                return
        raise ReplayFailed("the engine ended before the call was over")

    @property
    def _rate(self) -> int:
        return self.audio.sample_rate_hz

    async def _send(self, engine: ClientConnection) -> None:
        block = self._rate * BLOCK_MS // 1000 * 2
        self._started = time.monotonic()
        longest = max(len(pcm) for pcm in self.audio.channels)
        for number, at in enumerate(range(0, longest, block), start=1):
            if self.is_realtime:
                due = self._started + number * BLOCK_MS / 1000
                await asyncio.sleep(max(0.0, due - time.monotonic()))
            frames = [
                AudioFrame(
                    channel=channel,
                    sequence=number,
                    start_sample=at // 2,
                    pcm=pcm[at : at + block],
                )
                for channel, pcm in enumerate(self.audio.channels)
            ]
            await engine.send(encode_audio(*frames))

    def _on_item(self, item: Recorded | Answer) -> None:
        match item:
            case Recorded():
                self._take(item)
            case answers.PartialHeard():
                self.meter.observe_partial(item, audio_ms=self._now_ms())
            case answers.EngineStatus(is_ready=is_ready, stage=stage):
                if self.printer:
                    self.printer.status(stage)
                if is_ready:
                    self._ready.set()
            case answers.CallOpened():
                self._opened.set()
            case answers.Refused(message=why):
                raise ReplayFailed(why)
            case _:
                pass

    def _take(self, recorded: Recorded) -> None:
        self.recorded.append(recorded)
        self.meter.observe(recorded)
        self._state = apply(self._state, recorded)
        if self.printer:
            self.printer.show(recorded, self._state)
        if isinstance(recorded.event, events.WrapUpDrafted):
            self._over.set()

    def _now_ms(self) -> int:
        return int((time.monotonic() - self._started) * 1000)


async def _say(engine: ClientConnection, saying: Saying) -> None:
    await engine.send(encode_said(Said(ref=1, saying=saying)), text=True)


async def _replay(player: Player, wav: Path, serve_arguments: list[str]) -> Figures:
    async with AsyncExitStack() as closing:
        data = closing.enter_context(tempfile.TemporaryDirectory(prefix="attune-replay-"))
        child = await closing.enter_async_context(engine_child([*serve_arguments, "--data", data]))
        engine = await closing.enter_async_context(
            connect(
                f"ws://127.0.0.1:{child.port}/attune",
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                compression=None,
                ping_interval=None,  # faster than real time, a pong waits behind the audio
            )
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(player.listen(engine))
            return await _measured(player, engine, child, wav)


async def _measured(
    player: Player, engine: ClientConnection, child: EngineChild, wav: Path
) -> Figures:
    """Play the call and read the engine's CPU before and after; in real time beside bare Vosk."""
    await player.load(engine)
    before = await child.metrics()
    bare = asyncio.create_task(_bare_vosk(wav)) if player.is_realtime else None
    await player.play(engine)
    after = await child.metrics()
    peer = await bare if bare else None
    seconds = player.audio.duration_ms / 1000
    total = after["process_cpu_seconds_total"] - before["process_cpu_seconds_total"]
    encoder = "attune_encoder_cpu_seconds_total"
    encoder_cpu = after.get(encoder, 0.0) - before.get(encoder, 0.0)
    late = sorted(peer.partial_ms) if peer else []
    return Figures(
        rows=player.meter.rows() if player.is_realtime else [],
        cpu=(total - encoder_cpu) / seconds,
        encoder_cpu=encoder_cpu / seconds,
        bare_cpu=peer.cpu_seconds / seconds if peer else None,
        bare_partial_p50_ms=late[len(late) // 2] if late else None,
    )


class _BareFigures(msgspec.Struct):
    cpu_seconds: float
    partial_ms: list[float]


async def _bare_vosk(wav: Path) -> _BareFigures:
    model = RESOURCES / "models" / "speech" / "demo-en-us"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "assist_engine.cli.bare_vosk",
        str(wav),
        str(model),
        "--realtime",
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return msgspec.json.decode(output, type=_BareFigures)
