"""Lays out and paints a text with marks: quiet chips for what was redacted, a line for entities."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from agent_desktop.theme import Theme
from agent_desktop.view_models.marked_words import Mark, MarkKind

LEADING = 2  # pixels between lines
_PAD = 2  # of a chip; it must fit in the space between words
Format = QTextLayout.FormatRange


class MarkedText:
    """A text at one width. `formats` are laid over the marks' own."""

    def __init__(
        self,
        text: str,
        *,
        theme: Theme,
        font: QFont,
        width: float,
        marks: Sequence[Mark] = (),
        formats: Sequence[Format] = (),
    ) -> None:
        self._theme = theme
        self._chips = [mark for mark in marks if mark.kind is MarkKind.REDACTED]
        self._layout = QTextLayout(text, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self._layout.setFormats([*(self._format(mark) for mark in marks), *formats])
        self._layout.beginLayout()
        self._height = 0.0
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, self._height))
            self._height += line.height() + LEADING
        self._layout.endLayout()

    @property
    def height(self) -> float:
        """All lines and the space between them, in pixels."""
        return self._height

    def draw(self, painter: QPainter, at: QPointF) -> None:
        """Draw it with the painter's pen, its top left corner at a point."""
        ink = painter.pen()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.line))
        for box in self._boxes():
            radius = min(box.height() / 2, 8.0)
            painter.drawRoundedRect(box.translated(at), radius, radius)
        painter.setPen(ink)
        self._layout.draw(painter, at)

    def _boxes(self) -> Iterator[QRectF]:
        lines = [self._layout.lineAt(n) for n in range(self._layout.lineCount())]
        for mark in self._chips:
            for line in lines:
                start = max(mark.start, line.textStart())
                end = min(mark.end, line.textStart() + line.textLength())
                if start < end:
                    yield _box(line, start, end)

    def _format(self, mark: Mark) -> Format:
        chars = QTextCharFormat()
        if mark.kind is MarkKind.REDACTED:
            chars.setForeground(QColor(self._theme.muted))
        else:
            chars.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
            chars.setUnderlineColor(QColor(self._theme.accent))
        return format_range(mark.start, mark.end - mark.start, chars)


def format_range(start: int, length: int, chars: QTextCharFormat) -> Format:
    """A format for some characters of a text."""
    made = Format()
    made.start, made.length, made.format = start, length, chars
    return made


def _box(line: QTextLine, start: int, end: int) -> QRectF:
    left, right = _x(line, start), _x(line, end)
    return QRectF(left - _PAD, line.y(), right - left + 2 * _PAD, line.height())


def _x(line: QTextLine, at: int) -> float:
    found = line.cursorToX(at)  # the stubs say object; it is (x, place)
    return float(found[0]) if isinstance(found, tuple) else 0.0
