"""Paints the entries of an opened call: who and when, the words, a thin ribbon of the mood."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from agent_desktop.theme import GAP_LARGE, GAP_SMALL, GAP_TINY, Size, Theme, Tone
from agent_desktop.view_models.call_story import EntryKind, StoryEntry
from agent_desktop.view_models.story_model import ENTRY_ROLE
from agent_desktop.widgets.supervisor.call_tones import sentiment_tone

AnyIndex = QModelIndex | QPersistentModelIndex
_WRAPPED = int(Qt.TextFlag.TextWordWrap)
_TALL = 100_000


class StoryDelegate(QStyledItemDelegate):
    """Heights are measured once for each text and width."""

    def __init__(self, *, theme: Theme, parent: QListView) -> None:
        super().__init__(parent)
        self._theme, self._view = theme, parent
        self._body = theme.font()
        self._small = theme.font(Size.CAPTION)
        self._pill = theme.font(Size.CAPTION, weight=QFont.Weight.DemiBold)
        self._body_metrics = QFontMetrics(self._body)
        self._small_metrics = QFontMetrics(self._small)
        self._pill_metrics = QFontMetrics(self._pill)
        self._heights: dict[tuple[str, int], int] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """The caption and as many lines as the words need at the view's width."""
        entry = index.data(ENTRY_ROLE)
        width = self._view.viewport().width()
        if not isinstance(entry, StoryEntry):
            return QSize(width, 0)
        caption = self._small_metrics.height() + GAP_TINY
        content = (
            self._theme.px(20)
            if entry.kind is EntryKind.SHOWN
            else self._text_height(entry.text, width - 2 * GAP_LARGE)
        )
        return QSize(width, caption + content + GAP_SMALL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one entry."""
        entry = index.data(ENTRY_ROLE)
        if not isinstance(entry, StoryEntry):
            return
        painter.save()
        room = option.rect.adjusted(GAP_LARGE, 0, -GAP_LARGE, -GAP_SMALL)
        painter.setFont(self._small)
        painter.setPen(QColor(self._theme.muted))
        caption_height = self._small_metrics.height()
        painter.drawText(
            QRect(room.topLeft(), QSize(room.width(), caption_height)), 0, entry.caption
        )
        content = room.adjusted(0, caption_height + GAP_TINY, 0, 0)
        if entry.kind is EntryKind.SHOWN:
            self._paint_card(painter, content, entry)
        else:
            self._paint_words(painter, content, entry)
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRect, entry: StoryEntry) -> None:
        painter.setFont(self._body)
        is_settled = entry.kind is EntryKind.SAID
        painter.setPen(QColor(self._theme.text if is_settled else self._theme.muted))
        painter.drawText(room, _WRAPPED, entry.text)
        tone = sentiment_tone(entry.sentiment)
        if tone is not Tone.NEUTRAL:
            ribbon = QRectF(room.left() - GAP_SMALL - 3, room.top(), 3, room.height())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.tone(tone))
            painter.drawRoundedRect(ribbon, 1.5, 1.5)

    def _paint_card(self, painter: QPainter, room: QRect, entry: StoryEntry) -> None:
        tone = Tone.POSITIVE if entry.is_used else Tone.ACCENT
        detail_width = self._small_metrics.horizontalAdvance(entry.detail)
        most = room.width() - detail_width - 3 * GAP_SMALL
        title = self._pill_metrics.elidedText(entry.text, Qt.TextElideMode.ElideRight, most)
        width = self._pill_metrics.horizontalAdvance(title) + 2 * GAP_SMALL
        pill = QRectF(room.left(), room.top(), width, self._theme.px(20))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tone_surface(tone))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setFont(self._pill)
        painter.setPen(self._theme.tone(tone))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, title)
        painter.setFont(self._small)
        painter.setPen(QColor(self._theme.muted))
        beside = QRectF(pill.right() + GAP_SMALL, pill.top(), detail_width + 4, pill.height())
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, entry.detail)

    def _text_height(self, text: str, width: int) -> int:
        key = (text, width)
        if key not in self._heights:
            box = self._body_metrics.boundingRect(QRect(0, 0, width, _TALL), _WRAPPED, text)
            self._heights[key] = box.height()
        return self._heights[key]
