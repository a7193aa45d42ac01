"""The bar above a view: name, tabs, and room on the right for what the view shows."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton

from agent_desktop.theme import GAP_LARGE, GAP_SMALL, GAP_TINY, Theme
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.text import label


class TopBar(QFrame):
    """Name and tabs left, `right` for widgets of the view. `tab_chosen(str)` on a click."""

    tab_chosen = Signal(str)

    def __init__(self, tabs: tuple[str, ...], *, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "bar-top")
        self.setFixedHeight(theme.px(48))
        self._group = QButtonGroup(self)
        self.right: QHBoxLayout = row(gap=GAP_LARGE)
        brand = label("Attune", look="brand")
        outer = row(brand, gap=GAP_TINY, margins=(GAP_LARGE, 0, GAP_LARGE, 0))
        outer.addSpacing(GAP_SMALL)
        self._tabs = {name: self._tab(name) for name in tabs}
        for tab in self._tabs.values():
            outer.addWidget(tab)
        outer.addStretch(1)
        outer.addLayout(self.right)
        self.setLayout(outer)
        self.choose(tabs[0])

    def choose(self, tab: str) -> None:
        """Mark a tab as the open one."""
        self._tabs[tab].setChecked(True)

    def say(self, tab: str, text: str, *, tip: str = "") -> None:
        """Show a text on a tab in place of its name: a count may follow it."""
        self._tabs[tab].setText(text)
        self._tabs[tab].setAccessibleName(text)
        self._tabs[tab].setToolTip(tip)

    def _tab(self, name: str) -> QPushButton:
        tab = QPushButton(name)
        tab.setProperty("look", "tab")
        tab.setCheckable(True)
        tab.setAccessibleName(name)
        tab.setCursor(Qt.CursorShape.PointingHandCursor)
        tab.clicked.connect(lambda: self.tab_chosen.emit(name))
        self._group.addButton(tab)
        return tab
