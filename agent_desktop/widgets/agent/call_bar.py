"""The right of the top bar: live or not, how long, which queue, the mood, pause, wrap up."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from agent_desktop.theme import GAP, GAP_SMALL, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.call_model import CallModel
from agent_desktop.view_models.call_row import queue_name
from agent_desktop.view_models.clock_words import clock_text
from agent_desktop.view_models.mood_model import current_emotion, mood_of
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.dot import Dot
from agent_desktop.widgets.shared.feeling_tone import TONES
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.sparkline import Sparkline
from agent_desktop.widgets.shared.text import label
from assist_engine.call.selectors import mood_course
from assist_engine.call.state import CallState, Phase


class CallBar(QWidget):
    """Hidden parts show only what a call has."""

    pause_asked = Signal()
    wrap_up_asked = Signal()

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._dot = Dot(theme=theme)
        self._phase, self.timer = label(look="strong"), label()
        self._queue = Chip(theme=theme)
        self._mood_name = label(tr("mood"), look="small-muted")
        self._course = Sparkline(theme=theme)
        self._mood = Chip(theme=theme)
        self.pause = KeyButton(tr("Pause"), theme=theme, key="F8")
        self.wrap_up = KeyButton(tr("Wrap up"), theme=theme, key="F10")
        self.pause.clicked.connect(self.pause_asked)
        self.wrap_up.clicked.connect(self.wrap_up_asked)
        self.setLayout(self._arranged())

    def show_model(self, model: CallModel) -> None:
        """Bring it to a call, or to none."""
        state = model.state
        for part in (self.timer, self._mood_name, self._course, self.pause, self.wrap_up):
            part.setVisible(state is not None)
        word, tone = _phase_word(state)
        self._phase.setText(word)
        self._dot.set_tone(tone)
        self.tick(model)
        self._queue.say(queue_name(state.queue) if state else "")
        self._show_mood(state)
        if state is not None:
            self._show_buttons(state)

    def tick(self, model: CallModel) -> None:
        """Show how long the call is."""
        self.timer.setText(clock_text(model.audio_ms))
        self.timer.setAccessibleName(tr("Call time {time}", time=clock_text(model.audio_ms)))

    def _arranged(self) -> QHBoxLayout:
        mood = row(self._mood_name, self._course, self._mood, gap=GAP_SMALL)
        live = row(self._dot, self._phase, self.timer, gap=GAP)
        outer = row(gap=GAP + GAP_SMALL // 2)
        for part in (live, self._queue, mood, self.pause, self.wrap_up):
            if isinstance(part, QWidget):
                outer.addWidget(part)
            else:
                outer.addLayout(part)
        return outer

    def _show_mood(self, state: CallState | None) -> None:
        if state is None:
            self._mood.say("")
            return
        mood, emotion = mood_of(mood_course(state)), current_emotion(state)
        tone = TONES[mood.feeling]
        is_low = bool(mood.course) and mood.course[-1] < 0
        line = Tone.NEGATIVE if is_low else (Tone.POSITIVE if mood.course else Tone.NEUTRAL)
        name = tr("mood of the customer: {word}", word=mood.word)
        self._course.show_values(mood.course, name=name, line=line, dot=tone)
        self._mood.say(f"{emotion} · {mood.word}" if emotion else mood.word, tone=tone)

    def _show_buttons(self, state: CallState) -> None:
        self.pause.setEnabled(state.is_live)
        is_paused = state.phase is Phase.PAUSED
        self.pause.rename(tr("Continue") if is_paused else tr("Pause"))
        self.pause.describe(
            tr("Hear and store again") if is_paused else tr("Stop hearing and storing at once")
        )
        self.wrap_up.describe(tr("Hang up and wrap up") if state.is_live else tr("Wrap up"))


def _phase_word(state: CallState | None) -> tuple[str, Tone]:
    if state is None:
        return tr("No call"), Tone.NEUTRAL
    words = {
        Phase.NEW: (tr("Opening"), Tone.NEUTRAL),
        Phase.LIVE: (tr("Live"), Tone.NEGATIVE),
        Phase.PAUSED: (tr("Paused"), Tone.WARNING),
        Phase.RELEASED: (tr("Ended"), Tone.NEUTRAL),
        Phase.COMPLETED: (tr("Done"), Tone.POSITIVE),
    }
    return words[state.phase]
