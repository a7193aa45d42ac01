"""Paints the cells of the wall's table: text, mood line, risk bar."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from agent_desktop.theme import GAP_LARGE, GAP_SMALL, Size, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.call_risk import RiskWord
from agent_desktop.view_models.call_row import CallRow
from agent_desktop.view_models.calls_table_model import ROW_ROLE, Column
from agent_desktop.widgets.shared.sparkline import points_in
from agent_desktop.widgets.supervisor.call_tones import mood_tone, risk_tone, rules_tone

AnyIndex = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class CallDelegate(QStyledItemDelegate):
    """Fonts and metrics are made once: a thousand calls are repainted within a frame or two."""

    def __init__(self, *, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plain = theme.font()
        self._strong = theme.font(weight=QFont.Weight.DemiBold)
        self._small = theme.font(Size.CAPTION)
        self._pad = theme.px(GAP_SMALL)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """One line high, the same for all."""
        return QSize(self._theme.px(60), self._theme.px(40))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw the ground, then the cell's own content."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, CallRow):
            return
        painter.save()
        self._paint_ground(painter, option)
        left = GAP_LARGE if index.column() == 0 else self._pad
        room = option.rect.toRectF().adjusted(left, 0, -self._pad, 0)
        match Column(index.column()):
            case Column.MOOD:
                self._paint_mood(painter, room, row)
            case Column.RISK:
                self._paint_risk(painter, room, row)
            case column:
                text = index.data(Qt.ItemDataRole.DisplayRole)
                self._paint_text(painter, room, str(text), column=column, row=row)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(self._theme.accent_surface))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(self._theme.raised))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(self._theme.line))

    def _paint_text(
        self, painter: QPainter, room: QRectF, text: str, *, column: Column, row: CallRow
    ) -> None:
        is_soft = row.is_over or column in {Column.QUEUE, Column.TALK}
        is_soft = is_soft or (column is Column.ABOUT and not row.is_about_sure)
        painter.setFont(self._strong if column is Column.CUSTOMER else self._plain)
        painter.setPen(QColor(self._theme.muted if is_soft else self._theme.text))
        if column is Column.RULES and not row.is_over:
            painter.setPen(self._theme.tone(rules_tone(row)))
        elided = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, _LEFT, elided)

    def _paint_mood(self, painter: QPainter, room: QRectF, row: CallRow) -> None:
        height = self._theme.px(24)
        painter.translate(room.left(), room.center().y() - height / 2)
        points = points_in(row.mood, width=room.width() - 4, height=height, low=-1.0, high=1.0)
        if len(points) == 1:
            points.append(points[0] + QPointF(self._theme.px(6), 0))
        if not points:
            painter.setPen(QPen(QColor(self._theme.line), 1))
            painter.drawLine(0, height // 2, self._theme.px(16), height // 2)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.tone(mood_tone(row.mood_now)), 2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))

    def _paint_risk(self, painter: QPainter, room: QRectF, row: CallRow) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        word_room, height = self._theme.px(52), self._theme.px(6)
        width = max(room.width() - word_room, self._theme.px(24))
        bar = QRectF(room.left(), room.center().y() - height / 2, width, height)
        painter.setBrush(QColor(self._theme.line))
        painter.drawRoundedRect(bar, height / 2, height / 2)
        painter.setBrush(self._theme.tone(risk_tone(row.risk.word)))
        filled = QRectF(bar)
        filled.setWidth(max(width * min(row.risk.level, 1.0), height))
        painter.drawRoundedRect(filled, height / 2, height / 2)
        painter.setFont(self._small)
        painter.setPen(QColor(self._theme.muted))
        beside = QRectF(bar.right() + self._pad, room.top(), word_room, room.height())
        painter.drawText(beside, _LEFT, risk_word(row.risk.word))


def risk_word(word: RiskWord) -> str:
    """A risk as a word in the person's language."""
    return {RiskWord.HIGH: tr("high"), RiskWord.MEDIUM: tr("medium"), RiskWord.LOW: tr("low")}[word]
