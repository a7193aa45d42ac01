"""Paints a note: caption with a pill on its right, the text, a quieter text below it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, GAP_TINY, Size, Theme
from agent_desktop.view_models.note import NOTE_ROLE, Note
from agent_desktop.widgets.knowledge.marks import MARK_TONES

AnyIndex = QModelIndex | QPersistentModelIndex
_WRAPPED = int(Qt.TextFlag.TextWordWrap)
_TALL = 100_000
_PAD = 7


class NoteDelegate(QStyledItemDelegate):
    """Heights are measured once for each note and width."""

    def __init__(self, *, theme: Theme, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._theme, self._view = theme, parent
        self._body, self._small = theme.font(), theme.font(Size.CAPTION)
        self._pill = theme.font(Size.CAPTION, weight=QFont.Weight.DemiBold)
        self._metrics = {
            id(font): QFontMetrics(font) for font in (self._body, self._small, self._pill)
        }
        self._heights: dict[tuple[Note, int], int] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """As many lines as the words need at the view's width."""
        note, width = index.data(NOTE_ROLE), self._view.viewport().width()
        if not isinstance(note, Note):
            return QSize(width, 0)
        if (note, width) not in self._heights:
            self._heights[note, width] = self._height(note, width)
        return QSize(self._theme.px(60), self._heights[note, width])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one note."""
        note = index.data(NOTE_ROLE)
        if not isinstance(note, Note):
            return
        painter.save()
        self._paint_ground(painter, option)
        left = option.rect.left() + self._indent(note)
        top = option.rect.top() + self._theme.px(_PAD)
        room = self._room(note, option.rect.width())
        if note.word:
            self._paint_pill(painter, note, right=option.rect.right() - GAP, top=top)
        for text, font, ink in self._blocks(note):
            height = self._block_height(text, font, room)
            painter.setFont(font)
            painter.setPen(QColor(ink))
            painter.drawText(QRect(left, top, room, height), _WRAPPED, text)
            top += height + GAP_TINY // 2
        painter.restore()

    def _blocks(self, note: Note) -> list[tuple[str, QFont, str]]:
        blocks = [
            (note.caption, self._small, self._theme.muted),
            (note.text, self._body, self._theme.text),
            (note.detail, self._small, self._theme.muted),
        ]
        return [block for block in blocks if block[0]]

    def _height(self, note: Note, width: int) -> int:
        room = self._room(note, width)
        blocks = [self._block_height(text, font, room) for text, font, _ in self._blocks(note)]
        least = self._theme.px(20) if note.word else 0
        inside = max(least, sum(blocks) + (len(blocks) - 1) * (GAP_TINY // 2))
        return inside + 2 * self._theme.px(_PAD)

    def _block_height(self, text: str, font: QFont, room: int) -> int:
        box = QRect(0, 0, max(room, 40), _TALL)
        return self._metrics[id(font)].boundingRect(box, _WRAPPED, text).height()

    def _indent(self, note: Note) -> int:
        return GAP_LARGE + note.level * self._theme.px(GAP_LARGE + GAP_SMALL)

    def _room(self, note: Note, width: int) -> int:
        pill = self._pill_width(note) + GAP_SMALL if note.word else 0
        return max(40, width - self._indent(note) - GAP - pill)

    def _pill_width(self, note: Note) -> int:
        return self._metrics[id(self._pill)].horizontalAdvance(note.word) + 2 * GAP_SMALL

    def _paint_pill(self, painter: QPainter, note: Note, *, right: int, top: int) -> None:
        tone, width = MARK_TONES[note.mark], self._pill_width(note)
        pill = QRectF(right - width, top, width, self._theme.px(18))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tone_surface(tone))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setFont(self._pill)
        painter.setPen(self._theme.tone(tone))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, note.word)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(self._theme.accent_surface))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(self._theme.raised))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(self._theme.line))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), QColor(self._theme.accent))
