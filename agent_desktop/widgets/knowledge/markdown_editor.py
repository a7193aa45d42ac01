"""The text of an article; lines that differ from what is saved have a tinted ground."""

from difflib import SequenceMatcher

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QTextCursor, QTextFormat
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit

from agent_desktop.theme import Size, Theme, Tone
from agent_desktop.translation import tr
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

    @Slot()
    def _on_change(self) -> None:
        if not self._is_showing:
            self.edited.emit(self.text())

    def _mark_changes(self) -> None:
        lines = self.text().split("\n")
        marks = []
        if lines != self._saved:
            matcher = SequenceMatcher(a=self._saved, b=lines, autojunk=False)
            for kind, _, _, first, last in matcher.get_opcodes():
                if kind in {"replace", "insert"}:
                    marks += [self._mark(line) for line in range(first, last)]
        self.setExtraSelections(marks)

    def _mark(self, line: int) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(self.document().findBlockByNumber(line))
        mark.format.setBackground(QColor(self._theme.tone_surface(Tone.POSITIVE)))
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return mark
