"""Ask as a caller would, and see what an agent would be shown if the draft were published."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.view_models.rank_moves import Ranked
from agent_desktop.widgets.knowledge.found_card import FoundCard
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.layout import clear, column
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import caption, label, set_look


class TryPane(QFrame):
    """Asks 300 ms after typing stops; the last answer stays till then."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self._shown: tuple[Ranked, ...] | None = None
        self.setProperty("look", "panel")
        self.setAccessibleName(tr("Try it as a caller"))
        self.field = Field(tr("What a caller says"), hint=tr("where is my parcel…"))
        self.field.setToolTip(tr("What a caller says (Ctrl+T)"))
        self._note = label("", look="small-muted", wraps=True)
        self._cards = ScrollColumn(tr("What is found"), gap=GAP_SMALL)
        head = column(
            caption(tr("Try it as a caller")),
            self.field,
            self._note,
            gap=GAP_SMALL,
            margins=(GAP_LARGE, GAP, GAP_LARGE, GAP_SMALL),
        )
        cards = column(self._cards, margins=(GAP_LARGE, 0, GAP_LARGE - GAP_SMALL, GAP))
        layout = column(head, gap=0, margins=(1, 1, 1, 1))
        layout.addLayout(cards, 1)
        self.setLayout(layout)
        self.field.textChanged.connect(model.trial.try_query)
        self.field.left.connect(self.field.clear)
        model.trial.changed.connect(self.refresh)
        model.listing.changed.connect(self.refresh)
        model.link_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what was found, or why there is nothing."""
        problem = self._model.trial.problem
        set_look(self._note, "error" if problem else "small-muted")
        self._note.setText(problem or self._words())
        if self._model.trial.results != self._shown:
            self._shown = self._model.trial.results
            self._show_cards()

    def _words(self) -> str:
        trial, release = self._model.trial, self._model.listing.release
        if not self._model.status.is_ready:
            return tr("Waits for the engine.")
        if not trial.is_of_draft and not release:
            return tr("Nothing is published yet: publish first, then try.")
        if not trial.query:
            if trial.is_of_draft:
                return tr("Asks your draft beside release {release}.", release=release)
            return tr("Asks release {release}.", release=release)
        if trial.results is None or (trial.is_trying and not trial.results):
            return tr("Searching…")
        return self._verdict(trial.results)

    def _verdict(self, results: tuple[Ranked, ...]) -> str:
        is_answered = any(line.is_shown for line in results)
        release = self._model.listing.release
        if self._model.trial.is_of_draft:
            if is_answered:
                return tr("With your draft, beside release {release}:", release=release)
            return tr("Nothing answers this, not even with your draft.")
        if is_answered:
            return tr("Release {release} answers this.", release=release)
        return tr("Nothing in release {release} answers this.", release=release)

    def _show_cards(self) -> None:
        clear(self._cards.column)
        for line in self._shown or ():
            can_move = self._model.trial.is_of_draft and self._model.listing.release > 0
            card = FoundCard(line, theme=self._theme, can_move=can_move)
            card.open_wanted.connect(self._model.editor.open_article)
            self._cards.column.addWidget(card)
