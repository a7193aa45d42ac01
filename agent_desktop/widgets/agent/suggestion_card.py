"""Cards of suggestions: the next best action, and articles with their answer."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication

from agent_desktop.theme import Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.customer_model import certainty_word, time_ago
from agent_desktop.view_models.marked_words import readable
from agent_desktop.view_models.passage import excerpt
from agent_desktop.widgets.shared.card import Card
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.paragraph import Paragraph
from assist_engine.call import state as call_state
from assist_engine.call.state import CardStatus
from assist_engine.contract.values import Suggestion


class SuggestionCard(Card):
    """What all cards share. Qt signals carry the `Suggestion`."""

    used = Signal(object)
    dismissed = Signal(object, str)  # and why: what was done instead, else empty
    opened = Signal(object)
    why_asked = Signal(object)
    rated = Signal(object, bool)

    def __init__(self, card: call_state.Card, *, title: str, theme: Theme) -> None:
        is_waiting = card.status is CardStatus.SHOWN
        is_action = card.suggestion.article is None
        super().__init__(title, heading=card.suggestion.title, is_primary=is_action and is_waiting)
        self._theme, self._card = theme, card
        self._flow = Flow(trailing=0 if is_action else 2)
        self.body.addLayout(self._flow)
        self._fill_header()

    @property
    def suggestion(self) -> Suggestion:
        """What the card shows."""
        return self._card.suggestion

    def _fill_header(self) -> None:
        if self._card.status is CardStatus.USED:
            self.main.header.addWidget(Chip(tr("✓ used"), theme=self._theme, tone=Tone.POSITIVE))
        away = KeyButton("✕", theme=self._theme, look="quiet")
        away.setAccessibleName(tr("Dismiss"))
        away.describe(tr("Dismiss (Esc)"))
        away.clicked.connect(lambda: self.dismissed.emit(self.suggestion, ""))
        self.main.header.addWidget(away)

    def _add_certainty(self) -> None:
        word = certainty_word(self.suggestion.certainty)
        at = self.main.header.count() - 1
        self.main.header.insertWidget(at, Chip(word, theme=self._theme))

    def _add_evidence(self) -> None:
        quotes = " · ".join(
            f"“{readable(evidence.quote)}”" if evidence.utterance_id else evidence.quote
            for evidence in self.suggestion.evidence
        )
        if quotes:
            text = tr("because {quotes}", quotes=quotes)
            self.body.addWidget(Paragraph(text, look="small-muted"))

    def _add_why(self, *, key: str = "") -> None:
        if not any(evidence.utterance_id for evidence in self.suggestion.evidence):
            return
        why = KeyButton(tr("Why?"), theme=self._theme, key=key, look="quiet")
        why.describe(tr("Show the words that this rests on"))
        why.clicked.connect(lambda: self.why_asked.emit(self.suggestion))
        self.main.header.insertWidget(self.main.header.count() - 1, why)

    def _button(self, text: str, *, key: str = "", cap: str | None = None) -> KeyButton:
        button = KeyButton(text, theme=self._theme, key=key, cap=cap)
        self._flow.addWidget(button)
        return button

    def _add_rating(self, *, has_keys: bool) -> None:
        is_helpful = self._card.is_helpful
        yes = self._button(tr("Helpful"), key="H" if has_keys else "", cap="")
        no = self._button(tr("Not"), key="N" if has_keys else "", cap="")
        no.setAccessibleName(tr("Not helpful"))
        no.describe(tr("Not helpful"))
        for button, says in ((yes, True), (no, False)):
            button.setCheckable(True)
            button.setChecked(is_helpful is says)
            button.clicked.connect(lambda _=False, v=says: self.rated.emit(self.suggestion, v))


class ActionCard(SuggestionCard):
    """The next best action: the one accent button on screen."""

    def __init__(self, card: call_state.Card, *, theme: Theme) -> None:
        super().__init__(card, title=tr("Next best action"), theme=theme)
        self._add_certainty()
        self.content.addWidget(Paragraph(self.suggestion.body, look="muted"))
        if card.status is CardStatus.SHOWN:
            self._add_buttons()
        self._add_evidence()

    def _add_buttons(self) -> None:
        suggestion = self.suggestion
        do = KeyButton(
            suggestion.primary_label or tr("Do it"),
            theme=self._theme,
            key="Return",
            cap="↵",
            look="primary",
        )
        do.clicked.connect(lambda: self.used.emit(suggestion))
        self._flow.addWidget(do)
        instead = suggestion.alternative_label
        if instead:
            other = self._button(instead)
            other.clicked.connect(lambda: self.dismissed.emit(suggestion, instead))
            other.describe(tr("Puts this card away and notes what you did instead"))
        self._add_why(key="?")


class ArticleCard(SuggestionCard):
    """An article with the sentence that answers. `has_keys`: C, O, H and N work on it."""

    def __init__(self, card: call_state.Card, *, theme: Theme, has_keys: bool, now_ms: int) -> None:
        super().__init__(card, title=tr("Article"), theme=theme)
        suggestion = self.suggestion
        self._add_release(now_ms=now_ms)
        passage = excerpt(suggestion.body, suggestion.answer)
        words = Paragraph()
        words.say_marked(
            passage.before, passage.answer, passage.after, surface=theme.answer_surface
        )
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.content.addWidget(words)
        copy = self._button(tr("Copy answer"), key="C" if has_keys else "")
        copy.clicked.connect(self.copy_answer)
        read = self._button(tr("Open"), key="O" if has_keys else "")
        read.clicked.connect(lambda: self.opened.emit(suggestion))
        self._add_rating(has_keys=has_keys)
        self._add_why()
        self._add_evidence()

    def copy_answer(self) -> None:
        """Put the answer on the clipboard; that is a use of the card."""
        body, answer = self.suggestion.body, self.suggestion.answer
        QGuiApplication.clipboard().setText(body[answer.start : answer.end] if answer else body)
        self.used.emit(self.suggestion)

    def _add_release(self, *, now_ms: int) -> None:
        article = self.suggestion.article
        if article is None:
            return
        ago = time_ago(article.updated_ms, now_ms=now_ms)
        parts = [tr("release {number}", number=article.release)]
        if article.updated_ms:
            parts.append(tr("updated {ago} ago", ago=ago))
        text = ElidedLabel(" · ".join(parts), look="small-muted")
        self.main.header.insertWidget(self.main.header.count() - 1, text)
