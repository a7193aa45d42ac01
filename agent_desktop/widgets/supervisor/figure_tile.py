"""One number over the wall: its plain name, the figure and a few words beside it."""

from agent_desktop.theme import GAP_SMALL, GAP_TINY, Theme, Tone
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.panel import Panel
from agent_desktop.widgets.shared.text import label, set_look


class FigureTile(Panel):
    """`say` shows a figure; a negative tone gives the tile a border of that colour."""

    def __init__(self, name: str, *, theme: Theme) -> None:
        super().__init__()
        self._theme, self._name = theme, name
        self.setFixedHeight(theme.px(76))
        self._figure = label("", look="figure")
        self._beside = ElidedLabel(look="caption")
        self.body.setSpacing(GAP_TINY)
        self.body.addWidget(label(name, look="small-muted"))
        self.body.addLayout(row(self._figure, self._beside, None, gap=GAP_SMALL))

    def say(self, figure: str, *, beside: str = "", tone: Tone = Tone.NEUTRAL) -> None:
        """Show the figure and the words beside it."""
        self._figure.setText(figure)
        self._beside.say(beside)
        is_alarming = tone is Tone.NEGATIVE
        set_look(self, "panel-negative" if is_alarming else "panel")
        ink = self._theme.text if tone is Tone.NEUTRAL else self._theme.tone(tone).name()
        self._figure.setStyleSheet(f"color: {ink}")
        self.setAccessibleName(f"{self._name}: {figure} {beside}".strip())
