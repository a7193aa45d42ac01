"""The opened call: mood with its turns, what is said and shown, and a word to the agent."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.call_row import customer_name
from agent_desktop.view_models.calls_table_model import mood_word, signed
from agent_desktop.view_models.clock_words import clock_text
from agent_desktop.view_models.compliance_model import compliance_lines
from agent_desktop.view_models.mood_model import current_emotion
from agent_desktop.view_models.story_model import StoryModel
from agent_desktop.view_models.talk_model import behaviours_line
from agent_desktop.view_models.wall_model import WallModel
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.empty_state import EmptyState
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.panel import divider
from agent_desktop.widgets.shared.text import caption, label
from agent_desktop.widgets.supervisor.mood_plot import MoodPlot
from agent_desktop.widgets.supervisor.rule_list import MOST_RULES, RuleList
from agent_desktop.widgets.supervisor.story_list import StoryList
from agent_desktop.widgets.supervisor.talk_section import TalkSection
from agent_desktop.widgets.supervisor.turn_list import MOST_TURNS, TurnList
from agent_desktop.widgets.supervisor.whisper_box import WhisperBox
from assist_engine.call.selectors import mood_course, turning_points
from assist_engine.call.state import CallState, Phase

_LOW, _LOWEST = 760, 520  # heights of the window, at text scale 1.0


class DrillIn(QFrame):
    """Follows `WallModel.opened`. `draft_changed` when the whisper box becomes empty or not."""

    draft_changed = Signal()

    def __init__(self, model: WallModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme, self._window = model, theme, 0
        self._shown: CallState | None = None
        self.setProperty("look", "panel")
        self.setAccessibleName(tr("Opened call"))
        self._name = ElidedLabel(look="name")
        self._meta = label("", look="muted")
        self._phase = Chip(theme=theme)
        self._plot = MoodPlot(theme=theme)
        self._mood = label("", look="small-muted", wraps=True)
        self._turns = TurnList(theme=theme)
        self._rules = RuleList(theme=theme)
        self._talk = TalkSection(theme=theme)
        self._story = StoryList(StoryModel(model, parent=self), theme=theme)
        self._newest = KeyButton(tr("Newest"), theme=theme, cap="↓", look="quiet")
        self.whisper = WhisperBox(model, theme=theme)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._make_empty())
        self._pages.addWidget(self._make_call())
        self.setLayout(column(self._pages, margins=(1, 1, 1, 1)))
        self._newest.clicked.connect(self._story.follow)
        self._talk.more.toggled.connect(self._open_figures)
        self._plot.place_asked.connect(self._story.show_place)
        self._turns.place_asked.connect(self._story.show_place)
        self._rules.place_asked.connect(self._story.show_place)
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
        if state is not self._shown:
            self._shown = state
            self._show_understood(state)
        self._plot.move_to(self._model.opened_time_ms)
        self.whisper.refresh()

    def share_height(self, window: int) -> None:
        """Keep the height of a low window (`window` pixels high) for the words."""
        self._window = window
        is_low = window < self._theme.px(_LOW)
        self._plot.set_low(is_low)
        is_lowest = window < self._theme.px(_LOWEST)
        self._talk.set_table_height(148 if is_lowest else 96 if is_low else 216)
        self._turns.show_newest(0 if is_lowest else 1 if is_low else MOST_TURNS)
        self._rules.show_gravest(1 if is_low else MOST_RULES)
        self._make_room()

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
        parts = (head, self._plot, self._mood, self._turns, self._rules, self._talk)
        top = column(*parts, margins=(GAP_LARGE, GAP, GAP_LARGE, GAP))
        live = row(
            caption(tr("Live")),
            None,
            self._newest,
            margins=(GAP_LARGE, GAP_SMALL, GAP_SMALL, GAP_SMALL),
        )
        self._live = QWidget()
        words: QVBoxLayout = column(live, gap=0)
        words.addWidget(self._story, 1)
        self._live.setLayout(words)
        holder = QWidget()
        layout: QVBoxLayout = column(top, divider(), gap=0)
        layout.addWidget(self._live, 1)
        layout.addStretch(0)
        layout.addWidget(divider())
        layout.addWidget(self.whisper)
        holder.setLayout(layout)
        return holder

    def _show_understood(self, state: CallState) -> None:
        """Whatever is read from settled words; partials leave it as it is."""
        course, turns = mood_course(state), turning_points(state)
        self._plot.show_course(course, turns=turns)
        self._turns.show_turns(turns)
        self._rules.show_lines(compliance_lines(state))
        self._mood.setText(_mood_words(course, current_emotion(state)))
        whole, lately = self._model.opened_voice
        self._talk.show_metrics(whole, lately, did=behaviours_line(state))

    @Slot(bool)
    def _open_figures(self, is_open: bool) -> None:
        """Never both at once: Qt would make the window higher for a moment, and leave it so."""
        if is_open:
            self._make_room()
            self._talk.open_table(True)
        else:
            self._talk.open_table(False)
            QTimer.singleShot(0, self, self._make_room)  # once the room is free

    def _make_room(self) -> None:
        """While the figures are open they stand in place of the mood, then of the words."""
        is_open = self._talk.more.isChecked()
        for part in (self._plot, self._mood, self._turns, self._rules):
            part.setVisible(not (is_open and self._window < self._theme.px(_LOW)))
        self._live.setVisible(not (is_open and self._window < self._theme.px(_LOWEST)))

    @Slot()
    def _show_newest(self) -> None:
        self._newest.setVisible(not self._story.is_following)


def _mood_words(course: tuple[tuple[int, float], ...], emotion: str) -> str:
    if not course:
        return tr("no mood read yet")
    now = course[-1][1]
    mood = tr("mood {word} ({number})", word=mood_word(now), number=signed(now))
    return f"{mood} · {emotion}" if emotion else mood


def _phase_of(state: CallState) -> str:
    if not state.is_live:
        return tr("ended")
    return tr("paused") if state.phase is Phase.PAUSED else ""


def _padded(widget: QWidget) -> QWidget:
    holder = QWidget()
    holder.setLayout(column(widget, margins=(GAP_LARGE, GAP_LARGE, GAP_LARGE, GAP_LARGE)))
    return holder
