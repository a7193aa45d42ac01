"""An article as agents read it: Markdown with our sizes and spaces."""

from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QFrame, QTextBrowser

from agent_desktop.theme import GAP_LARGE, GAP_SMALL, GAP_TINY, Size, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.passage import plain

_HEADING_PX = {1: 18, 2: 15}  # smaller ones are of the size of the text


class MarkdownPreview(QTextBrowser):
    """HTML in the text is shown as text; links open nothing."""

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown = ""
        self.setAccessibleName(tr("Preview"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setStyleSheet("QTextBrowser { background: transparent; border: none; padding: 0; }")

    def render_text(self, markdown: str) -> None:
        """Show an article; its front matter is left out."""
        if markdown == self._shown:
            return
        self._shown = markdown
        no_html = QTextDocument.MarkdownFeature.MarkdownNoHTML
        dialect = QTextDocument.MarkdownFeature.MarkdownDialectGitHub
        self.document().setDocumentMargin(0)
        self.document().setMarkdown(plain(markdown), no_html | dialect)
        self._space_out()

    def follow_text(self, markdown: str) -> None:
        """Show the text as it is typed; what is read stays in sight."""
        place = self.verticalScrollBar().value()
        self.render_text(markdown)
        self.verticalScrollBar().setValue(place)

    def _space_out(self) -> None:
        cursor = QTextCursor(self.document())
        block = self.document().begin()
        while block.isValid():
            cursor.setPosition(block.position())
            level = block.blockFormat().headingLevel()
            is_item = block.textList() is not None
            spaces = QTextBlockFormat()
            spaces.setTopMargin(self._theme.px(GAP_LARGE) if level and block.blockNumber() else 0)
            spaces.setBottomMargin(self._theme.px(GAP_TINY if level or is_item else GAP_SMALL))
            spaces.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            cursor.mergeBlockFormat(spaces)
            if level:
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                cursor.mergeCharFormat(self._heading(level))
            block = block.next()

    def _heading(self, level: int) -> QTextCharFormat:
        font = self._theme.font(Size.BODY, weight=QFont.Weight.DemiBold)
        font.setPixelSize(self._theme.px(_HEADING_PX.get(level, 13)))
        made = QTextCharFormat()
        made.setFont(font)
        return made
