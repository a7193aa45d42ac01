"""What a search found: passages, best first, and what to do when none answers."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.customer_model import certainty_word
from agent_desktop.view_models.passage import excerpt
from agent_desktop.widgets.shared.choice_row import ChoiceRow
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import clear, row
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import label
from assist_engine.contract.knowledge_answers import FoundPassage, KnowledgeFound
from assist_engine.contract.values import certainty_of

PASSAGE_LENGTH = 160


class SearchSheet(Overlay):
    """`chosen(ArticleId)` when a passage is chosen; `missed()` to tell the knowledge team."""

    chosen = Signal(object)
    missed = Signal()

    def __init__(self, parent: QWidget, *, theme: Theme) -> None:
        super().__init__(parent, theme=theme, title=tr("Search knowledge"), width=640, height=560)
        self._scroll = ScrollColumn(tr("Found passages"), gap=GAP_TINY)
        self.sheet.body.addWidget(self._scroll, 1)

    def show_found(self, found: KnowledgeFound) -> None:
        """Show what was found; the first passage has the focus."""
        clear(self._scroll.column)
        good = [p for p in found.passages if p.score >= found.threshold]
        if not good:
            self._add_nothing()
        for passage in good:
            self._scroll.column.addWidget(self._row(passage, word=_sure(passage)))
        weak = [p for p in found.passages if p.score < found.threshold]
        if weak:
            self._scroll.column.addWidget(
                label(tr("near, but probably not it"), look="small-muted")
            )
        for passage in weak:
            self._scroll.column.addWidget(self._row(passage, word=""))
        self.open()
        self._focus_first()

    def _row(self, passage: FoundPassage, *, word: str) -> ChoiceRow:
        cut = excerpt(passage.passage, passage.answer, limit=PASSAGE_LENGTH)
        text = f"{cut.before}{cut.answer}{cut.after}".replace("\n", " ")
        heading = f"{passage.title} · {passage.heading}" if passage.heading else passage.title
        choice = ChoiceRow(heading, theme=self._theme, text=text, word=word)
        choice.clicked.connect(lambda: self.chosen.emit(passage.article_id))
        return choice

    def _add_nothing(self) -> None:
        text = label(tr("Nothing in the knowledge base answers this"), look="strong", wraps=True)
        self._scroll.column.addWidget(text)
        tell = KeyButton(tr("Tell the knowledge team"), theme=self._theme)
        tell.describe(tr("Writes the question into the notes of this call"))
        tell.clicked.connect(self.missed)
        self._scroll.column.addLayout(row(tell, None))

    def _focus_first(self) -> None:
        item = self._scroll.column.itemAt(0)
        widget = item.widget() if item is not None else None
        (widget if isinstance(widget, ChoiceRow) else self).setFocus()


def _sure(passage: FoundPassage) -> str:
    return certainty_word(certainty_of(passage.score))
