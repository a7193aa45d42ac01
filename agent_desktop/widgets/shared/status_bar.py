"""The bar below a view: fields left, a message in the middle, figures right."""

from PySide6.QtWidgets import QFrame, QHBoxLayout

from agent_desktop.theme import GAP, GAP_LARGE, Theme
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.layout import row


class StatusBar(QFrame):
    """`left` and `middle` for widgets of the view; `say` sets the line on the right."""

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "bar-bottom")
        self.setFixedHeight(theme.px(40))
        self.left: QHBoxLayout = row(gap=GAP)
        self.middle: QHBoxLayout = row(gap=GAP)
        self._line = ElidedLabel(look="small-muted")
        outer = row(gap=GAP_LARGE, margins=(GAP_LARGE, 0, GAP_LARGE, 0))
        outer.addLayout(self.left)
        outer.addStretch(1)
        outer.addLayout(self.middle)
        outer.addStretch(1)
        outer.addWidget(self._line)
        self.setLayout(outer)

    def say(self, text: str) -> None:
        """Show the line on the right."""
        self._line.say(text)
        self._line.setAccessibleName(text)
