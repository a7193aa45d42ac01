"""Two texts compared line by line: + and − before a line, and a tinted ground."""

from PySide6.QtGui import QColor, QFont, QFontDatabase, QTextCursor, QTextFormat
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit

from agent_desktop.theme import Size, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.text_diff import Change, DiffLine

_TONES = {Change.ADDED: Tone.POSITIVE, Change.REMOVED: Tone.NEGATIVE}


class DiffView(QPlainTextEdit):
    """Read only; its text can be selected and copied."""

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[DiffLine, ...] | None = None
        self.setAccessibleName(tr("Changes, line by line"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.pixels(Size.BODY) - 1)
        font.setStyleHint(QFont.StyleHint.Monospace)
        families = ", ".join(f'"{family}"' for family in (*font.families(), "monospace"))
        self.setStyleSheet(
            "QPlainTextEdit { background: transparent; border: none; padding: 0;"
            f" font-family: {families}; font-size: {font.pixelSize()}px; }}"
        )
        self.document().setDocumentMargin(0)

    def show_lines(self, lines: tuple[DiffLine, ...]) -> None:
        """Show a comparison; the place that is read stays in sight."""
        if lines == self._shown:
            return
        self._shown = lines
        place = self.verticalScrollBar().value()
        self.setPlainText("\n".join(f"{line.change.value} {line.text}" for line in lines))
        marks: list[QTextEdit.ExtraSelection] = []
        for n, line in enumerate(lines):
            if line.change in _TONES:
                marks += [self._mark(n, line.change, start=start) for start in (0, -1)]
        self.setExtraSelections(marks)
        self.verticalScrollBar().setValue(place)

    def _mark(self, line: int, change: Change, *, start: int) -> QTextEdit.ExtraSelection:
        """From `start` of a line to its end; -1 only fills what its end leaves of the width."""
        mark = QTextEdit.ExtraSelection()
        block = self.document().findBlockByNumber(line)
        end = block.position() + block.length() - 1
        mark.cursor = QTextCursor(self.document())
        mark.cursor.setPosition(end if start < 0 else block.position() + start)
        mark.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        mark.format.setBackground(QColor(self._theme.tone_surface(_TONES[change])))
        mark.format.setForeground(QColor(self._theme.tone(_TONES[change])))
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return mark
