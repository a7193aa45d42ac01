"""The middle of the agent view: what is said, what it is about, and whether we follow."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, GAP_TINY, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.call_model import CallModel
from agent_desktop.view_models.call_risk import driver_labels
from agent_desktop.view_models.care_model import effort_words
from agent_desktop.view_models.changed import Changed
from agent_desktop.view_models.customer_model import certainty_word, pinned
from agent_desktop.view_models.driver_words import VULNERABILITY
from agent_desktop.view_models.entity_model import arrange_chips
from agent_desktop.view_models.transcript_model import TranscriptModel
from agent_desktop.widgets.agent.entity_chips import EntityChips
from agent_desktop.widgets.agent.start_page import StartPage
from agent_desktop.widgets.agent.transcript_view import TranscriptView
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.layout import clear, column, row
from agent_desktop.widgets.shared.panel import divider
from agent_desktop.widgets.shared.text import caption, set_look
from assist_engine.call.selectors import current_intent
from assist_engine.call.state import CallState
from assist_engine.contract.values import Certainty, certainty_of

DRIVERS_SHOWN = 2
NARROW = 520  # a narrower panel says less


class ConversationPanel(QFrame):
    """Header with what the call is about, the list, and a foot with what is pinned."""

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "panel")
        self._theme = theme
        self._state: CallState | None = None
        self._is_narrow = True
        self.transcript = TranscriptModel(self)
        self.list = TranscriptView(self.transcript, theme=theme)
        self.start_page = StartPage(theme=theme)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.start_page)
        self._pages.addWidget(self.list)
        self.entities = EntityChips(theme=theme)
        self._about: QHBoxLayout = row(gap=GAP_SMALL)
        self._name = caption(tr("Conversation"))
        self._following = QPushButton()
        self._following.setProperty("look", "quiet")
        keeps = self._following.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self._following.setSizePolicy(keeps)
        self._following.clicked.connect(self.list.follow)
        self.list.following_changed.connect(self._show_following)
        self._show_following(self.list.is_following)
        self.setLayout(self._arranged())

    def show_model(self, model: CallModel, changes: Changed) -> None:
        """Bring what changed to the screen."""
        state = self._state = model.state
        if changes & Changed.TRANSCRIPT:
            self.transcript.update_from(state, model.partials, model.live_words)
        if changes & (Changed.HEADER | Changed.CARE):
            self._show_about(state)
        if changes & Changed.ENTITIES:
            chips = arrange_chips(self.entities.chips, state, model.live_words)
            self.entities.show_chips(chips)
        if changes & (Changed.CUSTOMER | Changed.ENTITIES):
            self._show_pinned(model.state_with_record)
        if changes & (Changed.STATUS | Changed.HEADER):
            self.start_page.show_model(model)
            self._pages.setCurrentWidget(self.start_page if state is None else self.list)
            self._following.setVisible(state is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is little room."""
        super().resizeEvent(event)
        self._show_about(self._state)
        is_narrow = self.width() < self._theme.px(NARROW)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._show_following(self.list.is_following)

    def _arranged(self) -> QHBoxLayout:
        head = row(self._name, None, margins=(GAP_LARGE, GAP, GAP_LARGE, GAP))
        head.addStrut(self._theme.px(20))  # as high without pills as with them
        head.addLayout(self._about)
        foot = row(margins=(GAP_LARGE, GAP_SMALL, GAP_LARGE, GAP_SMALL))
        foot.addWidget(self.entities, 1)
        foot.addWidget(self._following, 0, Qt.AlignmentFlag.AlignBottom)
        whole = column(gap=0, margins=(1, 1, 1, 1))
        whole.addLayout(head)
        whole.addWidget(divider())
        whole.addSpacing(GAP_SMALL)
        whole.addWidget(self._pages, 1)
        whole.addSpacing(GAP_TINY)
        whole.addWidget(divider())
        whole.addLayout(foot)
        outer = row()
        outer.addLayout(whole)
        return outer

    def _show_about(self, state: CallState | None) -> None:
        """What it is about, as many pills as there is room for; the first is cut at need."""
        clear(self._about)
        if state is None:
            return
        drivers = driver_labels(state, without=VULNERABILITY)[:DRIVERS_SHOWN]
        texts = [(_about_words(state), Tone.NEUTRAL), *((text, Tone.WARNING) for text in drivers)]
        texts.append((effort_words(state), Tone.WARNING))
        room = self.width() - 2 * GAP_LARGE - self._name.sizeHint().width() - GAP_SMALL
        for text, tone in texts:
            if not text:
                continue
            chip = Chip(text, theme=self._theme, tone=tone)
            chip.ensurePolished()
            room -= chip.sizeHint().width() + GAP_SMALL
            if self._about.count() and room < 0:
                chip.deleteLater()
                return
            self._about.addWidget(chip)

    def _show_pinned(self, state: CallState | None) -> None:
        named = tuple(chip.value for chip in self.entities.chips if chip and chip.value)
        self.entities.pin(pinned(state, named=named) if state else ())

    def _show_following(self, is_following: bool) -> None:
        text = tr("▼ following live") if is_following else tr("paused · jump to live")
        short = tr("▼ live") if is_following else tr("jump to live")
        self._following.setText(short if self._is_narrow else text)
        set_look(self._following, "quiet" if is_following else "small")
        self._following.setAccessibleName(text)
        self._following.setToolTip(tr("Keep the newest words in sight (End)"))


def _about_words(state: CallState) -> str:
    intent = current_intent(state)
    if intent is None:
        return ""
    sure = certainty_of(intent.probability)
    text = tr("about: {intent}", intent=intent.label)
    return text if sure is Certainty.LIKELY else f"{text} · {certainty_word(sure)}"
