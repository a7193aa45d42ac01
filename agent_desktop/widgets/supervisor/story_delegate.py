"""Paints the entries of an opened call: who and when, the words, a thin ribbon of the mood."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from agent_desktop.theme import GAP_LARGE, GAP_SMALL, GAP_TINY, Size, Theme, Tone
from agent_desktop.view_models.call_story import EntryKind, StoryEntry
from agent_desktop.view_models.mood_model import Feeling
from agent_desktop.view_models.story_model import StoryModel
from agent_desktop.widgets.shared.feeling_tone import TONES
from agent_desktop.widgets.shared.marked_text import MarkedText
from assist_engine.contract.ids import UtteranceId

AnyIndex = QModelIndex | QPersistentModelIndex


_PILLS = {EntryKind.SHOWN, EntryKind.JUDGED}


class StoryDelegate(QStyledItemDelegate):
    """Heights are measured once for each entry and width. `marked`: the place asked for."""

    def __init__(self, story: StoryModel, *, theme: Theme, parent: QListView) -> None:
        super().__init__(parent)
        self._story, self._theme, self._view = story, theme, parent
        self._body = theme.font()
        self._small = theme.font(Size.CAPTION)
        self._pill = theme.font(Size.CAPTION, weight=QFont.Weight.DemiBold)
        self._small_metrics = QFontMetrics(self._small)
        self._pill_metrics = QFontMetrics(self._pill)
        self._sizes: dict[str, tuple[StoryEntry, QSize]] = {}
        self.marked: UtteranceId | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """The caption and as many lines as the words need at the view's width."""
        return self._size(self._story.lines[index.row()])

    def keeps_height(self, row: int) -> bool:
        """Whether an entry that changed is as high as it was."""
        entry = self._story.lines[row]
        known = self._sizes.get(entry.key)
        return known is not None and known[1] == self._size(entry)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one entry."""
        entry = self._story.lines[index.row()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry.utterance_id is not None and entry.utterance_id == self.marked:
            ground = option.rect.adjusted(GAP_TINY, -GAP_TINY // 2, -GAP_TINY, -GAP_TINY)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.accent_surface))
            painter.drawRoundedRect(ground, 6, 6)
        room = option.rect.adjusted(GAP_LARGE, 0, -GAP_LARGE, -GAP_SMALL)
        self._paint_caption(painter, room, entry)
        content = room.adjusted(0, self._small_metrics.height() + GAP_TINY, 0, 0)
        if entry.kind in _PILLS:
            self._paint_card(painter, content, entry)
        else:
            self._paint_words(painter, content, entry)
        painter.restore()

    def _size(self, entry: StoryEntry) -> QSize:
        width = self._view.viewport().width()
        known = self._sizes.get(entry.key)
        if known is not None and known[0] is entry and known[1].width() == width:
            return known[1]
        if entry.kind in _PILLS:
            content = self._theme.px(20)
        else:
            content = round(self._words(entry, width - 2 * GAP_LARGE).height)
        size = QSize(width, self._small_metrics.height() + GAP_TINY + content + GAP_SMALL)
        self._sizes[entry.key] = (entry, size)
        return size

    def _words(self, entry: StoryEntry, width: int) -> MarkedText:
        return MarkedText(
            entry.text, theme=self._theme, font=self._body, width=width, marks=entry.marks
        )

    def _paint_caption(self, painter: QPainter, room: QRect, entry: StoryEntry) -> None:
        muted = QColor(self._theme.muted)
        parts = [(entry.caption, muted)]
        if entry.mood:
            parts += [(" · ", muted), (entry.mood, self._theme.tone(TONES[entry.feeling]))]
        parts += [(f" · ✓ {tick}", muted) for tick in entry.ticks]
        painter.setFont(self._small)
        left, baseline = room.left(), room.top() + self._small_metrics.ascent()
        for text, colour in parts:
            painter.setPen(colour)
            painter.drawText(QPointF(left, baseline), text)
            left += self._small_metrics.horizontalAdvance(text)

    def _paint_words(self, painter: QPainter, room: QRect, entry: StoryEntry) -> None:
        is_settled = entry.kind is EntryKind.SAID
        painter.setPen(QColor(self._theme.text if is_settled else self._theme.muted))
        self._words(entry, room.width()).draw(painter, QPointF(room.topLeft()))
        if entry.feeling is not Feeling.EVEN:
            ribbon = QRectF(room.left() - GAP_SMALL - 3, room.top(), 3, room.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.tone(TONES[entry.feeling]))
            painter.drawRoundedRect(ribbon, 1.5, 1.5)

    def _paint_card(self, painter: QPainter, room: QRect, entry: StoryEntry) -> None:
        tone = _pill_tone(entry)
        detail_width = self._small_metrics.horizontalAdvance(entry.detail)
        most = room.width() - detail_width - 3 * GAP_SMALL
        title = self._pill_metrics.elidedText(entry.text, Qt.TextElideMode.ElideRight, most)
        width = self._pill_metrics.horizontalAdvance(title) + 2 * GAP_SMALL
        pill = QRectF(room.left(), room.top(), width, self._theme.px(20))
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


def _pill_tone(entry: StoryEntry) -> Tone:
    if entry.is_used:
        return Tone.POSITIVE
    return Tone.ACCENT if entry.kind is EntryKind.SHOWN else TONES[entry.feeling]
