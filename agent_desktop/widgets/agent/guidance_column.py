"""The right of the agent view: one card that asks, two quiet ones, checklist, rules. Calm."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.theme import GAP, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.checklist_model import checklist_of
from agent_desktop.view_models.compliance_model import compliance_lines
from agent_desktop.view_models.guidance_model import QUIET_PLACES, Guidance, arrange
from agent_desktop.widgets.agent.card_beyond import CardBeyond
from agent_desktop.widgets.agent.checklist_panel import ChecklistPanel
from agent_desktop.widgets.agent.compliance_panel import CompliancePanel
from agent_desktop.widgets.agent.mode_choice import ModeChoice
from agent_desktop.widgets.agent.quiet_card import QuietCard
from agent_desktop.widgets.agent.suggestion_card import (
    ActionCard,
    ArticleCard,
    ReminderCard,
    SuggestionCard,
)
from agent_desktop.widgets.shared.layout import clear, column, row
from agent_desktop.widgets.shared.panel import Panel
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import caption, label
from assist_engine.call.state import CallState, Card
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import SuggestionKind

FIRST_ROOM: Final = 280  # of most next best actions, at text scale 1.0
FIRST_SHARE, FOOT_SHARE = 0.37, 0.34  # the most of the height that they take
HIGH: Final = 640  # a lower column has no foot: steps and rules follow the cards


class Place(QWidget):
    """Room for one card; it is made anew only when its card changed.

    Its room may grow and never shrinks while cards stand below it: they would jump.
    """

    def __init__(self) -> None:
        super().__init__()
        self._key: object = self  # differs from every key
        self.card: SuggestionCard | QuietCard | None = None
        self.column: QVBoxLayout = column(gap=0)
        self.setLayout(self.column)
        self.hide()

    def holds(self, key: object) -> bool:
        """Whether it shows this already; remembers the key."""
        if key == self._key:
            return True
        self._key = key
        self.card = None
        if not self.isHidden():
            self.setMinimumHeight(max(self.minimumHeight(), self._needed()))
        clear(self.column)
        return False

    def fill(self, widget: QWidget) -> None:
        """Show a widget here: a card as high as it needs, a hint as high as the room."""
        self.column.addWidget(widget, 0 if self.card else 1)
        if self.card:
            self.column.addStretch(1)
        self.show()
        widget.show()  # now: Qt would show it on its next turn, and its place be empty till then

    def free(self, *, room: int) -> None:
        """Nothing stands below: take no more height than `room` and what is in it."""
        self.setMinimumHeight(room)
        if not self.column.count():
            self.hide()

    def _needed(self) -> int:
        return self.column.totalHeightForWidth(self.width())


class GuidanceColumn(QWidget):
    """Cards, which scroll where they are many; below them, in sight, steps and rules.

    Qt signals carry the `Suggestion` that a person acted on.

    `ticked(PlaybookId, str, bool)`; `mode_chosen(GuidanceMode)`; `place_asked(UtteranceId)`.
    """

    used = Signal(object)
    dismissed = Signal(object, str)  # and why
    opened = Signal(object)
    why_asked = Signal(object)
    rated = Signal(object, bool)
    action_asked = Signal(object, object)  # and the `ActionOffer`
    undo_asked = Signal(object)  # `ActionKey`
    ticked = Signal(object, str, bool)
    mode_chosen = Signal(object)
    place_asked = Signal(object)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(tr("Guidance"))
        self._theme = theme
        self._call_id: CallId | None = None
        self.guidance = Guidance()
        self.mode = ModeChoice(theme=theme)
        self._first = Place()
        self._quiet = tuple(Place() for _ in range(QUIET_PLACES))
        self.checklist = ChecklistPanel(theme=theme)
        self.compliance = CompliancePanel(theme=theme)
        self.cards = ScrollColumn(tr("Cards"), margins=(0, 0, GAP, 0))
        self.foot = ScrollColumn(tr("Checklist and rules"), margins=(0, 0, GAP, 0))
        for place in (self._first, *self._quiet):
            self.cards.column.addWidget(place)
        self.beyond = CardBeyond(self.cards, theme=theme)
        self._steps = QWidget()
        self._steps.setLayout(column(self.checklist, self.compliance, gap=GAP))
        self.foot.column.addWidget(self._steps)
        margins = (GAP, 0, GAP, 0)
        head = row(caption(tr("Guidance")), None, self.mode, margins=margins, gap=GAP_SMALL)
        whole = column(head, gap=GAP)
        whole.addWidget(self.cards, 1)
        whole.addWidget(self.beyond)
        whole.addWidget(self.foot)
        self.setLayout(whole)
        self.foot.needed.connect(self._share_height)
        self.mode.chosen.connect(self.mode_chosen)
        self.checklist.ticked.connect(self.ticked)
        self.compliance.place_asked.connect(self.place_asked)
        self.show_call(None)

    def show_call(self, state: CallState | None) -> None:
        """Arrange the cards of a call; those on screen stay where they are."""
        self.guidance = arrange(self.guidance, state)
        if self._call_id != (state.call_id if state else None):
            self._call_id = state.call_id if state else None
            self._free((self._first, *self._quiet))
        today_ms = state.offered_at_ms + state.audio_ms if state else 0
        self._show_first(self.guidance.primary)
        for number, place in enumerate(self._quiet):
            self._show_quiet(place, number, today_ms=today_ms)
        self._free_last()
        self.beyond.look()
        ticks = state.ticks if state else ()
        self.checklist.show_checklist(checklist_of(self.guidance.listed, ticks))
        self.compliance.show_lines(compliance_lines(state) if state else ())
        self._place_steps()

    def move_to(self, now_ms: int) -> None:
        """Tell the cards how far the call is, ms from its start."""
        for place in (self._first, *self._quiet):
            if place.card is not None:
                place.card.move_to(now_ms)
        self.compliance.move_to(now_ms)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew; in another width, cards need other heights."""
        super().resizeEvent(event)
        self._free((self._first, *self._quiet))
        is_high = self.height() >= self._theme.px(HIGH)
        home = self.foot if is_high else self.cards
        home.column.addWidget(self._steps)
        self._place_steps()

    def _place_steps(self) -> None:
        """Steps and rules get what they need, up to a share; below it they scroll."""
        has_any = any(not panel.isHidden() for panel in (self.checklist, self.compliance))
        self._steps.setVisible(has_any)
        self.foot.setVisible(has_any and self.foot.isAncestorOf(self._steps))

    def _share_height(self, needed: int) -> None:
        self.foot.setFixedHeight(min(needed, round(FOOT_SHARE * self.height())))

    def _free_last(self) -> None:
        """Places with nothing below them give their room back."""
        for place in reversed(self._quiet):
            if place.card is not None:
                return
            self._free((place,))
        self._free((self._first,))

    def _free(self, places: Iterable[Place]) -> None:
        for place in places:
            room = min(self._theme.px(FIRST_ROOM), round(FIRST_SHARE * self.height()))
            place.free(room=room if place is self._first else 0)

    def _show_first(self, card: Card | None) -> None:
        runs = self.guidance.runs
        if self._first.holds((card, runs)):
            return
        if card is None:
            hint = tr("A step stands here when one fits what is said.")
            self._first.fill(_waiting(tr("Next best action"), hint))
        elif card.suggestion.kind is SuggestionKind.NEXT_ACTION:
            self._place(self._first, ActionCard(card, theme=self._theme, runs=runs))
        else:
            self._place(self._first, ReminderCard(card, theme=self._theme))

    def _show_quiet(self, place: Place, number: int, *, today_ms: int) -> None:
        card = self.guidance.quiet[number]
        is_empty_hint = number == 0 and not any(self.guidance.quiet)
        is_newest = card is not None and card == self.guidance.newest_quiet
        has_keys = card is not None and card == self.guidance.newest_like(card)
        if place.holds((card, has_keys, is_newest, is_empty_hint, self.guidance.has_asked)):
            return
        if card is not None and card.suggestion.kind is SuggestionKind.ARTICLE:
            article = ArticleCard(
                card, theme=self._theme, has_keys=has_keys, is_newest=is_newest, now_ms=today_ms
            )
            self._place(place, article)
        elif card is not None:
            quiet = QuietCard(card, theme=self._theme, has_keys=has_keys, is_newest=is_newest)
            self._place(place, quiet)
        elif is_empty_hint:
            place.fill(_waiting(tr("Article"), self._article_hint()))

    def _article_hint(self) -> str:
        if self.guidance.has_asked:
            return tr("Nothing in the knowledge base answers this yet. Search it with Ctrl+F.")
        return tr("Articles stand here when the customer asks something.")

    def _place(self, place: Place, card: SuggestionCard | QuietCard) -> None:
        card.used.connect(self.used)
        card.dismissed.connect(self.dismissed)
        card.why_asked.connect(self.why_asked)
        card.rated.connect(self.rated)
        if isinstance(card, SuggestionCard):
            card.opened.connect(self.opened)
            card.action_asked.connect(self.action_asked)
            card.undo_asked.connect(self.undo_asked)
        place.card = card
        place.fill(card)


def _waiting(title: str, hint: str) -> Panel:
    panel = Panel(title)
    panel.body.addWidget(label(hint, look="muted", wraps=True))
    panel.body.addStretch(1)
    return panel
