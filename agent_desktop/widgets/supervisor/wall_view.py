"""The supervisor's wall: the calls that need help now, all calls, and the opened one."""

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.calls_table_model import CallsTableModel
from agent_desktop.view_models.rules_notice import rules_notice
from agent_desktop.view_models.wall_model import WallModel
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.empty_state import EmptyState
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.notice_bar import NoticeBar
from agent_desktop.widgets.shared.text import caption
from agent_desktop.widgets.shared.top_bar import TopBar
from agent_desktop.widgets.supervisor.calls_table import CallsTable
from agent_desktop.widgets.supervisor.drill_in import DrillIn
from agent_desktop.widgets.supervisor.figures_row import FiguresRow
from agent_desktop.widgets.supervisor.needs_you import NeedsYou
from assist_engine.contract.ids import CallId

_DRILL_IN_SHARE = 0.3


class WallView(QWidget):
    """Ctrl+F finds, Return opens, Escape closes. Lists stand still under the mouse."""

    def __init__(self, model: WallModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._calls = CallsTableModel(model, parent=self)
        self._link = Chip(theme=theme)
        self._find = Field(
            tr("Find a call, customer, word"), hint=tr("Find a call, customer, word…")
        )
        self._figures = FiguresRow(theme=theme)
        self._needs_you = NeedsYou(model, name=tr("Needs you"), theme=theme)
        self._table = CallsTable(self._calls, theme=theme)
        self._drill_in = DrillIn(model, theme=theme)
        self._lists = self._make_lists()
        body = row(self._lists, self._drill_in, gap=GAP)
        self.notice = NoticeBar(theme=theme)
        page = column(self.notice, self._figures, gap=GAP, margins=(GAP, GAP, GAP, GAP))
        page.addLayout(body, 1)
        outer = column(self._make_bar(), gap=0)
        outer.addLayout(page, 1)
        self.setLayout(outer)
        self._connect()
        self.refresh()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    @Slot()
    def refresh(self) -> None:
        """Show figures, lists and link as they are now."""
        figures = self._model.figures
        self._figures.say(figures)
        self._needs_you.refresh()
        is_needed = self._needs_you.current is not None
        for part in self._needs_parts:
            part.setVisible(is_needed)
        words, tone = _link_words(self._model)
        self._link.say(words, tone=tone)
        self.notice.show_notice(rules_notice(self._model.status.problem))
        self._pages.setCurrentIndex(1 if self._model.rows else 0)
        self._say_empty()
        self._nothing_found.setVisible(bool(self._find.text()) and self._calls.rowCount() == 0)
        self._mark_primary()
        if self.hasFocus() and self._model.rows:  # nothing else was chosen yet
            self._table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the opened call its share of the width."""
        super().resizeEvent(event)
        width = max(self._theme.px(320), round(self.width() * _DRILL_IN_SHARE))
        self._drill_in.setFixedWidth(min(width, self.width() // 2))
        self._drill_in.share_height(self.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold the order of the lists while the mouse is over them."""
        if watched is self._lists:
            if event.type() == QEvent.Type.Enter:
                self._model.hold_order()
            elif event.type() == QEvent.Type.Leave:
                self._model.release_order()
        return super().eventFilter(watched, event)

    def _make_bar(self) -> TopBar:
        bar = TopBar((tr("Wall"),), theme=self._theme)
        self._find.setFixedWidth(self._theme.px(240))
        self._find.setClearButtonEnabled(False)
        bar.right.setSpacing(GAP_LARGE)
        bar.right.addWidget(self._link)
        bar.right.addWidget(self._find)
        return bar

    def _make_lists(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("look", "panel")
        needs = caption(tr("Needs you"), look="caption-negative")
        needs.setContentsMargins(GAP_LARGE, GAP, GAP_LARGE, GAP_SMALL)
        everything = caption(tr("All calls"))
        everything.setContentsMargins(GAP_LARGE, GAP_LARGE, GAP_LARGE, 0)
        self._nothing_found = EmptyState(tr("No call matches"), tr("Escape clears the search."))
        self._needs_parts = (needs, self._needs_you)
        calls = QWidget()
        layout: QVBoxLayout = column(needs, self._needs_you, everything, gap=0)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._nothing_found, 1)
        calls.setLayout(layout)
        self._empty = EmptyState("")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(calls)
        frame.setLayout(column(self._pages, margins=(1, 1, 1, 1)))
        frame.installEventFilter(self)
        return frame

    def _connect(self) -> None:
        self._model.changed.connect(self.refresh)
        self._model.opened_changed.connect(self._mark_primary)
        self._table.call_chosen.connect(self._open)
        self._needs_you.open_wanted.connect(self._open)
        self._needs_you.whisper_wanted.connect(self._whisper)
        self._needs_you.current_changed.connect(self._mark_primary)
        self._drill_in.draft_changed.connect(self._mark_primary)
        self._find.textChanged.connect(self._search)
        self._find.left.connect(self._find.clear)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._find.setFocus)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._model.close_call)

    def _say_empty(self) -> None:
        status, link = self._model.status, self._model.link
        if link is LinkPhase.CONNECTED and status.is_ready:
            self._empty.say(
                tr("All quiet"), tr("No live calls. A call appears here when it starts.")
            )
        elif link is LinkPhase.CONNECTED:
            self._empty.say(tr("The engine is starting"), status.stage, progress=status.progress)
        else:
            self._empty.say(tr("No engine yet"), self._model.link_reason or tr("Connecting…"))

    @Slot()
    def _mark_primary(self) -> None:
        """One accent button on screen: the whisper being written, else the call to open."""
        is_writing = self._model.opened is not None and self._drill_in.whisper.has_draft
        self._drill_in.whisper.set_primary(is_writing)
        opened = self._model.opened
        current = self._needs_you.current
        is_open = opened is not None and opened.call_id == current
        self._needs_you.mark_primary(None if is_writing or is_open else current)

    @Slot(str)
    def _search(self, text: str) -> None:
        self._calls.set_filter(text)
        self.refresh()

    @Slot(object)
    def _open(self, call_id: CallId) -> None:
        self._model.open_call(call_id)

    @Slot(object)
    def _whisper(self, call_id: CallId) -> None:
        self._model.open_call(call_id)
        self._drill_in.whisper.start()


def _link_words(model: WallModel) -> tuple[str, Tone]:
    if model.link is LinkPhase.CONNECTED:
        is_ready = model.status.is_ready
        return ("", Tone.NEUTRAL) if is_ready else (model.status.stage, Tone.WARNING)
    if model.link is LinkPhase.RECONNECTING:
        return tr("reconnecting · commands are sent later"), Tone.WARNING
    if model.link is LinkPhase.CLOSED:
        return tr("not connected"), Tone.NEGATIVE
    return tr("connecting"), Tone.NEUTRAL
