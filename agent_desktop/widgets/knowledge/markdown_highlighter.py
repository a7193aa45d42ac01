"""Quiet marks in the editor: headings bold, front matter and list marks muted."""

from typing import Final

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from agent_desktop.theme import Theme

_TEXT, _MATTER = 0, 1
_FENCE: Final = "---"


class MarkdownHighlighter(QSyntaxHighlighter):
    """Front matter stands between two fences at the top."""

    def __init__(self, document: QTextDocument, *, theme: Theme) -> None:
        super().__init__(document)
        self._heading = QTextCharFormat()
        self._heading.setFontWeight(QFont.Weight.Bold)
        self._soft = QTextCharFormat()
        self._soft.setForeground(QColor(theme.muted))

    def highlightBlock(self, text: str) -> None:
        """Mark one line; the block state says whether front matter is still open."""
        is_first = self.currentBlock().blockNumber() == 0
        was_matter = self.previousBlockState() == _MATTER
        is_fence = text.rstrip() == _FENCE
        if (is_first and is_fence) or was_matter:
            self.setFormat(0, len(text), self._soft)
            self.setCurrentBlockState(_TEXT if was_matter and is_fence else _MATTER)
            return
        self.setCurrentBlockState(_TEXT)
        if text.startswith("#"):
            self.setFormat(0, len(text), self._heading)
        elif text.startswith(("- ", "* ")):
            self.setFormat(0, 1, self._soft)
