"""A card: captioned title line, heading, text and a row of buttons."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from agent_desktop.theme import GAP_SMALL
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.panel import Panel
from agent_desktop.widgets.shared.text import label, show_when


class Card(Panel):
    """A panel with a heading, `content` for text and `buttons` for what can be done.

    A card with `is_primary` has an accent border: the one thing that asks for attention.
    """

    def __init__(self, title: str, *, heading: str = "", is_primary: bool = False) -> None:
        super().__init__(
            title,
            look="panel-accent" if is_primary else "panel",
            caption_look="caption-accent" if is_primary else "caption",
        )
        self.heading = label(heading, look="name", wraps=True)
        show_when(bool(heading), self.heading)
        self.content = QVBoxLayout()
        self.content.setSpacing(GAP_SMALL)
        self.buttons: QHBoxLayout = row(gap=GAP_SMALL)
        self.body.addWidget(self.heading)
        self.body.addLayout(self.content)
        self.body.addLayout(self.buttons)
        self.setAccessibleName(f"{title}: {heading}" if heading else title)
