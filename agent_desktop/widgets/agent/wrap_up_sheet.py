"""The wrap-up at hang-up: drafted from the conversation, corrected and accepted by the agent."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from agent_desktop.theme import GAP_LARGE, GAP_SMALL, GAP_TINY, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.call_row import customer_name
from agent_desktop.view_models.clock_words import clock_text
from agent_desktop.view_models.marked_words import readable
from agent_desktop.view_models.wrap_up_model import (
    EMPTY,
    FollowUpEdit,
    edited,
    follow_up_edit,
    section_moments,
    section_name,
    section_texts,
)
from agent_desktop.widgets.agent.disposition_choice import DispositionChoice
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.date_field import DateField
from agent_desktop.widgets.shared.growing_text import GrowingText
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import clear, column, row
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import caption, label
from assist_engine.call.state import CallState
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import WrapUp

MOST_MOMENTS = 4


class WrapUpSheet(Overlay):
    """`accepted(WrapUp)`; Ctrl+Return accepts, Escape leaves it for later (F10 brings it back).

    `place_asked(UtteranceId)` when a person wants to see the moment that a line comes from.
    """

    accepted = Signal(object)
    place_asked = Signal(object)

    def __init__(self, parent: QWidget, *, theme: Theme) -> None:
        super().__init__(parent, theme=theme, title=tr("Wrap-up"), width=1080, height=700)
        self._drafted: WrapUp = EMPTY
        self._as_drafted: WrapUp = EMPTY  # what the fields say before anybody changes them
        self._filled: tuple[CallId, WrapUp | None] | None = None
        self._sections: dict[str, GrowingText] = {}
        self._follow_ups: list[tuple[QLineEdit, DateField]] = []
        self._fields: list[QLineEdit] = []
        self._about = label(look="small-muted")
        self.header.insertWidget(1, self._about)
        self._generated = Chip(theme=theme, tone=Tone.WARNING)
        self.header.addWidget(self._generated)
        self.disposition = DispositionChoice(theme=theme)
        self._outcome = _line(tr("Outcome"))
        self._note = GrowingText(name=tr("Note"), theme=theme)
        self._left: QVBoxLayout = column(gap=GAP_TINY)
        self._promises: QVBoxLayout = column(gap=GAP_TINY)
        self._values: QVBoxLayout = column(gap=GAP_TINY)
        self._values_name = caption(tr("Fields"))
        self._problem = label(look="error")
        self._arrange()

    def show_call(self, state: CallState) -> None:
        """Open with the draft of a call that ended; what was changed in it already stays."""
        filled = (state.call_id, state.wrap_up_draft)
        is_new = filled != self._filled and not self._is_edited(state.call_id)
        if is_new:
            self._filled = filled
            self._fill(state)
        self.open()
        if is_new and not isinstance(self.window().focusWidget(), QLineEdit | QPlainTextEdit):
            self.disposition.take_focus()

    def _fill(self, state: CallState) -> None:
        self._drafted = state.wrap_up_draft or EMPTY
        time = clock_text(state.audio_ms)
        drafted = tr("drafted from the conversation: change what is not right")
        waiting = tr("the draft is being written")
        what = drafted if state.wrap_up_draft else waiting
        self._about.setText(f"{customer_name(state)} · {time} · {what}")
        self._fill_sections()
        is_generated = self._drafted.is_generated
        self._generated.say(tr("generated text") if is_generated else "", tone=Tone.WARNING)
        if is_generated:
            self._generated.setToolTip(
                tr("A language model wrote the sentences; numbers and names occur in the call.")
            )
        self.disposition.show_draft(self._drafted)
        _fill_line(self._outcome, self._drafted.outcome)
        self._problem.clear()
        self._fill_follow_ups()
        self._fill_fields()
        self._note.setPlainText("\n".join((*state.notes, self._drafted.note)).strip())
        self._as_drafted = self.wrap_up()

    def _is_edited(self, call_id: CallId) -> bool:
        """Whether the agent changed the draft of this call: then no later draft replaces it."""
        has_draft = self._filled is not None and self._filled[0] == call_id and self._filled[1]
        return bool(has_draft) and self.wrap_up() != self._as_drafted

    def wrap_up(self) -> WrapUp:
        """What the fields say now."""
        return edited(
            self._drafted,
            sections={name: field.toPlainText() for name, field in self._sections.items()},
            disposition=self.disposition.chosen,
            outcome=self._outcome.text(),
            follow_ups=[
                FollowUpEdit(text=field.text(), due_on=day.day) for field, day in self._follow_ups
            ],
            fields=[field.text() for field in self._fields],
            note=self._note.toPlainText(),
        )

    def accept(self) -> None:
        """Hand the wrap-up over and close; a day that is none is to be put right first."""
        wrong = next((day for _, day in self._follow_ups if not day.is_valid), None)
        if wrong is not None:
            self._problem.setText(wrong.toolTip())
            wrong.setFocus()
            wrong.selectAll()
            return
        self.hide()
        self.accepted.emit(self.wrap_up())

    def _arrange(self) -> None:
        right = column(gap=GAP_TINY)
        right.addWidget(caption(tr("Disposition")))
        right.addWidget(self.disposition)
        right.addSpacing(GAP_SMALL)
        right.addWidget(caption(tr("Outcome")))
        right.addWidget(self._outcome)
        right.addSpacing(GAP_SMALL)
        right.addWidget(caption(tr("Follow-ups")))
        right.addLayout(self._promises)
        right.addSpacing(GAP_SMALL)
        right.addWidget(self._values_name)
        right.addLayout(self._values)
        right.addSpacing(GAP_SMALL)
        right.addWidget(caption(tr("Note")))
        right.addWidget(self._note)
        right.addStretch(1)
        both = row(gap=2 * GAP_LARGE)
        both.addLayout(self._left, 1)
        both.addLayout(right, 1)
        scroll = ScrollColumn(tr("Wrap-up"))
        scroll.column.addLayout(both)
        scroll.fill_room()
        self.sheet.body.addSpacing(GAP_SMALL)
        self.sheet.body.addWidget(scroll, 1)
        self.sheet.body.addSpacing(GAP_TINY)
        later = KeyButton(tr("Later"), theme=self._theme, cap="Esc")
        later.clicked.connect(self.close_sheet)
        accept = KeyButton(
            tr("Accept"), theme=self._theme, key="Ctrl+Return", cap="Ctrl ↵", look="primary"
        )
        accept.clicked.connect(self.accept)
        self.sheet.body.addLayout(row(self._problem, None, later, accept))

    def _fill_sections(self) -> None:
        clear(self._left)
        self._sections = {}
        for section, text in section_texts(self._drafted).items():
            field = GrowingText(text, name=section_name(section), theme=self._theme)
            self._sections[section] = field
            name = caption(section_name(section))
            name.setMinimumHeight(self._theme.px(20))  # as high as the pill beside a caption
            if self._left.count():
                self._left.addSpacing(GAP_SMALL)
            self._left.addLayout(self._heading(section, name))
            self._left.addWidget(field)
        self._left.addStretch(1)

    def _heading(self, section: str, name: QWidget) -> QHBoxLayout:
        """The name of a section and the times of the moments that it rests on."""
        line = row(name, None, gap=GAP_TINY)
        for moment in section_moments(self._drafted, section)[:MOST_MOMENTS]:
            link = KeyButton(moment.time, theme=self._theme, look="quiet")
            link.setAccessibleName(tr("Show {time}", time=moment.time))
            link.describe(tr("Show where this was said: {line}", line=moment.line))
            link.clicked.connect(lambda _=False, m=moment: self.place_asked.emit(m.utterance_id))
            line.addWidget(link)
        return line

    def _fill_follow_ups(self) -> None:
        clear(self._promises)
        self._follow_ups = []
        known = [follow_up_edit(follow_up) for follow_up in self._drafted.follow_ups]
        for edit in (*known, FollowUpEdit(text="")):
            field, day = _line(tr("Follow-up")), DateField(tr("Due on"))
            _fill_line(field, edit.text)
            field.setPlaceholderText(tr("something promised, and by when"))
            day.set_day(edit.due_on)
            day.setFixedWidth(self._theme.px(108))
            self._promises.addLayout(row(field, day, gap=GAP_TINY))
            self._follow_ups.append((field, day))

    def _fill_fields(self) -> None:
        clear(self._values)
        self._fields = []
        self._values_name.setVisible(bool(self._drafted.fields))
        for drafted in self._drafted.fields:
            name, field = label(drafted.name, look="small-muted"), _line(drafted.name)
            name.setFixedWidth(self._theme.px(96))
            _fill_line(field, drafted.value)
            if drafted.evidence is not None:
                field.setToolTip(f"“{readable(drafted.evidence.quote)}”")
            self._values.addLayout(row(name, field, gap=GAP_TINY))
            self._fields.append(field)


def _line(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    return field


def _fill_line(field: QLineEdit, text: str) -> None:
    """Show a text from its beginning: of a long one Qt would show the end."""
    field.setText(text)
    field.setCursorPosition(0)
    field.setToolTip(text)
