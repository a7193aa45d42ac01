"""The list of articles with its filters, and below it what callers asked without an answer."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
)

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.articles_model import ArticlesModel, Shelf
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.widgets.knowledge.article_table import ArticleTable
from agent_desktop.widgets.knowledge.gaps_section import GapsSection
from agent_desktop.widgets.shared.choice import Choice
from agent_desktop.widgets.shared.empty_state import EmptyState
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.panel import divider


class ArticlesPane(QFrame):
    """Choosing a line opens the article; Return in the search field goes to the list."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.setProperty("look", "panel")
        self.setAccessibleName(tr("Articles"))
        self._articles = ArticlesModel(model, parent=self)
        self.search_field = Field(tr("Find an article"), hint=tr("Find an article…"))
        self.search_field.setToolTip(tr("Find an article (Ctrl+F)"))
        self._chips: dict[Shelf, QPushButton] = {}
        self.list = ArticleTable(self._articles, theme=theme)
        self.gaps = GapsSection(model, theme=theme)
        self._empty = EmptyState("")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        self._tag = self._make_choice(tr("Tag"))
        self._owner = self._make_choice(tr("Owner"))
        head = column(self.search_field, gap=GAP_SMALL, margins=(GAP_LARGE, GAP, GAP_LARGE, GAP))
        head.addLayout(self._make_chips())
        head.addLayout(row(self._tag, self._owner, gap=GAP_TINY))
        layout = column(head, divider(), gap=0, margins=(1, 1, 1, 1))
        layout.addWidget(self._pages, 3)
        layout.addWidget(self.gaps, 2)
        self.setLayout(layout)
        self._connect()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show counts, lines, or why there are none."""
        for shelf, chip in self._chips.items():
            count = self._articles.count(shelf)
            text = f"{_shelf_words(shelf)} {count}"
            chip.setText(text)
            chip.setAccessibleName(text)
            chip.setVisible(count > 0 or chip.isChecked() or shelf is Shelf.ALL)
        self._fill(self._tag, tr("any tag"), self._articles.tags)
        self._fill(self._owner, tr("any owner"), self._articles.owners)
        self._show_pages()
        self._mark_opened()

    def show_shelf(self, shelf: Shelf) -> None:
        """Show only the articles of a shelf; keys go to the list."""
        self._chips[shelf].setChecked(True)
        self._choose_shelf(shelf)
        self.list.setFocus()

    def _connect(self) -> None:
        model = self._model
        self.search_field.textChanged.connect(self._filter)
        self.search_field.left.connect(self.search_field.clear)
        self.search_field.entered.connect(self._enter_list)
        self.list.chosen.connect(model.editor.open_article)
        self._tag.activated.connect(self._choose_tag)
        self._owner.activated.connect(self._choose_owner)
        model.listing.changed.connect(self.refresh)
        model.editor.opened.connect(self._mark_opened)
        model.link_changed.connect(self._show_pages)

    def _make_chips(self) -> Flow:
        group, layout = QButtonGroup(self), Flow(gap=GAP_TINY + 2)
        for shelf in Shelf:
            chip = QPushButton()
            chip.setProperty("look", "chip")
            chip.setCheckable(True)
            chip.setChecked(shelf is Shelf.ALL)
            chip.setToolTip(_shelf_tip(shelf))
            inner = self._theme.px(20) - 2  # without the border
            chip.setStyleSheet(f"min-height: {inner}px; max-height: {inner}px;")
            chip.clicked.connect(lambda _=False, wanted=shelf: self._choose_shelf(wanted))
            group.addButton(chip)
            layout.addWidget(chip)
            self._chips[shelf] = chip
        return layout

    def _make_choice(self, name: str) -> Choice:
        made = Choice(name, theme=self._theme, look="small")
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        return made

    def _fill(self, choice: Choice, anything: str, names: tuple[str, ...]) -> None:
        wanted = [anything, *names]
        if wanted == [choice.itemText(n) for n in range(choice.count())]:
            return
        chosen = choice.currentData()
        choice.clear()
        choice.addItem(anything, "")
        for name in names:
            choice.addItem(name, name)
        choice.setCurrentIndex(max(0, choice.findData(chosen)))

    @Slot()
    def _show_pages(self) -> None:
        self._pages.setCurrentIndex(0 if self._articles.rowCount() else 1)
        problem, listing = self._model.listing.problem, self._model.listing
        if problem:
            self._empty.say(tr("The articles could not be listed"), problem)
        elif listing.is_listed and listing.articles:
            self._empty.say(tr("No article matches"), tr("Escape clears the search."))
        elif listing.is_listed:
            self._empty.say(
                tr("No articles yet"),
                tr("Begin one with Ctrl+N, or import a folder with attune-kb import."),
            )
        elif self._model.link is LinkPhase.CONNECTED:
            status = self._model.status
            progress = None if status.is_ready else status.progress
            self._empty.say(tr("Loading"), status.stage, progress=progress)
        else:
            self._empty.say(tr("No engine yet"), self._model.link_reason or tr("Connecting…"))

    @Slot()
    def _mark_opened(self) -> None:
        opened = self._model.editor.article
        if opened is not None or not self.list.hasFocus():
            self.list.show_article(opened.article_id if opened else None)

    @Slot(str)
    def _filter(self, text: str) -> None:
        self._articles.set_filter(text)
        self._show_pages()

    def _choose_shelf(self, shelf: Shelf) -> None:
        self._articles.set_shelf(shelf)
        self._show_pages()

    @Slot()
    def _choose_tag(self) -> None:
        self._articles.set_tag(self._tag.currentData())
        self._show_pages()

    @Slot()
    def _choose_owner(self) -> None:
        self._articles.set_owner(self._owner.currentData())
        self._show_pages()

    @Slot()
    def _enter_list(self) -> None:
        if self._articles.rowCount():
            self.list.setFocus()
            if not self.list.selectionModel().hasSelection():
                self.list.setCurrentIndex(self._articles.index(0))


def _shelf_words(shelf: Shelf) -> str:
    return {
        Shelf.ALL: tr("all"),
        Shelf.DRAFT: tr("draft"),
        Shelf.IN_REVIEW: tr("in review"),
        Shelf.APPROVED: tr("approved"),
        Shelf.PUBLISHED: tr("published"),
        Shelf.ARCHIVED: tr("archived"),
        Shelf.REVIEW_DUE: tr("review due"),
        Shelf.STALE: tr("stale"),
    }[shelf]


def _shelf_tip(shelf: Shelf) -> str:
    if shelf is Shelf.STALE:
        return tr("No longer valid, or its review is overdue by a month")
    return _shelf_words(shelf)
