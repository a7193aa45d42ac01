"""The knowledge manager's desk: articles, the one in work, trying it, publishing."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import GAP, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.widgets.knowledge.articles_pane import ArticlesPane
from agent_desktop.widgets.knowledge.editor_pane import EditorPane
from agent_desktop.widgets.knowledge.publish_sheet import PublishSheet
from agent_desktop.widgets.knowledge.try_pane import TryPane
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.text import set_look
from agent_desktop.widgets.shared.top_bar import TopBar

_LEFT_SHARE, _RIGHT_SHARE = 0.235, 0.27


class KnowledgeView(QWidget):
    """Ctrl+F finds an article, Ctrl+T tries, Ctrl+S saves, Ctrl+Shift+P publishes."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._link = Chip(theme=theme)
        self._release = Chip(theme=theme)
        self._publish = KeyButton(tr("Publish…"), theme=theme, key="Ctrl+Shift+P", cap="")
        self._articles = ArticlesPane(model, theme=theme)
        self._editor = EditorPane(model, theme=theme)
        self._sheet = PublishSheet(model, theme=theme)
        self._try = TryPane(model, theme=theme)
        self._right = QWidget()
        side = column(self._sheet, gap=GAP)
        side.addWidget(self._try, 1)
        self._right.setLayout(side)
        page = row(self._articles, gap=GAP, margins=(GAP, GAP, GAP, GAP))
        page.addWidget(self._editor, 1)
        page.addWidget(self._right)
        outer = column(self._make_bar(), gap=0)
        outer.addLayout(page, 1)
        self.setLayout(outer)
        self._connect()
        self.refresh()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    @Slot()
    def refresh(self) -> None:
        """Show the link, the release and what can be done."""
        words, tone = _link_words(self._model)
        self._link.say(words, tone=tone)
        release = self._model.release
        live = tr("release {release} live", release=release) if release else tr("nothing published")
        self._release.say(live)
        has_drafts = bool(self._model.drafts)
        self._publish.setEnabled(has_drafts and not self._model.is_publishing)
        self._publish.describe(
            tr("Publish…") if has_drafts else tr("Every saved article is published")
        )
        self._mark_primary()
        if self.hasFocus() and self._model.articles:  # nothing else was chosen yet
            self._articles.list.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the sides their share of the width."""
        super().resizeEvent(event)
        self._articles.setFixedWidth(round(self.width() * _LEFT_SHARE))
        self._right.setFixedWidth(round(self.width() * _RIGHT_SHARE))

    def _make_bar(self) -> TopBar:
        bar = TopBar((tr("Articles"),), theme=self._theme)
        for widget in (self._link, self._release, self._publish):
            bar.right.addWidget(widget)
        return bar

    def _connect(self) -> None:
        for changed in (
            self._model.articles_changed,
            self._model.editor_changed,
            self._model.release_changed,
        ):
            changed.connect(self.refresh)
        self._publish.clicked.connect(self._ask_publish)
        self._sheet.closed.connect(self._mark_primary)
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Find), self, self._articles.search_field.setFocus
        )
        QShortcut(QKeySequence("Ctrl+T"), self, self._try.field.setFocus)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._sheet.close_sheet)

    @Slot()
    def _ask_publish(self) -> None:
        self._sheet.ask()
        self._mark_primary()

    @Slot()
    def _mark_primary(self) -> None:
        """One accent button on screen: publish in the sheet, else save, else publish."""
        is_asking = not self._sheet.isHidden()
        is_saving = not is_asking and self._model.is_changed
        self._editor.set_primary(is_saving)
        is_publishing = not is_asking and not is_saving and bool(self._model.drafts)
        set_look(self._publish, "primary" if is_publishing else "plain")


def _link_words(model: KnowledgeModel) -> tuple[str, Tone]:
    if model.link is LinkPhase.CONNECTED:
        return ("", Tone.NEUTRAL) if model.status.is_ready else (model.status.stage, Tone.WARNING)
    if model.link is LinkPhase.RECONNECTING:
        return tr("reconnecting · what you type stays"), Tone.WARNING
    if model.link is LinkPhase.CLOSED:
        return tr("not connected"), Tone.NEGATIVE
    return tr("connecting"), Tone.NEUTRAL
