"""What happened with the customer before, newest first: how long ago, a dot, what."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from agent_desktop.theme import GAP, GAP_SMALL, Theme
from agent_desktop.view_models.customer_model import TimelineRow
from agent_desktop.view_models.mood_model import Feeling
from agent_desktop.widgets.shared.dot import Dot
from agent_desktop.widgets.shared.feeling_tone import TONES
from agent_desktop.widgets.shared.layout import column
from agent_desktop.widgets.shared.paragraph import Paragraph
from agent_desktop.widgets.shared.text import label


class Timeline(QWidget):
    """A grid of rows; made anew when the customer changes."""

    def __init__(self, rows: tuple[TimelineRow, ...], *, theme: Theme) -> None:
        super().__init__()
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP_SMALL)
        grid.setVerticalSpacing(GAP)
        grid.setColumnMinimumWidth(0, theme.px(40))
        grid.setColumnStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        for place, entry in enumerate(rows):
            when = label(entry.when, look="small-muted")
            when.setContentsMargins(0, 2, 0, 0)
            grid.addWidget(when, place, 0, top)
            dot = Dot(theme=theme, tone=TONES[entry.feeling])
            holder = column(dot, margins=(0, 4, 0, 0))
            grid.addLayout(holder, place, 1, top)
            grid.addWidget(_what(entry), place, 2)
        self.setLayout(grid)


def _what(entry: TimelineRow) -> QWidget:
    is_strong = entry.is_open or entry.feeling is Feeling.BAD
    title = label(entry.title, look="strong" if is_strong else "body", wraps=True)
    title.setToolTip(entry.contact_channel)
    what = QWidget()
    inner = column(title, gap=2)
    if entry.detail:
        inner.addWidget(Paragraph(entry.detail, look="small-muted"))
    what.setLayout(inner)
    said = (entry.when, entry.contact_channel, entry.title, entry.detail)
    what.setAccessibleName(". ".join(part for part in said if part))
    return what
