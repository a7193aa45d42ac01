"""What stands in the middle while there is no call: how to start one."""

from PySide6.QtCore import Signal

from agent_desktop.theme import GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.call_model import CallModel
from agent_desktop.view_models.start import StartDemoCall, StartMicrophoneCall
from agent_desktop.view_models.status_model import can_start, notice_of
from agent_desktop.widgets.shared.empty_state import EmptyState
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column, row

DEMO_CALLS = 3


class StartPage(EmptyState):
    """`start_requested(StartRequest)` when a person starts a call."""

    start_requested = Signal(object)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__(tr("Ready for the next call"))
        names = (
            tr("Demo 1 · parcel not delivered"),
            tr("Demo 2 · card lost abroad"),
            tr("Demo 3 · cancel broadband"),
        )
        self._demos = [
            KeyButton(name, theme=theme, key=f"Ctrl+{place}") for place, name in enumerate(names, 1)
        ]
        self._microphone = KeyButton(
            tr("Start call (microphone)"), theme=theme, key="Ctrl+N", look="primary"
        )
        for number, button in enumerate(self._demos, 1):
            button.clicked.connect(lambda _=False, n=number: self._start_demo(n))
        self._microphone.clicked.connect(self._start_microphone)
        doors = column(*self._demos, self._microphone)
        self.buttons.addSpacing(GAP_SMALL)
        self.buttons.addLayout(row(None, doors, None))

    def show_model(self, model: CallModel) -> None:
        """Say how far engine and link are; calls start only when both are ready."""
        is_ready = can_start(model)
        for button in (*self._demos, self._microphone):
            button.setEnabled(is_ready)
        notice = None if is_ready else notice_of(model)
        if notice is None:
            self.say(
                tr("Ready for the next call"),
                tr("Play a recorded call, or use the microphone and the sound of this computer."),
            )
        else:
            self.say(notice.heading, notice.text, progress=notice.progress)

    def _start_demo(self, number: int) -> None:
        self.start_requested.emit(StartDemoCall(number=number))

    def _start_microphone(self) -> None:
        self.start_requested.emit(StartMicrophoneCall())
