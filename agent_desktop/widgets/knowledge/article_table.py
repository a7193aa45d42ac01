"""The list of articles on screen. A table of one column: Qt lays it out without asking each row."""

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from agent_desktop.theme import Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.articles_model import ArticlesModel
from agent_desktop.widgets.knowledge.article_delegate import LINE_HEIGHT, ArticleDelegate
from assist_engine.contract.ids import ArticleId

_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class ArticleTable(QTableView):
    """Return or a click chooses: `chosen(ArticleId)`. The line in use stays when lines change."""

    chosen = Signal(object)

    def __init__(self, model: ArticlesModel, *, theme: Theme) -> None:
        super().__init__()
        self._articles = model
        self._kept: ArticleId | None = None
        self.setModel(model)
        self.setItemDelegate(ArticleDelegate(theme=theme, parent=self))
        self.setAccessibleName(tr("Articles"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(theme.px(LINE_HEIGHT))
        rows.setDefaultSectionSize(theme.px(LINE_HEIGHT))
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.clicked.connect(self._choose)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._come_back)

    def show_article(self, article_id: ArticleId | None) -> None:
        """Put the keys on an article, or on none where it is not listed."""
        line = self._articles.line_of(article_id) if article_id else -1
        if line < 0:
            self.clearSelection()
        elif line != self.currentIndex().row() or not self.selectionModel().hasSelection():
            self.setCurrentIndex(self._articles.index(line))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Keys begin at the first line."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._articles.rowCount():
            self.setCurrentIndex(self._articles.index(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens the line."""
        if event.key() in _ENTER and self.currentIndex().isValid():
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot()
    def _keep(self) -> None:
        article = self._articles.article(self.currentIndex().row())
        self._kept = article.article_id if article else None

    @Slot()
    def _come_back(self) -> None:
        if self._kept is not None:
            self.show_article(self._kept)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        article = self._articles.article(index.row())
        if article is not None:
            self.chosen.emit(article.article_id)
