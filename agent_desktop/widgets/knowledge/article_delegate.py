"""Paints a line of the list of articles: state, title, versions."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from agent_desktop.theme import GAP, GAP_LARGE, Size, Theme, Tone
from agent_desktop.view_models.articles_model import ARTICLE_ROLE, DETAIL_ROLE
from agent_desktop.view_models.knowledge_model import is_draft
from assist_engine.contract.knowledge_answers import ArticleSummary

AnyIndex = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class ArticleDelegate(QStyledItemDelegate):
    """The dot is accent for a draft, positive for what is live; the words say the same."""

    def __init__(self, *, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plain = theme.font()
        self._strong = theme.font(weight=QFont.Weight.DemiBold)
        self._small = theme.font(Size.CAPTION)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Two lines of text, the same for all."""
        return QSize(self._theme.px(120), self._theme.px(54))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one article."""
        article = index.data(ARTICLE_ROLE)
        if not isinstance(article, ArticleSummary):
            return
        painter.save()
        self._paint_ground(painter, option)
        rect = option.rect.toRectF()
        self._paint_dot(painter, QPointF(rect.left() + GAP_LARGE + 4, rect.center().y()), article)
        room = rect.adjusted(GAP_LARGE + 8 + GAP, self._theme.px(8), -GAP, -self._theme.px(8))
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._paint_line(
            painter,
            QRectF(room.left(), room.top(), room.width(), room.height() / 2),
            article.title,
            font=self._strong if is_selected else self._plain,
            ink=self._theme.text,
        )
        self._paint_line(
            painter,
            QRectF(room.left(), room.center().y(), room.width(), room.height() / 2),
            str(index.data(DETAIL_ROLE)),
            font=self._small,
            ink=self._theme.muted,
        )
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(self._theme.accent_surface))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(self._theme.raised))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(self._theme.line))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), QColor(self._theme.accent))

    def _paint_dot(self, painter: QPainter, at: QPointF, article: ArticleSummary) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        tone = Tone.ACCENT if is_draft(article) else Tone.POSITIVE
        painter.setBrush(self._theme.tone(tone))
        painter.drawEllipse(at, 4, 4)

    def _paint_line(
        self, painter: QPainter, room: QRectF, text: str, *, font: QFont, ink: str
    ) -> None:
        painter.setFont(font)
        painter.setPen(QColor(ink))
        width = int(room.width())
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(room, _LEFT, elided)
