"""The opened call word by word; it follows the newest words until the person scrolls back."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView

from agent_desktop.theme import Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.story_model import StoryModel
from agent_desktop.widgets.shared.steady_list import SteadyList
from agent_desktop.widgets.supervisor.story_delegate import StoryDelegate
from assist_engine.contract.ids import UtteranceId


class StoryList(SteadyList):
    """At the end it stays at the end; elsewhere it stays where it is."""

    def __init__(self, model: StoryModel, *, theme: Theme) -> None:
        super().__init__()
        self._follows = True
        self._story = model
        self._painter = StoryDelegate(model, theme=theme, parent=self)
        self.setModel(model)
        self.setItemDelegate(self._painter)
        self.setObjectName("story")
        self.setAccessibleName(tr("What was said and shown"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(self._note_place)
        self.verticalScrollBar().rangeChanged.connect(self._follow)

    @property
    def is_following(self) -> bool:
        """Whether the newest words are kept in sight."""
        return self._follows

    def keeps_height(self, row: int) -> bool:
        """Whether the words of an entry still need as many lines."""
        return self._painter.keeps_height(row)

    @Slot(object)
    def show_place(self, utterance_id: UtteranceId) -> None:
        """Bring an utterance into sight and mark it."""
        row = self._story.row_of(utterance_id)
        if row is None:
            return
        self._painter.marked = utterance_id
        self._follows = False
        self.scrollTo(self._story.index(row), QListView.ScrollHint.PositionAtCenter)
        self.viewport().update()

    @Slot()
    def follow(self) -> None:
        """Go to the newest words and stay there."""
        self._painter.marked = None
        self._follows = True
        self.scrollToBottom()

    @Slot(int)
    def _note_place(self, value: int) -> None:
        self._follows = value >= self.verticalScrollBar().maximum() - 4

    @Slot(int, int)
    def _follow(self, low: int, high: int) -> None:
        if self._follows:
            self.verticalScrollBar().setValue(high)
