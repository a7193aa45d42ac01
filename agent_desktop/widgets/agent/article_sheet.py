"""A whole article, to read while the call goes on."""

from PySide6.QtWidgets import QWidget

from agent_desktop.theme import Theme
from agent_desktop.translation import tr
from agent_desktop.widgets.knowledge.markdown_preview import MarkdownPreview
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.text import label
from assist_engine.contract.knowledge_answers import ArticleFetched


class ArticleSheet(Overlay):
    """Escape closes it."""

    def __init__(self, parent: QWidget, *, theme: Theme) -> None:
        super().__init__(parent, theme=theme, title=tr("Article"), width=720, height=620)
        self._version = label(look="small-muted")
        self._text = MarkdownPreview(theme=theme)
        self._text.setAccessibleName(tr("Article"))
        close = KeyButton(tr("Close"), theme=theme, look="quiet", cap="Esc")
        close.clicked.connect(self.close_sheet)
        self.header.addWidget(self._version)
        self.header.addWidget(close)
        self.sheet.body.addWidget(self._text, 1)

    def show_article(self, fetched: ArticleFetched) -> None:
        """Show an article from its top."""
        self.title.setText(fetched.article.title)
        self._version.setText(tr("version {number}", number=fetched.article.version))
        self._text.render_text(fetched.markdown)
        self.open()
        self._text.setFocus()
