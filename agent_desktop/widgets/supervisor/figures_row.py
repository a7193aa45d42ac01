"""The four numbers over the wall."""

from PySide6.QtWidgets import QWidget

from agent_desktop.theme import GAP, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.wall_figures import MoodTrend, WallFigures
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.supervisor.figure_tile import FigureTile


class FiguresRow(QWidget):
    """Live calls, those that need the supervisor, the mood, the alerts of the last hour."""

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._live = FigureTile(tr("Live calls"), theme=theme)
        self._need_you = FigureTile(tr("Need you"), theme=theme)
        self._mood = FigureTile(tr("Mood now against last hour"), theme=theme)
        self._alerts = FigureTile(tr("Alerts last hour"), theme=theme)
        self._alerts.setToolTip(tr("Alerts of the last hour that reached this wall"))
        layout = row(gap=GAP)
        for tile in (self._live, self._need_you, self._mood, self._alerts):
            layout.addWidget(tile, 1)
        self.setLayout(layout)

    def say(self, figures: WallFigures) -> None:
        """Show the figures."""
        paused = tr("{count} paused", count=figures.paused) if figures.paused else ""
        self._live.say(str(figures.live), beside=paused)
        tone = Tone.NEGATIVE if figures.need_you else Tone.NEUTRAL
        self._need_you.say(str(figures.need_you), tone=tone)
        arrow, words = _trend(figures.trend)
        self._mood.say(arrow, beside=words)
        self._alerts.say(str(figures.alerts), beside=_judged(figures))


def _judged(figures: WallFigures) -> str:
    return tr(
        "{useful} useful · {noise} noise · {open} open",
        useful=figures.useful,
        noise=figures.noise,
        open=figures.open,
    )


def _trend(trend: MoodTrend) -> tuple[str, str]:
    return {
        MoodTrend.BETTER: ("▲", tr("better")),
        MoodTrend.SLIGHTLY_BETTER: ("▲", tr("slightly better")),
        MoodTrend.SAME: ("≈", tr("about the same")),
        MoodTrend.SLIGHTLY_WORSE: ("▼", tr("slightly worse")),
        MoodTrend.WORSE: ("▼", tr("worse")),
        MoodTrend.UNKNOWN: ("–", tr("too few readings yet")),
    }[trend]
