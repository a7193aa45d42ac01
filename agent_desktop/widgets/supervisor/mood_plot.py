"""The course of the mood over the opened call, with the words at which it turned."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.theme import Size, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.marked_words import readable
from agent_desktop.view_models.tip import plain_tip
from agent_desktop.view_models.turn_words import turn_text
from agent_desktop.widgets.supervisor.call_tones import mood_tone
from assist_engine.call.selectors import TurningPoint

_LABEL_SHARE = 0.46  # of the width, so that two labels never run into each other
_INSET = 6
_MOST_WORDS = 3  # turns that have their words beside them
_LOW, _HIGH = 52, 112
_REACH = 14  # pixels around a dot that count as on it


class MoodPlot(QWidget):
    """Mood from -1 (bottom) to 1 (top); the line across is an even mood.

    `place_asked(UtteranceId)` on a click on a turn; keys reach the turns in the list below.
    """

    place_asked = Signal(object)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._course: tuple[tuple[int, float], ...] = ()
        self._turns: tuple[TurningPoint, ...] = ()
        self._end_ms = 1
        self._is_low = True
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_course(
        self, course: tuple[tuple[int, float], ...], *, turns: tuple[TurningPoint, ...]
    ) -> None:
        """Draw the course (ms from the start, mood)."""
        if (course, turns) == (self._course, self._turns):
            return
        self._course, self._turns = course, turns
        self.setAccessibleName(tr("Mood of the customer over the call"))
        self.update()

    def move_to(self, end_ms: int) -> None:
        """Let the right edge be that time of the call; it moves by whole seconds."""
        if end_ms // 1000 != self._end_ms // 1000:
            self._end_ms = max(end_ms, 1)
            self.update()

    def set_low(self, is_low: bool) -> None:
        """Draw a low line without words, or a high one with the words at its turns."""
        if is_low != self._is_low:
            self._is_low = is_low
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """High enough for the line and two rows of words."""
        return QSize(self._theme.px(240), self._theme.px(_LOW if self._is_low else _HIGH))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which turn lies under the mouse."""
        turn = self._turn_at(event.position())
        self.setToolTip(plain_tip(turn_text(turn)) if turn else "")
        if turn:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the place of the turn."""
        turn = self._turn_at(event.position())
        if turn is not None:
            self.place_asked.emit(turn.utterance_id)

    def _turn_at(self, at: QPointF) -> TurningPoint | None:
        def distance(turn: TurningPoint) -> float:
            return (self._place(turn.at_ms, turn.mood) - at).manhattanLength()

        nearest = min(self._turns, key=distance, default=None)
        reach = self._theme.px(_REACH)
        return nearest if nearest is not None and distance(nearest) <= reach else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the even line, the course and its turns."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        even = self._place(0, 0.0).y()
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawLine(QPointF(0, even), QPointF(self.width(), even))
        points = [self._place(ms, mood) for ms, mood in self._course]
        if points:
            self._paint_line(painter, points)
        self._paint_turns(painter)

    def _paint_line(self, painter: QPainter, points: list[QPointF]) -> None:
        pen = QPen(self._theme.tone(mood_tone(self._course[-1][1])), 2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        now = QPointF(float(self.width() - _INSET), points[-1].y())
        painter.drawPolyline(QPolygonF([self._place(0, 0.0), *points, now]))

    def _paint_turns(self, painter: QPainter) -> None:
        taken: list[QRectF] = []
        font = self._theme.font(Size.CAPTION)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        for turn in self._turns:
            at = self._place(turn.at_ms, turn.mood)
            tone = self._theme.tone(Tone.NEGATIVE if turn.change < 0 else Tone.POSITIVE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tone)
            painter.drawEllipse(at, 5, 5)
            if self._is_low or turn not in self._turns[-_MOST_WORDS:]:
                continue
            room = self.width() * _LABEL_SHARE
            text = metrics.elidedText(readable(turn.words.quote), Qt.TextElideMode.ElideRight, room)
            size = (metrics.horizontalAdvance(text), metrics.height())
            box = self._free_box(at, *size, turn=turn, taken=taken)
            taken.append(box)
            painter.setPen(tone)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _free_box(
        self, at: QPointF, width: float, height: float, *, turn: TurningPoint, taken: list[QRectF]
    ) -> QRectF:
        """A place for words near a point: on the side to which the mood turned, if it is free."""
        left = min(max(at.x() - width / 2, 0.0), self.width() - width - 2)
        near, far = at.y() - height - 8, at.y() + 8
        top, bottom = 0.0, self.height() - height
        falls, rises = (far, bottom, near, top), (near, top, far, bottom)
        heights = falls if turn.change < 0 else rises
        boxes = [QRectF(left, y, width + 2, height) for y in heights]
        inside = [box for box in boxes if box.top() >= 0 and box.bottom() <= self.height()]
        free = [box for box in inside if not any(box.intersects(other) for other in taken)]
        return (free or inside or boxes)[0]

    def _place(self, ms: int, mood: float) -> QPointF:
        # Room for words above and below the course, where there are any.
        words = self._theme.px(6 if self._is_low else 16)
        height = self.height() - 2 * words
        x = _INSET + (self.width() - 2 * _INSET) * min(ms / self._end_ms, 1.0)
        return QPointF(x, words + height * (1 - mood) / 2)
