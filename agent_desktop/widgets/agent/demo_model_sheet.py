"""Asked before a person is heard for the first time: the shipped speech model is a demo."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from agent_desktop.theme import GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.status_model import INSTALL_COMMAND
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.paragraph import Paragraph


class DemoModelSheet(Overlay):
    """`accepted` when the person starts all the same; Escape leaves it."""

    accepted = Signal()

    def __init__(self, parent: QWidget, *, theme: Theme) -> None:
        title = tr("This speech model hears people badly")
        super().__init__(parent, theme=theme, title=title, width=580, height=300)
        self._command = QLineEdit(INSTALL_COMMAND)
        self._command.setReadOnly(True)
        self._command.setAccessibleName(tr("Command that installs an official model"))
        self._copy = KeyButton(tr("Copy command"), theme=theme)
        self._copy.clicked.connect(self._copy_command)
        self._start = KeyButton(tr("Start anyway"), theme=theme, cap="↵", look="primary")
        self._start.clicked.connect(self._accept)
        later = KeyButton(tr("Cancel"), theme=theme, cap="Esc")
        later.clicked.connect(self.close_sheet)
        self._arrange(later)

    def ask(self) -> None:
        """Open it; Return starts."""
        self._copy.rename(tr("Copy command"))
        self.open()
        self._start.setFocus()

    def _arrange(self, later: KeyButton) -> None:
        body = self.sheet.body
        body.addSpacing(GAP_SMALL)
        body.addWidget(
            Paragraph(
                tr(
                    "The model that comes with Attune is there to show the demo calls. Of what "
                    "real people say it gets about every second word wrong, and the cards with it."
                )
            )
        )
        body.addWidget(
            Paragraph(
                tr(
                    "For real calls install an official one, name it under speech.models in the "
                    "engine's settings, and start Attune again:"
                )
            )
        )
        command = row(gap=GAP_SMALL)
        command.addWidget(self._command, 1)
        command.addWidget(self._copy)
        body.addLayout(command)
        body.addStretch(1)
        body.addLayout(row(None, later, self._start))

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(INSTALL_COMMAND)
        self._copy.rename(tr("Copied"))

    def _accept(self) -> None:
        self.hide()
        self.accepted.emit()
