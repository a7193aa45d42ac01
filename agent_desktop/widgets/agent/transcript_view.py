"""The list of the conversation: follows what is said until a person scrolls back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView

from agent_desktop.theme import Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.transcript_model import TranscriptModel
from agent_desktop.widgets.agent.transcript_delegate import TranscriptDelegate
from agent_desktop.widgets.shared.steady_list import SteadyList
from assist_engine.contract.ids import UtteranceId

_NEAR_END = 4


class TranscriptView(SteadyList):
    """`following_changed(bool)`: whether the newest words are kept in sight."""

    following_changed = Signal(bool)

    def __init__(self, transcript: TranscriptModel, *, theme: Theme) -> None:
        super().__init__()
        self.is_following = True
        self._transcript = transcript
        self._painter = TranscriptDelegate(transcript, theme=theme)
        self.setAccessibleName(tr("Conversation"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(self._painter)
        self.setModel(transcript)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._keep_up)
        bar.valueChanged.connect(self._scrolled)
        transcript.rowsRemoved.connect(self._painter.forget)
        self._is_keeping_up = False

    def follow(self) -> None:
        """Go to the newest words and stay there."""
        self._painter.mark(None)
        self._set_following(True)
        self._keep_up()
        self.viewport().update()

    def show_place(self, utterance_id: UtteranceId) -> None:
        """Bring an utterance into sight and mark it; following stops."""
        row = self._transcript.row_of(utterance_id)
        if row is None:
            return
        self._painter.mark(utterance_id)
        self._set_following(False)
        self.scrollTo(self._transcript.index(row), QListView.ScrollHint.PositionAtCenter)
        self.viewport().update()

    def underline(self, quotes: dict[UtteranceId, tuple[str, ...]]) -> None:
        """Underline the words that cards on screen rest on."""
        self._painter.underline(quotes)
        self.viewport().update()

    def selected_text(self) -> str:
        """The chosen rows as text, in order."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return "\n".join(str(self._transcript.index(row).data()) for row in rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy chosen rows; End follows again; letters are left to the shortcuts."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        elif event.key() == Qt.Key.Key_End:
            self.follow()
        else:
            super().keyPressEvent(event)

    def keeps_height(self, row: int) -> bool:
        """Whether the words of a row still need as many lines."""
        return self._painter.keeps_height(row)

    def keyboardSearch(self, search: str) -> None:
        """Letters do not jump through the conversation."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the words out for the new width."""
        self._painter.width = self.viewport().width()
        self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)

    def _set_following(self, is_following: bool) -> None:
        if is_following != self.is_following:
            self.is_following = is_following
            self.following_changed.emit(is_following)

    def _keep_up(self) -> None:
        if self.is_following:
            self._is_keeping_up = True
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
            self._is_keeping_up = False

    def _scrolled(self, value: int) -> None:
        if not self._is_keeping_up:
            self._set_following(value >= self.verticalScrollBar().maximum() - _NEAR_END)
