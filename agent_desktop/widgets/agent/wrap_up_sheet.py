"""The wrap-up at hang-up: drafted from the conversation, corrected and accepted by the agent."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from agent_desktop.theme import GAP_LARGE, GAP_SMALL, GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.call_row import clock_text, customer_name
from agent_desktop.view_models.customer_model import certainty_word
from agent_desktop.view_models.wrap_up_model import (
    EMPTY,
    edited,
    section_name,
    section_texts,
)
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import clear, column, row
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import caption, label
from assist_engine.call.selectors import follow_up_line
from assist_engine.call.state import CallState
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import WrapUp, certainty_of

SECTION_LINES = 2


class WrapUpSheet(Overlay):
    """`accepted(WrapUp)`; Ctrl+Return accepts, Escape leaves it for later (F10 brings it back)."""

    accepted = Signal(object)

    def __init__(self, parent: QWidget, *, theme: Theme) -> None:
        super().__init__(parent, theme=theme, title=tr("Wrap-up"), width=860, height=600)
        self._drafted: WrapUp = EMPTY
        self._filled: tuple[CallId, WrapUp | None] | None = None
        self._sections: dict[str, QPlainTextEdit] = {}
        self._follow_ups: list[QLineEdit] = []
        self._about = label(look="small-muted")
        self.header.insertWidget(1, self._about)
        self._certainty = Chip(theme=theme)
        self._disposition, self._outcome, self._note = (
            _line(tr("Disposition")),
            _line(tr("Outcome")),
            QPlainTextEdit(),
        )
        self._note.setAccessibleName(tr("Note"))
        self._left: QVBoxLayout = column(gap=GAP_TINY)
        self._promises: QVBoxLayout = column(gap=GAP_TINY)
        self._arrange()

    def show_call(self, state: CallState) -> None:
        """Open with the draft of a call that ended; what was changed in it already stays."""
        filled = (state.call_id, state.wrap_up_draft)
        if filled != self._filled:
            self._filled = filled
            self._fill(state)
        self.open()

    def _fill(self, state: CallState) -> None:
        self._drafted = state.wrap_up_draft or EMPTY
        time = clock_text(state.audio_ms)
        drafted = tr("drafted from the conversation: change what is not right")
        waiting = tr("the draft is being written")
        what = drafted if state.wrap_up_draft else waiting
        self._about.setText(f"{customer_name(state)} · {time} · {what}")
        self._fill_sections()
        _fill_line(self._disposition, self._drafted.disposition)
        sure = certainty_word(certainty_of(self._drafted.disposition_probability))
        self._certainty.say(sure if self._drafted.disposition else "")
        _fill_line(self._outcome, self._drafted.outcome)
        self._fill_follow_ups()
        self._note.setPlainText("\n".join((*state.notes, self._drafted.note)).strip())

    def wrap_up(self) -> WrapUp:
        """What the fields say now."""
        return edited(
            self._drafted,
            sections={name: field.toPlainText() for name, field in self._sections.items()},
            disposition=self._disposition.text(),
            outcome=self._outcome.text(),
            follow_ups=[field.text() for field in self._follow_ups],
            note=self._note.toPlainText(),
        )

    def accept(self) -> None:
        """Hand the wrap-up over and close."""
        self.hide()
        self.accepted.emit(self.wrap_up())

    def _arrange(self) -> None:
        right = column(gap=GAP_TINY)
        right.addLayout(row(caption(tr("Disposition")), None, self._certainty))
        right.addWidget(self._disposition)
        right.addSpacing(GAP_SMALL)
        right.addWidget(caption(tr("Outcome")))
        right.addWidget(self._outcome)
        right.addSpacing(GAP_SMALL)
        right.addWidget(caption(tr("Follow-ups")))
        right.addLayout(self._promises)
        right.addSpacing(GAP_SMALL)
        right.addWidget(caption(tr("Note")))
        right.addWidget(self._note)
        both = row(gap=GAP_LARGE)
        both.addLayout(self._left, 3)
        both.addLayout(right, 2)
        scroll = ScrollColumn(tr("Wrap-up"), margins=(0, 0, GAP_SMALL, 0))
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
        self.sheet.body.addLayout(row(None, later, accept))

    def _fill_sections(self) -> None:
        clear(self._left)
        self._sections = {}
        for section, text in section_texts(self._drafted).items():
            field = QPlainTextEdit(text)
            field.setAccessibleName(section_name(section))
            field.setTabChangesFocus(True)
            field.setMinimumHeight(
                field.fontMetrics().lineSpacing() * SECTION_LINES + self._theme.px(24)
            )
            self._sections[section] = field
            name = caption(section_name(section))
            name.setMinimumHeight(self._theme.px(20))  # as high as the pill beside a caption
            if self._left.count():
                self._left.addSpacing(GAP_SMALL)
            self._left.addWidget(name)
            self._left.addWidget(field, 1)

    def _fill_follow_ups(self) -> None:
        clear(self._promises)
        texts = [follow_up_line(follow_up) for follow_up in self._drafted.follow_ups]
        self._follow_ups = [_line(tr("Follow-up")) for _ in (*texts, "")]
        for field, text in zip(self._follow_ups, (*texts, ""), strict=True):
            _fill_line(field, text)
            field.setPlaceholderText(tr("something promised, and by when"))
            self._promises.addWidget(field)


def _line(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    return field


def _fill_line(field: QLineEdit, text: str) -> None:
    """Show a text from its beginning: of a long one Qt would show the end."""
    field.setText(text)
    field.setCursorPosition(0)
    field.setToolTip(text)
