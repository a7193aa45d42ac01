"""What came of the article in calls: how often it was shown, used, helpful."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QLabel

from agent_desktop.theme import GAP, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.article_use import use_lines
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.widgets.knowledge.marks import MARK_TONES
from agent_desktop.widgets.knowledge.share_bar import ShareBar
from agent_desktop.widgets.shared.panel import Panel
from agent_desktop.widgets.shared.text import label


class UsePanel(Panel):
    """Hidden while no article is opened."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__(tr("In calls"))
        self._model = model
        self._none = label("", look="small-muted", wraps=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(GAP_SMALL - 2)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, ShareBar, QLabel]] = []
        for number in range(len(use_lines(None))):
            line = label(look="small-muted"), ShareBar(theme=theme), label(look="small")
            for place, widget in enumerate(line):
                self._grid.addWidget(widget, number, place)
            self._rows.append(line)
        self.body.addWidget(self._none)
        self.body.addLayout(self._grid)
        model.editor.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the counts of the article in work."""
        article = self._model.editor.article
        self.setVisible(article is not None)
        if article is None:
            return
        is_used = article.use.offered > 0
        self._none.setVisible(not is_used)
        live = article.published_version
        self._none.setText(tr("Not shown yet.") if live else tr("Agents cannot see it yet."))
        for (name, bar, words), line in zip(self._rows, use_lines(article.use), strict=True):
            name.setText(line.name)
            words.setText(line.words)
            bar.show_shares([(line.share, MARK_TONES[line.mark])], name=f"{line.name} {line.words}")
            for widget in (name, bar, words):
                widget.setVisible(is_used)
