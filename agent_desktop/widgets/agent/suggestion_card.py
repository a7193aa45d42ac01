"""Cards of suggestions: the next best action, a reminder, and articles with their answer."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication

from agent_desktop.theme import Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.action_words import is_to_retry, run_line
from agent_desktop.view_models.compliance_model import due_words
from agent_desktop.view_models.customer_model import certainty_word, time_ago
from agent_desktop.view_models.evidence_words import because
from agent_desktop.view_models.mood_model import Feeling
from agent_desktop.view_models.passage import excerpt
from agent_desktop.widgets.shared.card import Card
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.paragraph import Paragraph
from assist_engine.call import state as call_state
from assist_engine.call.state import ActionStatus, CardStatus
from assist_engine.contract.ids import ActionId
from assist_engine.contract.values import ActionKind, Suggestion, SuggestionKind

_RETURN_KEYS = {"key": "Return", "cap": "↵", "look": "primary"}
_RATING_KEYS = ("Shift+H", "Shift+N")


class SuggestionCard(Card):
    """What all cards share. Qt signals carry the `Suggestion`."""

    used = Signal(object)
    dismissed = Signal(object, str)  # and why: what was done instead, else empty
    opened = Signal(object)
    why_asked = Signal(object)
    rated = Signal(object, bool)
    action_asked = Signal(object, object)  # and the `ActionOffer`
    undo_asked = Signal(object)  # `ActionKey`

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

    def move_to(self, now_ms: int) -> None:
        """Tell how far the call is, ms from its start."""

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

    def _add_evidence(self, *beside: KeyButton) -> None:
        """Why this and why now, in one line, with what stands beside it."""
        why = ElidedLabel(because(self.suggestion.evidence), look="small-muted")
        line = row(gap=0)
        line.addWidget(why, 1)
        for button in beside:
            line.addWidget(button)
        if why.text() or beside:
            self.body.addLayout(line)

    def _add_why(self, *, key: str = "") -> None:
        if not any(evidence.utterance_id for evidence in self.suggestion.evidence):
            return
        why = KeyButton(tr("Why?"), theme=self._theme, key=key, look="quiet")
        why.describe(tr("Show the words that this rests on"))
        why.clicked.connect(lambda: self.why_asked.emit(self.suggestion))
        self.main.header.insertWidget(self.main.header.count() - 1, why)

    def _button(
        self, text: str, *, key: str = "", cap: str | None = None, look: str = "plain"
    ) -> KeyButton:
        button = KeyButton(text, theme=self._theme, key=key, cap=cap, look=look)
        self._flow.addWidget(button)
        return button

    def _ratings(self, *, keys: tuple[str, str], look: str) -> tuple[KeyButton, KeyButton]:
        yes = KeyButton(tr("Helpful"), theme=self._theme, key=keys[0], cap="", look=look)
        no = KeyButton(tr("Not"), theme=self._theme, key=keys[1], cap="", look=look)
        no.setAccessibleName(tr("Not helpful"))
        no.describe(tr("Not helpful"))
        for button, says in ((yes, True), (no, False)):
            button.setCheckable(True)
            button.setChecked(self._card.is_helpful is says)
            button.clicked.connect(lambda _=False, v=says: self.rated.emit(self.suggestion, v))
        return yes, no


class ActionCard(SuggestionCard):
    """The next best action: the one accent button on screen. `runs` of its actions are told."""

    def __init__(
        self, card: call_state.Card, *, theme: Theme, runs: Sequence[call_state.ActionRun] = ()
    ) -> None:
        super().__init__(card, title=tr("Next best action"), theme=theme)
        if card.status is CardStatus.SHOWN:
            self._add_certainty()
        self._add_body(is_short=bool(runs))
        lost = next((run for run in runs[-1:] if is_to_retry(run)), None)
        if lost is not None:
            self._add_offers(lost.started.action_id, tr("Try again"), runs=runs)
        elif card.status is CardStatus.SHOWN and not runs:
            self._add_first()
        else:
            self._add_offers(None, "", runs=runs)
        for run in runs:
            self._add_run(run)
        self._add_why(key="?")
        self._add_evidence(*self._ratings(keys=_RATING_KEYS, look="quiet"))

    def _add_body(self, *, is_short: bool) -> None:
        """What to do; once something was done the result stands below it, so one line is left."""
        text = self.suggestion.body
        body = ElidedLabel(text, look="muted") if is_short else Paragraph(text, look="muted")
        self.content.addWidget(body)

    def _add_first(self) -> None:
        """The one thing to do, the others beside it."""
        suggestion = self.suggestion
        name = suggestion.primary_label or tr("Do it")
        if suggestion.actions:
            self._add_offers(suggestion.actions[0].action_id, name, runs=())
        else:
            do = self._button(name, **_RETURN_KEYS)
            do.clicked.connect(lambda: self.used.emit(suggestion))
        self._add_alternative()

    def _add_offers(
        self, first: ActionId | None, name: str, *, runs: Sequence[call_state.ActionRun]
    ) -> None:
        """Actions that can be done now; `first` by Return, under that name."""
        is_over = {ActionStatus.DONE, ActionStatus.RUNNING}
        over = {run.started.action_id for run in runs if run.status in is_over}
        offers = sorted(self.suggestion.actions, key=lambda offer: offer.action_id != first)
        for offer in offers:
            if offer.action_id == first:
                button = self._button(name, **_RETURN_KEYS)
                button.describe(tr("{name}: shows first what will be done", name=offer.label))
            elif offer.action_id in over and offer.kind is not ActionKind.OPEN:
                continue
            else:
                button = self._button(offer.label)
            button.clicked.connect(
                lambda _=False, o=offer: self.action_asked.emit(self.suggestion, o)
            )

    def _add_alternative(self) -> None:
        instead = self.suggestion.alternative_label
        if instead:
            other = self._button(instead)
            other.clicked.connect(lambda: self.dismissed.emit(self.suggestion, instead))
            other.describe(tr("Puts this card away and notes what you did instead"))

    def _add_run(self, run: call_state.ActionRun) -> None:
        told = run_line(run)
        look = "body" if told.feeling is Feeling.EVEN else "strong"
        self.content.addWidget(Paragraph(told.text, look=look))
        if told.can_undo:
            undo = self._button(tr("Undo"), look="small")
            undo.describe(tr("Take back what was done"))
            undo.clicked.connect(lambda: self.undo_asked.emit(run.started.key))


class ReminderCard(SuggestionCard):
    """What has to be said now, or a hint that matters most: words to say and how long there is."""

    def __init__(self, card: call_state.Card, *, theme: Theme) -> None:
        is_rule = card.suggestion.kind is SuggestionKind.COMPLIANCE
        super().__init__(card, title=tr("Required") if is_rule else tr("Coach"), theme=theme)
        self._due = Chip(theme=theme)
        self.main.header.insertWidget(self.main.header.count() - 1, self._due)
        if self.suggestion.body:
            self.content.addWidget(Paragraph(self.suggestion.body, look="muted"))
        done = self._button(tr("Said it") if is_rule else tr("Done"), **_RETURN_KEYS)
        done.clicked.connect(lambda: self.used.emit(self.suggestion))
        self._add_why(key="?")
        self._add_evidence(*self._ratings(keys=_RATING_KEYS, look="quiet"))

    def move_to(self, now_ms: int) -> None:
        """Count down to when it is due."""
        words = due_words(self.suggestion.due_ms, now_ms=now_ms)
        if words != self._due.text():
            self._due.say(words, tone=Tone.WARNING)


class ArticleCard(SuggestionCard):
    """An article with the sentence that answers. `has_keys`: C and O work on it.

    `is_newest`: H and N do, too. One that the engine wants quiet is the answer alone, the
    evidence a click away.
    """

    def __init__(
        self,
        card: call_state.Card,
        *,
        theme: Theme,
        has_keys: bool,
        is_newest: bool,
        now_ms: int,
    ) -> None:
        super().__init__(card, title=tr("Article"), theme=theme)
        suggestion = self.suggestion
        self._add_release(now_ms=now_ms)
        passage = excerpt(suggestion.body, suggestion.answer)
        words = Paragraph()
        is_short = not suggestion.is_primary and bool(passage.answer)
        words.say_marked(
            "" if is_short else passage.before,
            passage.answer,
            "" if is_short else passage.after,
            surface=theme.answer_surface,
        )
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.content.addWidget(words)
        copy = self._button(tr("Copy answer"), key="C" if has_keys else "")
        copy.clicked.connect(self.copy_answer)
        read = self._button(tr("Open"), key="O" if has_keys else "")
        read.clicked.connect(lambda: self.opened.emit(suggestion))
        for rating in self._ratings(keys=("H", "N") if is_newest else ("", ""), look="plain"):
            self._flow.addWidget(rating)
        self._add_why()
        if not is_short:
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
