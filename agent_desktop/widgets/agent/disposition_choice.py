"""The likeliest dispositions, by number; another one can be written."""

from PySide6.QtWidgets import QButtonGroup, QLineEdit, QWidget

from agent_desktop.theme import GAP_SMALL, GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.customer_model import certainty_word
from agent_desktop.view_models.wrap_up_model import MOST_DISPOSITIONS
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import clear, column, row
from assist_engine.contract.values import RankedDisposition, WrapUp, certainty_of


class DispositionChoice(QWidget):
    """Keys 1 to 5 and arrows choose; what is written counts."""

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._group = QButtonGroup(self)
        self._rows = column(gap=GAP_TINY)
        self.field = QLineEdit()
        self.field.setAccessibleName(tr("Disposition"))
        self.field.setPlaceholderText(tr("another disposition"))
        self.setLayout(column(self._rows, self.field, gap=GAP_TINY))
        self.field.textChanged.connect(self._check)

    @property
    def chosen(self) -> str:
        """The disposition as it will be kept."""
        return self.field.text()

    def show_draft(self, drafted: WrapUp) -> None:
        """Offer the ranked dispositions, the drafted one chosen."""
        clear(self._rows)
        for button in self._group.buttons():
            self._group.removeButton(button)
        for number, ranked in enumerate(drafted.dispositions[:MOST_DISPOSITIONS], 1):
            self._add(number, ranked)
        self.field.setText(drafted.disposition)
        self.field.setCursorPosition(0)
        self.field.setToolTip(drafted.disposition)

    def take_focus(self) -> None:
        """Put the keys on the chosen one."""
        button = self._group.checkedButton() or next(iter(self._group.buttons()), self.field)
        button.setFocus()

    def _add(self, number: int, ranked: RankedDisposition) -> None:
        button = KeyButton(ranked.label, theme=self._theme, key=str(number), look="small")
        button.setCheckable(True)
        button.setMinimumHeight(self._theme.px(26))
        word = certainty_word(certainty_of(ranked.probability))
        button.setAccessibleName(f"{ranked.label}, {word}")
        button.clicked.connect(lambda: self.field.setText(ranked.label))
        self._group.addButton(button)
        percent = tr("{share} %", share=round(100 * ranked.probability))
        certainty = Chip(word, theme=self._theme)
        certainty.setToolTip(percent)
        certainty.setFixedWidth(self._theme.px(72))
        line = row(gap=GAP_SMALL)
        line.addWidget(button, 1)
        line.addWidget(certainty)
        self._rows.addLayout(line)

    def _check(self, text: str) -> None:
        """What is written is chosen in the list too, where it is there."""
        for button in self._group.buttons():
            if button.text() == text.strip():
                button.setChecked(True)
                return
        checked = self._group.checkedButton()
        if checked is not None:
            self._group.setExclusive(False)
            checked.setChecked(False)
            self._group.setExclusive(True)
