"""Asked where it happens: unsaved changes, and another article was chosen."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.text import label


class LeaveSheet(QFrame):
    """Save and go, give the changes up, or stay."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self.setProperty("look", "notice")
        self.setProperty("tone", "warning")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        words = label(tr("Not saved yet. Save before you go?"), look="strong", wraps=True)
        self._save = KeyButton(tr("Save"), theme=theme, look="small")
        discard = KeyButton(tr("Discard"), theme=theme, look="small")
        stay = KeyButton(tr("Stay"), theme=theme, look="small")
        self._save.clicked.connect(model.save)
        discard.clicked.connect(model.discard_and_leave)
        stay.clicked.connect(model.stay)
        layout = row(gap=GAP_SMALL, margins=(GAP, GAP_SMALL, GAP_SMALL, GAP_SMALL))
        layout.addWidget(words, 1)
        for button in (self._save, discard, stay):
            layout.addWidget(button)
        self.setLayout(layout)
        self.setContentsMargins(0, 0, 0, 0)
        self.setMinimumHeight(theme.px(GAP_LARGE * 2))
        self.hide()

    def refresh(self) -> None:
        """Show the question while it is open."""
        was_hidden = self.isHidden()
        self.setVisible(self._model.leaving_to is not None)
        self._save.setEnabled(not self._model.is_saving)
        if was_hidden and not self.isHidden():
            self._save.setFocus()
