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
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from agent_desktop.theme import GAP, GAP_LARGE, GAP_TINY, Size, Theme
from agent_desktop.view_models.marked_words import places_of
from agent_desktop.view_models.mood_model import Feeling
from agent_desktop.view_models.transcript_model import Line, TranscriptModel
from agent_desktop.widgets.shared.feeling_tone import TONES
from agent_desktop.widgets.shared.marked_text import MarkedText, format_range
from assist_engine.contract.ids import UtteranceId

RIBBON = 6
_BOLD = QFont.Weight.DemiBold


class TranscriptDelegate(QStyledItemDelegate):
    """Agents' words are muted, customers' bright; the tail of a partial is muted in place."""

    def __init__(self, transcript: TranscriptModel, *, theme: Theme) -> None:
        super().__init__()
        self._transcript = transcript
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
        # Qt asks for all rows whenever one becomes higher: the model is asked without Qt between.
        return self._size(self._transcript.line(index.row()))

    def keeps_height(self, row: int) -> bool:
        """Whether a row that changed is as high as it was."""
        line = self._transcript.line(row)
        known = self._sizes.get(line.utterance_id)
        return known is not None and known[1] == self._size(line)

    def _size(self, line: Line) -> QSize:
        known = self._sizes.get(line.utterance_id)
        if known is not None and known[0] is line and known[1].width() == self.width:
            return known[1]
        words = self._words(line, self._text_width(self.width)).height
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
        line = self._transcript.line(index.row())
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._paint_ground(painter, rect, line, is_selected=is_selected)
        self._paint_ribbon(painter, rect, line)
        left = rect.left() + GAP_LARGE + RIBBON + GAP
        top = rect.top() + GAP_TINY
        room = self._text_width(rect.width())
        self._paint_head(painter, QPointF(left, top), line, room=room)
        painter.setPen(self._ink(line))
        words = self._words(line, room)
        words.draw(painter, QPointF(left, top + self._head_height() + GAP_TINY / 2))
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

    def _paint_head(self, painter: QPainter, at: QPointF, line: Line, *, room: float) -> None:
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
        parts += [(f" · ✓ {tick}", QColor(self._theme.muted)) for tick in line.ticks]
        for text, colour in parts:
            left = at.x() + room - x
            painter.setPen(colour)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, left)
            painter.drawText(QPointF(x, baseline), shown)
            if shown != text:
                return
            x += metrics.horizontalAdvance(text)

    def _words(self, line: Line, width: float) -> MarkedText:
        return MarkedText(
            line.text,
            theme=self._theme,
            font=self._theme.font(),
            width=width,
            marks=line.marks,
            formats=self._formats(line),
        )

    def _formats(self, line: Line) -> list[QTextLayout.FormatRange]:
        formats = []
        if line.tail:
            start = len(line.text) - len(line.tail)
            muted = QTextCharFormat()
            muted.setForeground(QColor(self._theme.muted))
            formats.append(format_range(start, len(line.tail), muted))
        for start, end in places_of(line.text, self._quotes.get(line.utterance_id, ())):
            formats.append(format_range(start, end - start, self._underlined()))
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
