"""What an action would do, to be confirmed by one key: nothing runs that was not shown."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from agent_desktop.theme import GAP, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.action_words import field_name, missing_line, preview_line
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import clear, row
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.paragraph import Paragraph
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import label, show_when
from assist_engine.contract.actions import ActionField, ActionPreviewed
from assist_engine.contract.values import ActionKind


class ActionSheet(Overlay):
    """`confirmed(ActionPreviewed)` on Return; `note_changed(ActionPreviewed, str)` asks anew."""

    confirmed = Signal(object)
    note_changed = Signal(object, str)

    def __init__(self, parent: QWidget, *, theme: Theme) -> None:
        super().__init__(parent, theme=theme, title=tr("Action"), width=520, height=320)
        self._previewed: ActionPreviewed | None = None
        self._asked_note = ""
        self._what = Paragraph(look="muted")
        self._missing = Paragraph(look="strong")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(GAP_SMALL)
        self._grid.setColumnStretch(1, 1)
        self.note = Field(tr("Note for the other system"))
        self._content = Paragraph(look="small-muted")
        self._cancel = KeyButton(tr("Not now"), theme=theme, cap="Esc")
        self.confirm = KeyButton(tr("Confirm"), theme=theme, key="Return", cap="↵", look="primary")
        self._cancel.clicked.connect(self.close_sheet)
        self.confirm.clicked.connect(self._confirm)
        self.note.editingFinished.connect(self._ask_again)
        self._arrange()

    def show_preview(self, previewed: ActionPreviewed) -> None:
        """Show what would be done; Return confirms it unless something is missing."""
        is_new = self._previewed is None or self._previewed.action_id != previewed.action_id
        self._previewed = previewed
        self.title.setText(previewed.label)
        self._what.say(preview_line(previewed))
        missing = missing_line(previewed)
        self._missing.say(missing)
        self._missing.setVisible(bool(missing))
        self._show_fields(previewed.fields)
        self._content.say(previewed.content)
        self._content.setVisible(bool(previewed.content) and not previewed.fields)
        if is_new:
            self._asked_note = ""
            self.note.clear()
        self.note.setVisible(previewed.takes_note)
        is_page = previewed.action_kind is ActionKind.OPEN
        self.confirm.rename(tr("Open the page") if is_page else tr("Confirm"))
        self.confirm.setEnabled(not previewed.missing and bool(previewed.key))
        self.open()
        if not self.note.hasFocus():
            (self.confirm if self.confirm.isEnabled() else self._cancel).setFocus()

    def close_sheet(self) -> None:
        """Hide it; what it showed is forgotten."""
        self._previewed = None
        clear(self._grid)
        self._content.say("")
        super().close_sheet()

    def _arrange(self) -> None:
        scroll = ScrollColumn(tr("What would be sent"), gap=GAP_SMALL)
        scroll.column.addWidget(self._missing)
        scroll.column.addLayout(self._grid)
        scroll.column.addWidget(self._content)
        for part in (self._missing, self._content, self.note):
            show_when(False, part)
        self.sheet.body.addWidget(self._what)
        self.sheet.body.addWidget(scroll, 1)
        self.sheet.body.addWidget(self.note)
        self.sheet.body.addLayout(row(None, self._cancel, self.confirm))

    def _show_fields(self, fields: tuple[ActionField, ...]) -> None:
        clear(self._grid)
        for line, field in enumerate(fields):
            self._grid.addWidget(label(field_name(field.name), look="small-muted"), line, 0)
            value = label(field.value or "–", wraps=True)
            value.setAccessibleName(f"{field.name}: {field.value}")
            self._grid.addWidget(value, line, 1)

    def _confirm(self) -> None:
        previewed = self._previewed
        if previewed is not None:
            self.close_sheet()
            self.confirmed.emit(previewed)

    def _ask_again(self) -> None:
        """A note belongs to what is sent: it is previewed with it before it can be confirmed."""
        note = self.note.text().strip()
        if self._previewed is not None and note != self._asked_note:
            self._asked_note = note
            self.confirm.setEnabled(False)
            self.note_changed.emit(self._previewed, note)
