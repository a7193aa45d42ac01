"""Ask as a caller would, and see what an agent would be shown."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.knowledge_model import KnowledgeModel, Part
from agent_desktop.widgets.knowledge.found_card import FoundCard
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.layout import clear, column
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import caption, label, set_look
from assist_engine.contract.knowledge_answers import KnowledgeFound


class TryPane(QFrame):
    """Searches the release in use 300 ms after typing stops; the last answer stays till then."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self._shown: KnowledgeFound | None = None
        self.setProperty("look", "panel")
        self.setAccessibleName(tr("Try it as a caller"))
        self.field = Field(tr("What a caller says"), hint=tr("where is my parcel…"))
        self._note = label("", look="small-muted", wraps=True)
        self._cards = ScrollColumn(tr("What is found"), gap=GAP_SMALL)
        head = column(
            caption(tr("Try it as a caller")),
            self.field,
            self._note,
            gap=GAP_SMALL,
            margins=(GAP_LARGE, GAP, GAP_LARGE, GAP_SMALL),
        )
        cards = column(self._cards, margins=(GAP_LARGE, 0, GAP_LARGE, GAP))
        layout = column(head, gap=0, margins=(1, 1, 1, 1))
        layout.addLayout(cards, 1)
        self.setLayout(layout)
        self.field.textChanged.connect(model.try_query)
        self.field.left.connect(self.field.clear)
        model.found_changed.connect(self.refresh)
        model.release_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what was found, or why there is nothing."""
        problem = self._model.problem(Part.TRY)
        set_look(self._note, "error" if problem else "small-muted")
        self._note.setText(problem or self._words())
        if self._model.found is not self._shown:
            self._shown = self._model.found
            self._show_cards()

    def _words(self) -> str:
        if not self._model.release:
            return tr("Nothing is published yet: publish first, then try.")
        if not self._model.query:
            return tr("Searches release {release}, not your draft.", release=self._model.release)
        if self._model.is_searching or self._model.found is None:
            return tr("Searching…")
        found = self._model.found
        likely = sum(passage.score >= found.threshold for passage in found.passages)
        if not likely:
            return tr("Nothing in release {release} answers this.", release=self._model.release)
        return tr("Release {release} answers this.", release=self._model.release)

    def _show_cards(self) -> None:
        clear(self._cards.column)
        found = self._shown
        for rank, passage in enumerate(found.passages if found else (), start=1):
            threshold = found.threshold if found else 0.0
            card = FoundCard(passage, rank=rank, threshold=threshold, theme=self._theme)
            card.open_wanted.connect(self._model.open_article)
            self._cards.column.addWidget(card)
