"""Names the next card that is out of sight, and goes there: no card is missed below the edge."""

from typing import Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import GAP, Theme
from agent_desktop.translation import tr
from agent_desktop.widgets.agent.quiet_card import QuietCard
from agent_desktop.widgets.agent.suggestion_card import SuggestionCard
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.scroll_column import ScrollColumn

SEEN: Final = 48  # pixels of a card, at text scale 1.0, that tell what it is
KEY: Final = "M"
AnyCard = SuggestionCard | QuietCard


class CardBeyond(QWidget):
    """Stands below a column of cards; its key goes to the next card, from the last one to the top.

    Hidden while all cards are in sight.
    """

    def __init__(self, cards: ScrollColumn, *, theme: Theme) -> None:
        super().__init__()
        self._cards, self._theme = cards, theme
        self._next: AnyCard | None = None
        self.button = KeyButton("", theme=theme, key=KEY, look="small")
        self.button.clicked.connect(self._go)
        self.setLayout(row(None, self.button, None, margins=(0, 0, GAP, 0)))
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show)
        bar = cards.verticalScrollBar()
        bar.valueChanged.connect(self.look)
        bar.rangeChanged.connect(self.look)
        self.hide()

    @Slot()
    def look(self) -> None:
        """See, once the cards are laid out, which is out of sight."""
        self._soon.start()

    def _show(self) -> None:
        bar = self._cards.verticalScrollBar()
        self._next = self._below(bar.value() + self._cards.viewport().height())
        if self._next is None and bar.value() == 0:
            self.hide()
            return
        first = self._next or next(iter(self._shown()), None)
        mark = "▼" if self._next is not None else "▲"
        name = first.accessibleName() if first is not None else ""
        room = self._cards.width() - self._theme.px(96)
        metrics = self.button.fontMetrics()
        self.button.rename(metrics.elidedText(f"{mark} {name}", Qt.TextElideMode.ElideRight, room))
        self.button.setAccessibleName(f"{tr('Show the card that is out of sight')}: {name}")
        self.button.describe(tr("Show the card that is out of sight"))
        self.show()

    def _below(self, edge: int) -> AnyCard | None:
        """A card of which too little is above the lower edge: one that is due, else the first."""
        seen = self._theme.px(SEEN)
        below = [c for c in self._shown() if self._top(c) + min(seen, c.height()) > edge]
        due = (card for card in below if card.suggestion.due_ms is not None)
        return next(due, None) or next(iter(below), None)

    def _shown(self) -> list[AnyCard]:
        cards: list[AnyCard] = list(self._cards.findChildren(SuggestionCard))
        cards += self._cards.findChildren(QuietCard)
        return sorted((card for card in cards if card.isVisible()), key=self._top)

    def _top(self, card: QWidget) -> int:
        at = card.mapTo(self._cards.viewport(), card.rect().topLeft()).y()
        return at + self._cards.verticalScrollBar().value()

    def _go(self) -> None:
        top = self._top(self._next) if self._next is not None else 0
        self._cards.verticalScrollBar().setValue(top)
