"""The list of articles with its filters."""

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFrame,
    QListView,
    QPushButton,
    QStackedWidget,
)

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.articles_model import ArticlesModel, ArticleState
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.knowledge_model import KnowledgeModel, Part
from agent_desktop.widgets.knowledge.article_delegate import ArticleDelegate
from agent_desktop.widgets.shared.empty_state import EmptyState
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.panel import divider


class ArticlesPane(QFrame):
    """Choosing a line opens the article; Down in the search field goes to the list."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.setProperty("look", "panel")
        self.setAccessibleName(tr("Articles"))
        self._articles = ArticlesModel(model, parent=self)
        self.search_field = Field(tr("Find an article"), hint=tr("Find an article…"))
        self._states: dict[ArticleState, QPushButton] = {}
        self.list = self._make_list()
        self._empty = EmptyState("")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        chips = self._make_chips()
        head = column(self.search_field, gap=GAP_SMALL, margins=(GAP_LARGE, GAP, GAP_LARGE, GAP))
        head.addWidget(chips)
        layout = column(head, divider(), gap=0, margins=(1, 1, 1, 1))
        layout.addWidget(self._pages, 1)
        self.setLayout(layout)
        self.search_field.textChanged.connect(self._filter)
        self.search_field.left.connect(self.search_field.clear)
        self.search_field.entered.connect(self._enter_list)
        model.articles_changed.connect(self.refresh)
        model.editor_changed.connect(self._mark_opened)
        model.release_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show counts, lines, or why there are none."""
        names = {
            ArticleState.ALL: tr("all"),
            ArticleState.DRAFT: tr("draft"),
            ArticleState.PUBLISHED: tr("published"),
        }
        for state, chip in self._states.items():
            text = f"{names[state]} {self._articles.count(state)}"
            chip.setText(text)
            chip.setAccessibleName(text)
        self._pages.setCurrentIndex(0 if self._articles.rowCount() else 1)
        self._say_empty()
        self._mark_opened()

    def _make_list(self) -> QListView:
        made = QListView()
        made.setModel(self._articles)
        made.setItemDelegate(ArticleDelegate(theme=self._theme, parent=made))
        made.setAccessibleName(tr("Articles"))
        made.setFrameShape(QFrame.Shape.NoFrame)
        made.setUniformItemSizes(True)
        made.setMouseTracking(True)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        made.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.clicked.connect(self._choose)
        made.activated.connect(self._choose)
        return made

    def _make_chips(self) -> QFrame:
        group = QButtonGroup(self)
        holder = QFrame()
        layout = row(gap=GAP_SMALL)
        for state in ArticleState:
            chip = QPushButton()
            chip.setProperty("look", "chip")
            chip.setCheckable(True)
            chip.setChecked(state is ArticleState.ALL)
            inner = self._theme.px(20) - 2  # without the border
            chip.setStyleSheet(f"min-height: {inner}px; max-height: {inner}px;")
            chip.clicked.connect(lambda _=False, wanted=state: self._choose_state(wanted))
            group.addButton(chip)
            layout.addWidget(chip)
            self._states[state] = chip
        layout.addStretch(1)
        holder.setLayout(layout)
        return holder

    def _say_empty(self) -> None:
        problem = self._model.problem(Part.LIST)
        if problem:
            self._empty.say(tr("The articles could not be listed"), problem)
        elif self._model.is_listed and self._model.articles:
            self._empty.say(tr("No article matches"), tr("Escape clears the search."))
        elif self._model.is_listed:
            self._empty.say(tr("No articles yet"), tr("Import a folder with attune-kb import."))
        elif self._model.link is LinkPhase.CONNECTED:
            status = self._model.status
            progress = None if status.is_ready else status.progress
            self._empty.say(tr("Loading"), status.stage, progress=progress)
        else:
            self._empty.say(tr("No engine yet"), self._model.link_reason or tr("Connecting…"))

    @Slot()
    def _mark_opened(self) -> None:
        opened = self._model.article
        line = self._articles.line_of(opened.article_id) if opened else -1
        if line >= 0:
            self.list.setCurrentIndex(self._articles.index(line))
        else:
            self.list.clearSelection()

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        article = self._articles.article(index.row())
        if article is not None:
            self._model.open_article(article.article_id)

    @Slot(str)
    def _filter(self, text: str) -> None:
        self._articles.set_filter(text)
        self.refresh()

    def _choose_state(self, state: ArticleState) -> None:
        self._articles.set_state(state)
        self.refresh()

    @Slot()
    def _enter_list(self) -> None:
        if self._articles.rowCount():
            self.list.setFocus()
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self._articles.index(0))
