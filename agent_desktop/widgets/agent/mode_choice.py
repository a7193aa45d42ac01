"""How much guidance an agent wants: guide me, standard, quiet. Changing it has no other effect."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent

from agent_desktop.theme import Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.compliance_model import mode_name
from agent_desktop.widgets.shared.choice import Choice
from assist_engine.contract.values import GuidanceMode


class ModeChoice(Choice):
    """`chosen(GuidanceMode)` when a person chooses."""

    chosen = Signal(object)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__(tr("How much guidance"), theme=theme, look="small")
        self.setFixedHeight(theme.px(24))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for mode in GuidanceMode:
            self.addItem(mode_name(mode), mode)
        self.setToolTip(
            tr(
                "Guide me: all hints. Standard: the important ones. Quiet: only what is required. "
                "Change it at any time: it costs nothing and counts against nobody."
            )
        )
        self.activated.connect(lambda _: self.chosen.emit(GuidanceMode(self.currentData())))

    def show_mode(self, mode: GuidanceMode) -> None:
        """Show what is chosen."""
        place = self.findData(mode)
        if place != self.currentIndex():
            self.setCurrentIndex(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel scrolls the column, it does not choose."""
        event.ignore()
