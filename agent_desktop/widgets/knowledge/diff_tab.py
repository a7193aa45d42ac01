"""Any two versions compared, or one with the text in the editor."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from agent_desktop.theme import GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.article_history import EDITOR
from agent_desktop.view_models.article_life import state_word
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.view_models.text_diff import counts
from agent_desktop.widgets.knowledge.diff_view import DiffView
from agent_desktop.widgets.shared.choice import Choice
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.empty_state import EmptyState
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.text import label


class DiffTab(QWidget):
    """Follows `KnowledgeModel.history`: which versions, and what differs between them."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._old = self._make_choice(tr("Older text"), theme=theme)
        self._new = self._make_choice(tr("Newer text"), theme=theme)
        self._counts = ElidedLabel(look="small-muted")
        self._view = DiffView(theme=theme)
        self._empty = EmptyState("")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._view)
        self._pages.addWidget(self._empty)
        arrow = label("→", look="muted")
        head = row(self._old, arrow, self._new, gap=GAP_SMALL)
        head.addWidget(self._counts, 1)
        layout = column(head, gap=GAP_SMALL)
        layout.addWidget(self._pages, 1)
        self.setLayout(layout)

    def refresh(self) -> None:
        """Show the comparison as it is now."""
        history = self._model.history
        history.fetch()
        self._fill(self._old, chosen=history.old)
        self._fill(self._new, chosen=history.new)
        lines = history.lines
        if lines is None:
            self._counts.say("")
            self._empty.say(tr("Fetching the version…"), history.problem)
        else:
            added, removed = counts(lines)
            self._counts.say(tr("+ {added} · − {removed} lines", added=added, removed=removed))
            self._view.show_lines(lines)
            self._empty.say(tr("No difference"), tr("Both texts are the same."))
        self._pages.setCurrentIndex(0 if lines else 1)

    def _make_choice(self, name: str, *, theme: Theme) -> Choice:
        made = Choice(name, theme=theme, look="small")
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        made.activated.connect(self._choose)
        return made

    def _fill(self, choice: Choice, *, chosen: int) -> None:
        names = {EDITOR: tr("editor")}
        article = self._model.editor.article
        if article is not None and article.version:
            names[article.version] = tr("v{version} (saved)", version=article.version)
        for kept in self._model.history.versions:
            word = state_word(kept.state)
            names[kept.version] = tr("v{version} {state}", version=kept.version, state=word)
        names.setdefault(chosen, tr("v{version}", version=chosen))
        wanted = list(names.items())
        if wanted != [(choice.itemData(n), choice.itemText(n)) for n in range(choice.count())]:
            choice.clear()
            for version, name in wanted:
                choice.addItem(name, version)
        choice.setCurrentIndex(choice.findData(chosen))

    @Slot()
    def _choose(self) -> None:
        self._model.history.show_versions(self._old.currentData(), self._new.currentData())
