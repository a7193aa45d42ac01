"""The screen pop: who is calling, why probably, what happened before, what the bot learned."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.care_model import care_notes
from agent_desktop.view_models.changed import Changed
from agent_desktop.view_models.customer_model import CustomerPop, customer_pop, reason_line
from agent_desktop.view_models.tip import plain_tip
from agent_desktop.widgets.agent.avatar import Avatar
from agent_desktop.widgets.agent.care_section import CareSection
from agent_desktop.widgets.agent.timeline import Timeline
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.feeling_tone import TONES
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.layout import NO_MARGINS, clear, column, row
from agent_desktop.widgets.shared.panel import Panel
from agent_desktop.widgets.shared.paragraph import Paragraph
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import label
from assist_engine.call.state import CallState
from assist_engine.contract.values import PredictedReason


class CustomerPanel(QFrame):
    """Shows what the state of a call knows of the customer; scrolls in a low window.

    `place_asked(UtteranceId)` when a person wants to see where something was said.
    """

    place_asked = Signal(object)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "panel")
        self._theme = theme
        content = Panel(tr("Customer"), look="plain")
        self._profile = content.body
        self._care = content.section(tr("Keep in mind"))
        self._notes = CareSection(theme=theme)
        self._notes.place_asked.connect(self.place_asked)
        self._care.body.addWidget(self._notes)
        self._reason = content.section(tr("Probably about"))
        self._timeline = content.section(tr("Timeline"), stretch=1)
        self._handoff = content.section(tr("From the assistant"))
        scroll = ScrollColumn(tr("Customer"), margins=NO_MARGINS)
        scroll.column.addWidget(content)
        scroll.fill_room()
        self.setLayout(column(scroll, margins=(1, 1, 1, 1)))
        self.show_call(None)
        self.show_care(None)

    def show_changes(
        self, state: CallState | None, changes: Changed, *, caller_number: str = ""
    ) -> None:
        """Bring what changed to the screen."""
        if changes & Changed.CUSTOMER:
            self.show_call(state, caller_number=caller_number)
        if changes & Changed.CARE:
            self.show_care(state)

    def show_care(self, state: CallState | None) -> None:
        """Show what to keep in mind of the customer on this call."""
        notes = care_notes(state) if state else ()
        self._notes.show_notes(notes)
        self._care.setVisible(bool(notes))

    def show_call(self, state: CallState | None, *, caller_number: str = "") -> None:
        """Show a call's customer; without a call, what will stand here."""
        for body in (
            self._profile,
            self._reason.body,
            self._timeline.body,
            self._handoff.body,
        ):
            clear(body)
        if state is None:
            self._show_nobody()
            return
        pop = customer_pop(state, caller_number=caller_number)
        self._show_profile(pop)
        self._show_reason(state.reason)
        self._show_timeline(pop)
        self._show_handoff(pop)

    def _show_nobody(self) -> None:
        self._profile.addWidget(label(tr("Nobody on the line"), look="name"))
        hint = tr("Who calls, and why, stands here before the first word.")
        self._profile.addWidget(label(hint, look="small-muted", wraps=True))
        for section in (self._reason, self._timeline, self._handoff):
            section.setVisible(section is self._timeline)
        self._timeline.body.addWidget(label(tr("nothing yet"), look="small-muted"))
        self._timeline.body.addStretch(1)

    def _show_profile(self, pop: CustomerPop) -> None:
        names = column(label(pop.name, look="name", wraps=True), gap=2)
        if pop.line:
            names.addWidget(label(pop.line, look="small-muted", wraps=True))
        head = row(Avatar(pop.initials, theme=self._theme), gap=GAP_SMALL)
        head.addLayout(names, 1)
        self._profile.addLayout(head)
        facts = Flow()
        for fact in pop.facts:
            facts.addWidget(Chip(fact.text, theme=self._theme, tone=TONES[fact.feeling]))
        self._profile.addLayout(facts)

    def _show_reason(self, reason: PredictedReason | None) -> None:
        self._reason.setVisible(reason is not None)
        if reason is None:
            return
        box = QFrame()
        box.setProperty("look", "accent-box")
        inner = column(
            label(reason.title, look="strong", wraps=True),
            Paragraph(f"“{reason.opening}”", look="small"),
            Paragraph(reason_line(reason), look="small-muted"),
            gap=GAP_TINY + 2,
            margins=(GAP_LARGE, GAP, GAP_LARGE, GAP),
        )
        box.setLayout(inner)
        box.setAccessibleName(f"{reason.title}. {reason.opening}")
        self._reason.body.addWidget(box)

    def _show_timeline(self, pop: CustomerPop) -> None:
        self._timeline.setVisible(True)
        if pop.timeline:
            self._timeline.body.addWidget(Timeline(pop.timeline, theme=self._theme))
        else:
            text = tr("no earlier contact known")
            self._timeline.body.addWidget(label(text, look="small-muted"))
        self._timeline.body.addStretch(1)

    def _show_handoff(self, pop: CustomerPop) -> None:
        self._handoff.setVisible(bool(pop.handoff))
        if not pop.handoff:
            return
        self._handoff.body.addWidget(Paragraph(pop.handoff, look="small"))
        if pop.do_not_ask:
            text = tr("Don’t ask again: {facts}", facts=pop.do_not_ask)
            self._handoff.body.addWidget(Paragraph(text, look="small-muted"))
        self._handoff.setToolTip(plain_tip(pop.handoff_source))
        self._handoff.body.setAlignment(Qt.AlignmentFlag.AlignTop)
