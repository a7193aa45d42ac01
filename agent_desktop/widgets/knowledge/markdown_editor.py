"""The text of an article; words that differ from what is saved have a tinted ground."""

from difflib import SequenceMatcher

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QResizeEvent,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit

from agent_desktop.theme import Size, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.text_diff import changed_words
from agent_desktop.widgets.knowledge.markdown_highlighter import MarkdownHighlighter

_PARAGRAPH = "\N{PARAGRAPH SEPARATOR}"


class MarkdownEditor(QPlainTextEdit):
    """`edited(str)` when the person changed the text, not when it is shown."""

    edited = Signal(str)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._saved: list[str] = []
        self._is_showing = False
        self.setAccessibleName(tr("Article text in Markdown"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.pixels(Size.BODY))
        font.setStyleHint(QFont.StyleHint.Monospace)
        families = ", ".join(f'"{family}"' for family in (*font.families(), "monospace"))
        self.setStyleSheet(
            "QPlainTextEdit { background: transparent; border: none; padding: 0;"
            f" font-family: {families}; }}"
        )
        self.document().setDocumentMargin(0)
        self._marks = MarkdownHighlighter(self.document(), theme=theme)
        self.textChanged.connect(self._on_change)

    def text(self) -> str:
        """The text as it is; `toPlainText` would turn no-break spaces into spaces."""
        return self.document().toRawText().replace(_PARAGRAPH, "\n")

    def show_text(self, text: str, *, saved: str) -> None:
        """Show a text where it is not shown yet, and mark what differs from `saved`."""
        self._saved = saved.split("\n")
        if text != self.text():
            self._is_showing = True
            self.setPlainText(text)
            self._is_showing = False
        self._mark_changes()

    def put_text(self, text: str, *, saved: str) -> None:
        """Put another text in place of what is written; Ctrl+Z brings that back."""
        if text != self.text():
            self._is_showing = True
            cursor = QTextCursor(self.document())
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(text)
            self._is_showing = False
        self.show_text(text, saved=saved)

    def go_to_work(self) -> None:
        """Put the cursor where writing goes on: an empty title, else the text below the matter."""
        lines = self.text().split("\n")
        empty = next((n for n, line in enumerate(lines) if line.strip() == "title:"), -1)
        body = 0
        if lines[0].rstrip() == "---" and "---" in lines[1:]:
            body = min(lines.index("---", 1) + 1, len(lines) - 1)
        block = self.document().findBlockByNumber(max(body, 0) if empty < 0 else empty)
        cursor = QTextCursor(block)
        if empty >= 0:
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        self.setTextCursor(cursor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A cursor that is in sight stays in sight."""
        was_seen = self.viewport().rect().contains(self.cursorRect().topLeft())
        super().resizeEvent(event)
        if was_seen:
            self.ensureCursorVisible()

    @Slot()
    def _on_change(self) -> None:
        if not self._is_showing:
            self.edited.emit(self.text())

    def _mark_changes(self) -> None:
        lines = self.text().split("\n")
        marks = []
        if lines != self._saved:
            matcher = SequenceMatcher(a=self._saved, b=lines, autojunk=False)
            for kind, a, b, first, last in matcher.get_opcodes():
                if kind in {"replace", "insert"}:
                    marks += self._mark_lines(a, b, first, last)
        self.setExtraSelections(marks)

    def _mark_lines(
        self, old_first: int, old_last: int, first: int, last: int
    ) -> list[QTextEdit.ExtraSelection]:
        """Lines that took the place of as many others are marked word by word."""
        if last - first != old_last - old_first:
            return [self._mark(line) for line in range(first, last)]
        marks = []
        for old, line in zip(range(old_first, old_last), range(first, last), strict=True):
            text = self.document().findBlockByNumber(line).text()
            found = changed_words(self._saved[old], text)
            marks += [self._mark(line, start, end) for start, end in found]
        return marks

    def _mark(self, line: int, start: int = 0, end: int = -1) -> QTextEdit.ExtraSelection:
        """Mark a part of a line; without an end the whole line."""
        block = self.document().findBlockByNumber(line)
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(block)
        mark.cursor.setPosition(block.position() + start)
        till = block.position() + (block.length() - 1 if end < 0 else end)
        mark.cursor.setPosition(till, QTextCursor.MoveMode.KeepAnchor)
        mark.format.setBackground(QColor(self._theme.tone_surface(Tone.POSITIVE)))
        mark.format.setForeground(QColor(self._theme.positive))
        if end < 0:
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return mark
