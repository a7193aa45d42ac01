"""How the opened call is talked: one quiet line, the whole table on demand."""

from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QPushButton, QWidget

from agent_desktop.theme import GAP, GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.talk_model import TalkRow, talk_line, talk_rows
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import clear, column, row
from agent_desktop.widgets.shared.paragraph import Paragraph
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import label
from assist_engine.call.voice_metrics import VoiceMetrics


class TalkSection(QWidget):
    """Shows metrics of the whole call or of its last minutes.

    `more` asks for the table; who has made room for it opens it by `open_table`.
    """

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._whole = self._lately = VoiceMetrics(since_ms=0)
        self._rows: tuple[TalkRow, ...] = ()
        self._line = ElidedLabel(look="small-muted")
        self.more = KeyButton(tr("Talk figures"), theme=theme, look="quiet")
        self.more.setObjectName("talk-more")
        self.more.setCheckable(True)
        self._table = ScrollColumn(tr("Talk figures"), gap=GAP_TINY)
        self._did = Paragraph(look="small-muted")
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, GAP_TINY, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(GAP_TINY)
        self._grid.setColumnStretch(0, 1)
        self._tabs = (self._tab(tr("whole call")), self._tab(tr("last 2 minutes")))
        self._group = QButtonGroup(self)
        for tab in self._tabs:
            self._group.addButton(tab)
        self._tabs[0].setChecked(True)
        self._table.column.addLayout(row(*self._tabs, None, gap=GAP_TINY))
        self._table.column.addLayout(self._grid)
        self._table.column.addWidget(self._did)
        self._table.hide()
        head = row(gap=GAP)
        head.addWidget(self._line, 1)
        head.addWidget(self.more)
        self.setLayout(column(head, self._table, gap=GAP_TINY))
        self.setAccessibleName(tr("How the call is talked"))
        self._group.buttonClicked.connect(lambda: self._show_table())

    def set_table_height(self, height: int) -> None:
        """How high the table is, in pixels at text scale 1.0; more than that scrolls."""
        self._table.setFixedHeight(self._theme.px(height))

    def show_metrics(self, whole: VoiceMetrics, lately: VoiceMetrics, *, did: str) -> None:
        """Show the call's metrics; `did` is what the agent did well."""
        self._did.say(did)
        self._did.setVisible(bool(did))
        if (whole, lately) == (self._whole, self._lately):
            return
        self._whole, self._lately = whole, lately
        words = talk_line(whole)
        self._line.say(words)
        self._line.setAccessibleName(words)
        self._show_table()

    def open_table(self, is_open: bool) -> None:
        """Show the table or not."""
        self._table.setVisible(is_open)
        self.more.rename(tr("Hide figures") if is_open else tr("Talk figures"))
        self._show_table()

    def _show_table(self) -> None:
        if not self.more.isChecked():
            return
        rows = talk_rows(self._lately if self._tabs[1].isChecked() else self._whole)
        if rows == self._rows:
            return
        self._rows = rows
        clear(self._grid)
        for place, name in enumerate(("", tr("agent"), tr("customer"))):
            self._grid.addWidget(label(name, look="small-muted"), 0, place)
        for line, measure in enumerate(rows, 1):
            self._grid.addWidget(label(measure.name, look="small-muted"), line, 0)
            for place, cell in self._cells(measure):
                self._grid.addWidget(cell, line, place, 1, 2 if measure.call else 1)

    def _cells(self, measure: TalkRow) -> list[tuple[int, QLabel]]:
        texts = [measure.call] if measure.call else [measure.agent, measure.customer]
        cells = []
        for place, text in enumerate(texts, 1):
            cell = label(text, look="small")
            cell.setAccessibleName(measure.spoken)
            cells.append((place, cell))
        return cells

    def _tab(self, name: str) -> QPushButton:
        tab = QPushButton(name)
        tab.setProperty("look", "chip")
        tab.setCheckable(True)
        tab.setAccessibleName(name)
        tab.setFixedHeight(self._theme.px(20))
        return tab
