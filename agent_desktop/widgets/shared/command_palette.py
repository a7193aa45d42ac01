"""Everything that can be done, found by typing a few letters (Ctrl+K)."""

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import Theme
from agent_desktop.translation import tr
from agent_desktop.widgets.shared.choice_row import ChoiceRow
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.layout import clear
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.scroll_column import ScrollColumn


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be done, with its key as shown."""

    name: str
    key: str
    do: Callable[[], object]


def matching(deeds: Sequence[Deed], typed: str) -> tuple[Deed, ...]:
    """Deeds whose name holds every word typed, in their order."""
    words = typed.casefold().split()
    return tuple(d for d in deeds if all(word in d.name.casefold() for word in words))


class CommandPalette(Overlay):
    """Return does the first deed listed; arrows go down the list."""

    def __init__(self, parent: QWidget, *, theme: Theme, deeds: Sequence[Deed]) -> None:
        super().__init__(parent, theme=theme, title=tr("Do something"), width=520, height=480)
        self._deeds = tuple(deeds)
        self.field = Field(tr("Type a few letters"))
        self._scroll = ScrollColumn(tr("Things to do"), gap=0)
        self.sheet.body.addWidget(self.field)
        self.sheet.body.addWidget(self._scroll, 1)
        self.field.textChanged.connect(self._list)
        self.field.entered.connect(self._do_first)
        self.field.left.connect(self.close_sheet)

    def ask(self) -> None:
        """Open it, empty."""
        self.field.clear()
        self._list("")
        self.open()
        self.field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes from the field to the list."""
        if event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _list(self, typed: str) -> None:
        clear(self._scroll.column)
        for deed in matching(self._deeds, typed):
            choice = ChoiceRow(deed.name, theme=self._theme, word=deed.key)
            choice.clicked.connect(lambda _=False, d=deed: self._do(d))
            self._scroll.column.addWidget(choice)

    def _do_first(self, typed: str) -> None:
        found = matching(self._deeds, typed)
        if found:
            self._do(found[0])

    def _do(self, deed: Deed) -> None:
        self.close_sheet()
        deed.do()
