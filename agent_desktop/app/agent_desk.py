"""The agent's desk: besides window and link it has the sound of the call."""

import secrets
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget

from agent_desktop.app.desk import Desk
from agent_desktop.app.engine_place import EnginePlace
from agent_desktop.sound.demo_call import NoSuchCall, read_demo_call
from agent_desktop.sound.live_source import LiveSource
from agent_desktop.sound.loudspeaker import QueuedLoudspeaker
from agent_desktop.sound.sound_system import NoSound, SoundSystem
from agent_desktop.sound.source import SoundEnded, SoundSource, channel_formats
from agent_desktop.sound.wav import BadWav, StereoRecording
from agent_desktop.sound.wav_source import WavSource
from agent_desktop.view_models.call_model import CallModel
from agent_desktop.view_models.start import StartDemoCall, StartRequest
from assist_engine.contract import events
from assist_engine.contract.answers import Answer, CallOpened, Refused
from assist_engine.contract.commands import Hello, OpenCall, ReleaseCall, Saying
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import CallId

POSITION_MS: Final = 100


def new_call_id() -> CallId:
    """An id that no other call has."""
    return CallId(f"call-{secrets.token_hex(8)}")


class AgentDesk(Desk):
    """Starts calls: opens one, sends its sound once the engine hears it, hangs up at its end."""

    def __init__(
        self,
        *,
        hello: Hello,
        engine: EnginePlace,
        model: CallModel,
        window: QWidget,
        speed: float = 1.0,
        is_aloud: bool = True,
        make_call_id: Callable[[], CallId] = new_call_id,
    ) -> None:
        super().__init__(hello=hello, engine=engine, model=model, window=window)
        self.model = model
        self.source: SoundSource | None = None
        self._speed = speed
        self._is_aloud = is_aloud
        self._make_call_id = make_call_id
        self._loudspeaker: QueuedLoudspeaker | None = None
        self._call_id: CallId | None = None
        self._opening_ref = 0
        self._is_sounding = False
        self._clock = QTimer(self, interval=POSITION_MS)
        self._clock.timeout.connect(self._tell_position, Qt.ConnectionType.DirectConnection)

    @Slot(object)
    def start_call(self, request: StartRequest) -> None:
        """Start what the person chose; what is in the way is shown, not raised."""
        if self.source is not None:
            return
        self.model.set_capture_problem("")
        self.model.set_recording(isinstance(request, StartDemoCall))
        try:
            if isinstance(request, StartDemoCall):
                self._play(request.number)
            else:
                self._listen()
        except (NoSound, BadWav, NoSuchCall) as problem:
            self._silence()
            self.model.set_recording(False)
            self.model.set_capture_problem(str(problem))

    def close(self) -> None:
        """As any desk, the sound first."""
        source = self.source
        self._silence()
        if source is not None and self._is_sounding:
            source.wait()
        super().close()

    @Slot(object)
    def post(self, saying: Saying) -> None:
        """Send what the person does; hanging up ends the sound first."""
        if isinstance(saying, ReleaseCall):
            self._silence()
        super().post(saying)

    def _play(self, number: int) -> None:
        call, recording = read_demo_call(number)
        self._loudspeaker = self._open_loudspeaker(recording)
        self.source = WavSource(
            recording,
            send=self.link.send_audio,
            put=self.inbox.put,
            speed=self._speed,
            backlog_ms=lambda: self.link.unsent_ms,
            loudspeaker=self._loudspeaker,
        )
        self._open(self.source, caller_number=call.caller_number, queue=call.queue)

    def _listen(self) -> None:
        self.source = LiveSource(SoundSystem(), send=self.link.send_audio, put=self.inbox.put)
        self._open(self.source, caller_number="", queue="")

    def _open(self, source: SoundSource, *, caller_number: str, queue: str) -> None:
        self._call_id = self._make_call_id()
        self._is_sounding = False
        opening = OpenCall(
            call_id=self._call_id,
            caller_number=caller_number,
            channels=channel_formats(source.sample_rate_hz),
            queue=queue,
            guidance_mode=self.model.guidance_mode,
        )
        self._opening_ref = self.link.post(opening)

    def _open_loudspeaker(self, recording: StereoRecording) -> QueuedLoudspeaker | None:
        if self._speed != 1 or not self._is_aloud:
            return None
        try:
            return QueuedLoudspeaker(SoundSystem(), sample_rate_hz=recording.sample_rate_hz)
        except NoSound:
            return None  # a recording can be watched without being heard

    def _apply(self, batch: list[Recorded | Answer]) -> None:
        self._tell_position()
        super()._apply(batch)
        for item in batch:
            self._follow(item)

    def _follow(self, item: Recorded | Answer) -> None:
        match item:
            case CallOpened(call_id=call_id) if call_id == self._call_id:
                self._sound()
            case Recorded(call_id=call_id, event=events.CallReleased()):
                if call_id == self._call_id:
                    self._silence()
            case Refused(ref=ref) if ref == self._opening_ref:
                self._silence()
                self.model.set_recording(False)
            case Recorded(call_id=call_id, event=events.WrapUpCompleted()):
                if call_id == self._call_id:
                    self.model.leave_call()
            case _:
                pass

    def _take_other(self, item: object) -> None:
        if isinstance(item, SoundEnded):
            self.model.set_capture_problem(item.problem)
            if self._call_id is not None:
                self.post(ReleaseCall(call_id=self._call_id))
            return
        super()._take_other(item)

    def _sound(self) -> None:
        if self.source is not None and not self._is_sounding:
            self._is_sounding = True
            self.source.start()
            self._clock.start()

    def _silence(self) -> None:
        self._clock.stop()
        source, self.source = self.source, None
        loudspeaker, self._loudspeaker = self._loudspeaker, None
        if source is not None:
            source.stop()
        if loudspeaker is not None:
            loudspeaker.stop()

    @Slot()
    def _tell_position(self) -> None:
        if self.source is not None and self._is_sounding:
            self.model.audio_sent(self.source.position_ms)
