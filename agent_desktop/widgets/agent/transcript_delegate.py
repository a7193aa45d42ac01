"""Paints one utterance: ribbon, who and when, the mood word, the words."""

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from agent_desktop.theme import GAP, GAP_LARGE, GAP_TINY, Size, Theme
from agent_desktop.view_models.mood_model import Feeling
from agent_desktop.view_models.transcript_model import Line, TranscriptRole
from agent_desktop.widgets.agent.feeling_tone import TONES
from assist_engine.contract.ids import UtteranceId

RIBBON = 6
_BOLD = QFont.Weight.DemiBold


class TranscriptDelegate(QStyledItemDelegate):
    """Agents' words are muted, customers' bright; the tail of a partial is muted in place."""

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._quotes: Mapping[UtteranceId, tuple[str, ...]] = {}
        self._marked: UtteranceId | None = None
        self._sizes: dict[UtteranceId, tuple[Line, QSize]] = {}
        self.width = 400

    def underline(self, quotes: Mapping[UtteranceId, tuple[str, ...]]) -> None:
        """Underline words that cards on screen rest on."""
        self._quotes = quotes

    def forget(self) -> None:
        """Drop the sizes of a call that is over."""
        self._sizes.clear()

    def mark(self, utterance_id: UtteranceId | None) -> None:
        """Give one utterance a marked ground: the place that a *why* points to."""
        self._marked = utterance_id

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """As high as the words need at the width of the list."""
        line = index.data(TranscriptRole.LINE)
        if not isinstance(line, Line):
            return QSize(0, 0)
        known = self._sizes.get(line.utterance_id)
        if known is not None and known[0] is line and known[1].width() == self.width:
            return known[1]  # Qt asks for all rows whenever one changes
        layout = self._layout(line, self._text_width(self.width))
        words = layout.boundingRect().height()
        size = QSize(self.width, round(self._head_height() + words + 2 * GAP_TINY + GAP))
        self._sizes[line.utterance_id] = (line, size)
        return size

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the utterance."""
        line = index.data(TranscriptRole.LINE)
        if not isinstance(line, Line):
            return
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._paint_ground(painter, rect, line, is_selected=is_selected)
        self._paint_ribbon(painter, rect, line)
        left = rect.left() + GAP_LARGE + RIBBON + GAP
        top = rect.top() + GAP_TINY
        self._paint_head(painter, QPointF(left, top), line)
        layout = self._layout(line, self._text_width(rect.width()))
        painter.setPen(self._ink(line))
        layout.draw(painter, QPointF(left, top + self._head_height()))
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, rect: QRectF, line: Line, *, is_selected: bool
    ) -> None:
        if line.utterance_id == self._marked or is_selected:
            ground = rect.adjusted(GAP_TINY * 2, 0, -GAP_TINY * 2, -GAP_TINY)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.accent_surface))
            painter.drawRoundedRect(ground, 6, 6)

    def _paint_ribbon(self, painter: QPainter, rect: QRectF, line: Line) -> None:
        bar = QRectF(
            rect.left() + GAP_LARGE, rect.top() + GAP_TINY, RIBBON, rect.height() - GAP - GAP_TINY
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ribbon_colour(line))
        painter.drawRoundedRect(bar, RIBBON / 2, RIBBON / 2)

    def _ribbon_colour(self, line: Line) -> QColor:
        if line.feeling is not Feeling.EVEN:
            return self._theme.tone(TONES[line.feeling])
        if line.is_partial:
            return QColor(self._theme.raised)
        return QColor(self._theme.ribbon if line.is_customer else self._theme.line)

    def _paint_head(self, painter: QPainter, at: QPointF, line: Line) -> None:
        font = self._theme.font(Size.CAPTION, weight=_BOLD)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        x, baseline = at.x(), at.y() + metrics.ascent()
        parts = [(f"{line.speaker} · {line.when}", QColor(self._theme.muted))]
        if line.mood:
            parts += [(" · ", QColor(self._theme.muted))]
            parts += [(line.mood, self._theme.tone(TONES[line.feeling]))]
        if line.drivers:
            drivers = " · " + ", ".join(line.drivers)
            parts += [(drivers, QColor(self._theme.warning))]
        for text, colour in parts:
            painter.setPen(colour)
            painter.drawText(QPointF(x, baseline), text)
            x += metrics.horizontalAdvance(text)

    def _layout(self, line: Line, width: float) -> QTextLayout:
        layout = QTextLayout(line.text, self._theme.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats(self._formats(line))
        layout.beginLayout()
        y = GAP_TINY / 2
        while (part := layout.createLine()).isValid():
            part.setLineWidth(width)
            part.setPosition(QPointF(0, y))
            y += part.height() + 2
        layout.endLayout()
        return layout

    def _formats(self, line: Line) -> list[QTextLayout.FormatRange]:
        formats = []
        if line.tail:
            start = len(line.text) - len(line.tail)
            muted = QTextCharFormat()
            muted.setForeground(QColor(self._theme.muted))
            formats.append(_range(start, len(line.tail), muted))
        for quote in self._quotes.get(line.utterance_id, ()):
            start = line.text.casefold().find(quote.casefold())
            if quote and start >= 0:
                formats.append(_range(start, len(quote), self._underlined()))
        return formats

    def _underlined(self) -> QTextCharFormat:
        underlined = QTextCharFormat()
        underlined.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        underlined.setUnderlineColor(QColor(self._theme.accent))
        return underlined

    def _ink(self, line: Line) -> QColor:
        return QColor(self._theme.text if line.is_customer else self._theme.muted)

    def _head_height(self) -> float:
        font = self._theme.font(Size.CAPTION, weight=_BOLD)
        return QFontMetricsF(font).height() + GAP_TINY / 2

    def _text_width(self, width: float) -> float:
        return max(40.0, width - 2 * GAP_LARGE - RIBBON - GAP)


def _range(start: int, length: int, char_format: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, char_format
    return made
