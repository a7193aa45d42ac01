"""The opened call word by word; it follows the newest words until the person scrolls back."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView

from agent_desktop.theme import Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.story_model import StoryModel
from agent_desktop.widgets.supervisor.story_delegate import StoryDelegate


class StoryList(QListView):
    """At the end it stays at the end; elsewhere it stays where it is."""

    def __init__(self, model: StoryModel, *, theme: Theme) -> None:
        super().__init__()
        self._follows = True
        self.setModel(model)
        self.setItemDelegate(StoryDelegate(theme=theme, parent=self))
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

    @Slot()
    def follow(self) -> None:
        """Go to the newest words and stay there."""
        self._follows = True
        self.scrollToBottom()

    @Slot(int)
    def _note_place(self, value: int) -> None:
        self._follows = value >= self.verticalScrollBar().maximum() - 4

    @Slot(int, int)
    def _follow(self, low: int, high: int) -> None:
        if self._follows:
            self.verticalScrollBar().setValue(high)
