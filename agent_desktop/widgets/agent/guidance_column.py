"""The right of the agent view: one next action, up to two articles, a checklist. Calm."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.theme import GAP, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.guidance_model import QUIET_PLACES, Guidance, arrange
from agent_desktop.widgets.agent.suggestion_card import ActionCard, ArticleCard, SuggestionCard
from agent_desktop.widgets.shared.layout import clear, column
from agent_desktop.widgets.shared.panel import Panel
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import label
from assist_engine.call.state import CallState, Card


class Place(QWidget):
    """Room for one card; it is made anew only when its card changed."""

    def __init__(self) -> None:
        super().__init__()
        self._key: object = self  # differs from every key
        self.column: QVBoxLayout = column(gap=0)
        self.setLayout(self.column)

    def holds(self, key: object) -> bool:
        """Whether it shows this already; remembers the key."""
        if key == self._key:
            return True
        self._key = key
        clear(self.column)
        self.hide()
        return False

    def fill(self, widget: QWidget) -> None:
        """Show a widget here."""
        self.column.addWidget(widget)
        self.show()


class GuidanceColumn(ScrollColumn):
    """Qt signals carry the `Suggestion` that a person acted on."""

    used = Signal(object)
    dismissed = Signal(object, str)  # and why
    opened = Signal(object)
    why_asked = Signal(object)
    rated = Signal(object, bool)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__(tr("Guidance"), gap=GAP)
        self._theme = theme
        self.guidance = Guidance()
        self._action, self._checklist = Place(), Place()
        self._articles = tuple(Place() for _ in range(QUIET_PLACES))
        for place in (self._action, *self._articles, self._checklist):
            self.column.addWidget(place)
        self.show_call(None)

    def show_call(self, state: CallState | None) -> None:
        """Arrange the cards of a call; those on screen stay where they are."""
        self.guidance = arrange(self.guidance, state)
        now_ms = state.offered_at_ms + state.audio_ms if state else 0
        self._show_action(self.guidance.primary)
        for number, place in enumerate(self._articles):
            self._show_article(place, number, now_ms=now_ms)
        self._show_checklist(self.guidance.primary)

    def _show_action(self, card: Card | None) -> None:
        if self._action.holds(card):
            return
        if card is None:
            hint = tr("A step stands here when one fits what is said.")
            self._action.fill(_waiting(tr("Next best action"), hint))
        else:
            self._place(self._action, ActionCard(card, theme=self._theme))

    def _show_article(self, place: Place, number: int, *, now_ms: int) -> None:
        card = self.guidance.quiet[number]
        is_empty_hint = number == 0 and not any(self.guidance.quiet)
        has_keys = card is not None and card == self.guidance.newest_quiet
        if place.holds((card, has_keys, is_empty_hint, self.guidance.has_asked)):
            return
        if card is not None:
            made = ArticleCard(card, theme=self._theme, has_keys=has_keys, now_ms=now_ms)
            self._place(place, made)
        elif is_empty_hint:
            place.fill(_waiting(tr("Article"), self._article_hint()))

    def _article_hint(self) -> str:
        if self.guidance.has_asked:
            return tr("Nothing in the knowledge base answers this yet. Search it with Ctrl+F.")
        return tr("Articles stand here when the customer asks something.")

    def _show_checklist(self, card: Card | None) -> None:
        steps = card.suggestion.checklist if card else ()
        if self._checklist.holds(steps):
            return
        if steps:
            panel = Panel(tr("Checklist"))
            panel.body.setSpacing(GAP_SMALL)
            for step in steps:
                panel.body.addWidget(label(f"○  {step}", wraps=True))
            self._checklist.fill(panel)

    def _place(self, place: Place, card: SuggestionCard) -> None:
        card.used.connect(self.used)
        card.dismissed.connect(self.dismissed)
        card.opened.connect(self.opened)
        card.why_asked.connect(self.why_asked)
        card.rated.connect(self.rated)
        place.fill(card)


def _waiting(title: str, hint: str) -> Panel:
    panel = Panel(title)
    panel.body.addWidget(label(hint, look="muted", wraps=True))
    return panel
