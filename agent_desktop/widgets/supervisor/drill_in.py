"""The opened call: mood with its turns, what is said and shown, and a word to the agent."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.call_row import clock_text, customer_name
from agent_desktop.view_models.call_story import Turn, turns_of
from agent_desktop.view_models.calls_table_model import mood_word, signed
from agent_desktop.view_models.story_model import StoryModel
from agent_desktop.view_models.wall_model import WallModel
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.empty_state import EmptyState
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.panel import divider
from agent_desktop.widgets.shared.text import caption, label
from agent_desktop.widgets.supervisor.mood_plot import MoodPlot
from agent_desktop.widgets.supervisor.story_list import StoryList
from agent_desktop.widgets.supervisor.whisper_box import WhisperBox
from assist_engine.call.selectors import mood_course
from assist_engine.call.state import CallState, Phase


class DrillIn(QFrame):
    """Follows `WallModel.opened`. `draft_changed` when the whisper box becomes empty or not."""

    draft_changed = Signal()

    def __init__(self, model: WallModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.setProperty("look", "panel")
        self.setAccessibleName(tr("Opened call"))
        self._name = ElidedLabel(look="name")
        self._meta = label("", look="muted")
        self._phase = Chip(theme=theme)
        self._plot = MoodPlot(theme=theme)
        self._turn = label("", look="small-muted", wraps=True)
        self._story = StoryList(StoryModel(model, parent=self), theme=theme)
        self._newest = KeyButton(tr("Newest"), theme=theme, cap="↓", look="quiet")
        self.whisper = WhisperBox(model, theme=theme)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._make_empty())
        self._pages.addWidget(self._make_call())
        self.setLayout(column(self._pages, margins=(1, 1, 1, 1)))
        self._newest.clicked.connect(self._story.follow)
        self._story.verticalScrollBar().valueChanged.connect(self._show_newest)
        self.whisper.draft_changed.connect(self.draft_changed)
        model.opened_changed.connect(self.refresh)
        model.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the opened call as it is now."""
        state = self._model.opened
        self._pages.setCurrentIndex(0 if state is None else 1)
        if state is None:
            return
        time = clock_text(self._model.opened_time_ms)
        self._name.say(customer_name(state))
        self._meta.setText(f"{state.agent_name or state.agent_id} · {time}")
        self._phase.say(_phase_of(state))
        self._show_mood(state)
        self.whisper.refresh()

    def _make_empty(self) -> QWidget:
        return _padded(
            EmptyState(
                tr("No call opened"),
                tr("Choose a call and press Enter to follow what is said and help the agent."),
            )
        )

    def _make_call(self) -> QWidget:
        close = KeyButton(tr("Close"), theme=self._theme, cap="Esc", look="quiet")
        close.clicked.connect(self._model.close_call)
        head = row(self._name, self._meta, None, self._phase, close, gap=GAP_SMALL)
        top = column(head, self._plot, self._turn, margins=(GAP_LARGE, GAP, GAP_LARGE, GAP))
        live = row(
            caption(tr("Live")), None, self._newest, margins=(GAP_LARGE, GAP_SMALL, GAP_SMALL, 0)
        )
        holder = QWidget()
        layout: QVBoxLayout = column(top, divider(), live, gap=0)
        layout.addWidget(self._story, 1)
        layout.addWidget(divider())
        layout.addWidget(self.whisper)
        holder.setLayout(layout)
        return holder

    def _show_mood(self, state: CallState) -> None:
        course, turns = mood_course(state), turns_of(state)
        self._plot.show_course(course, turns=turns, end_ms=self._model.opened_time_ms)
        if not course:
            self._turn.setText(tr("no mood read yet"))
            return
        now = course[-1][1]
        mood = tr("mood {word} ({number})", word=mood_word(now), number=signed(now))
        self._turn.setText(mood + (_turned(turns[-1]) if turns else ""))

    @Slot()
    def _show_newest(self) -> None:
        self._newest.setVisible(not self._story.is_following)


def _turned(turn: Turn) -> str:
    way = tr("fell") if turn.change < 0 else tr("rose")
    words = tr(" · {way} at {time}", way=way, time=clock_text(turn.at_ms))
    return words + (tr(" after “{words}”", words=turn.after) if turn.after else "")


def _phase_of(state: CallState) -> str:
    if not state.is_live:
        return tr("ended")
    return tr("paused") if state.phase is Phase.PAUSED else ""


def _padded(widget: QWidget) -> QWidget:
    holder = QWidget()
    holder.setLayout(column(widget, margins=(GAP_LARGE, GAP_LARGE, GAP_LARGE, GAP_LARGE)))
    return holder
