"""Paints a line of the list of articles: state, title, versions, how often it was used."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from agent_desktop.theme import GAP, GAP_LARGE, Size, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.article_life import state_mark
from agent_desktop.view_models.articles_model import ARTICLE_ROLE, CARE_ROLE, DETAIL_ROLE
from agent_desktop.widgets.knowledge.marks import MARK_TONES
from assist_engine.contract.knowledge_answers import ArticleState, ArticleSummary

AnyIndex = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_HOLLOW = frozenset({ArticleState.IN_REVIEW, ArticleState.APPROVED})
LINE_HEIGHT = 50


class ArticleDelegate(QStyledItemDelegate):
    """The dot has the tone of the state, hollow while it waits; the words say the same."""

    def __init__(self, *, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plain = theme.font()
        self._strong = theme.font(weight=QFont.Weight.DemiBold)
        self._small = theme.font(Size.CAPTION)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Two lines of text, the same for all."""
        return QSize(self._theme.px(120), self._theme.px(LINE_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one article."""
        article = index.data(ARTICLE_ROLE)
        if not isinstance(article, ArticleSummary):
            return
        painter.save()
        self._paint_ground(painter, option)
        rect = option.rect.toRectF()
        is_care = bool(index.data(CARE_ROLE))
        at = QPointF(rect.left() + GAP_LARGE + 4, rect.center().y())
        self._paint_dot(painter, at, article, is_care=is_care)
        room = rect.adjusted(GAP_LARGE + 8 + GAP, self._theme.px(7), -GAP, -self._theme.px(7))
        used = tr("{count}×", count=article.use.used) if article.use.used else ""
        room.setRight(room.right() - self._paint_used(painter, room, used))
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        is_away = article.state is ArticleState.ARCHIVED
        self._paint_line(
            painter,
            QRectF(room.left(), room.top(), room.width(), room.height() / 2),
            article.title,
            font=self._strong if is_selected else self._plain,
            ink=self._theme.muted if is_away else self._theme.text,
        )
        self._paint_line(
            painter,
            QRectF(room.left(), room.center().y(), room.width(), room.height() / 2),
            str(index.data(DETAIL_ROLE)),
            font=self._small,
            ink=self._theme.warning if is_care else self._theme.muted,
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

    def _paint_dot(
        self, painter: QPainter, at: QPointF, article: ArticleSummary, *, is_care: bool
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = MARK_TONES[state_mark(article.state)]
        if is_care and article.state is ArticleState.PUBLISHED:
            tone = Tone.WARNING
        ink = self._theme.tone(tone)
        is_hollow = article.state in _HOLLOW
        painter.setPen(QPen(ink, 2) if is_hollow else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if is_hollow else ink)
        radius = 3.2 if is_hollow else 4
        painter.drawEllipse(at, radius, radius)

    def _paint_used(self, painter: QPainter, room: QRectF, used: str) -> float:
        """Draw how often it was used at the right end; gives the width that it takes."""
        if not used:
            return 0.0
        painter.setFont(self._small)
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(room, _RIGHT, used)
        return painter.fontMetrics().horizontalAdvance(used) + GAP

    def _paint_line(
        self, painter: QPainter, room: QRectF, text: str, *, font: QFont, ink: str
    ) -> None:
        painter.setFont(font)
        painter.setPen(QColor(ink))
        width = int(room.width())
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(room, _LEFT, elided)
