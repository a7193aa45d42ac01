"""A question asked where it happens: a sentence and a few buttons, on a tinted ground."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme, Tone
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column
from agent_desktop.widgets.shared.text import label, set_look


class NoticeSheet(QFrame):
    """Hidden until `ask`ed; the first button gets the focus where the question comes up."""

    def __init__(
        self, *, theme: Theme, deeds: tuple[tuple[str, Callable[[], object]], ...]
    ) -> None:
        super().__init__()
        set_look(self, "notice", tone=Tone.WARNING.value)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = label("", look="strong", wraps=True)
        buttons = Flow(gap=GAP_SMALL)
        self.buttons: list[KeyButton] = []
        for name, do in deeds:
            button = KeyButton(name, theme=theme, look="small")
            button.clicked.connect(lambda _=False, do=do: do())
            buttons.addWidget(button)
            self.buttons.append(button)
        layout = column(self._words, buttons, gap=GAP_SMALL, margins=(GAP, GAP_SMALL, GAP, GAP))
        self.setLayout(layout)
        self.setMinimumHeight(theme.px(GAP_LARGE * 2))
        self.hide()

    def ask(self, words: str, *, takes_focus: bool) -> None:
        """Ask; no words: there is no question."""
        was_hidden = self.isHidden()
        self._words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        if takes_focus and was_hidden and words:
            self.buttons[0].setFocus()
