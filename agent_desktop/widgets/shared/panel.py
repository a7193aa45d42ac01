"""A bordered surface with captioned sections, parted by one-pixel lines."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.text import caption, label


class Section(QWidget):
    """A part of a panel: an optional captioned header and a body."""

    def __init__(self, title: str = "", *, look: str = "caption") -> None:
        super().__init__()
        self.caption = caption(title, look=look) if title else label("")
        self.header: QHBoxLayout = row(self.caption, None)
        self.body: QVBoxLayout = column(gap=GAP_SMALL)
        self._line = divider()
        self._line.hide()
        outer = column(gap=GAP_SMALL, margins=(GAP_LARGE, GAP, GAP_LARGE, GAP))
        if title:
            outer.addLayout(self.header)
            self.setAccessibleName(title)
        else:
            self.caption.setParent(self)
            self.caption.hide()
        outer.addLayout(self.body, 1)
        whole = column(self._line, gap=0)
        whole.addLayout(outer, 1)
        self.setLayout(whole)

    def part(self) -> None:
        """Draw the line above: another section stands there."""
        self._line.show()

    def retitle(self, title: str) -> None:
        """Change the caption."""
        self.caption.setText(title.upper())
        self.caption.setAccessibleName(title)


class Panel(QFrame):
    """A bordered surface. Looks: panel, panel-accent, panel-negative, raised, accent-box.

    `Panel("Customer")` has one section already (`panel.main`, `panel.body`); `section()` adds
    another below a line.
    """

    def __init__(
        self, title: str = "", *, look: str = "panel", caption_look: str = "caption"
    ) -> None:
        super().__init__()
        self.setProperty("look", look)
        self._sections = 0
        self._column: QVBoxLayout = column(gap=0, margins=(1, 1, 1, 1))
        self.setLayout(self._column)
        self.main = self.section(title, look=caption_look)
        self.body = self.main.body

    def section(self, title: str = "", *, look: str = "caption", stretch: int = 0) -> Section:
        """Add a section below a line; `stretch` as in a box layout."""
        section = Section(title, look=look)
        self._column.addWidget(section, stretch)
        if self._sections:
            section.part()
        self._sections += 1
        return section


def divider() -> QFrame:
    """A one-pixel line across."""
    line = QFrame()
    line.setProperty("look", "line")
    line.setFixedHeight(1)
    return line
