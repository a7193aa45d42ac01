"""The knowledge manager's desk: articles and gaps, the one in work, trying it, publishing."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import GAP, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.article_life import Step, next_step
from agent_desktop.view_models.articles_model import Shelf
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.view_models.rules_notice import rules_notice
from agent_desktop.widgets.knowledge.articles_pane import ArticlesPane
from agent_desktop.widgets.knowledge.editor_pane import KEYS, EditorPane, Tab
from agent_desktop.widgets.knowledge.gap_sheet import GapSheet
from agent_desktop.widgets.knowledge.publish_sheet import PublishSheet
from agent_desktop.widgets.knowledge.releases_sheet import ReleasesSheet
from agent_desktop.widgets.knowledge.try_pane import TryPane
from agent_desktop.widgets.knowledge.use_panel import UsePanel
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.command_palette import CommandPalette, Deed
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.notice_bar import NoticeBar
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.text import set_look
from agent_desktop.widgets.shared.top_bar import TopBar
from assist_engine.contract.knowledge_answers import ArticleState

_LEFT_SHARE, _RIGHT_SHARE = 0.235, 0.265


class KnowledgeView(QWidget):
    """Ctrl+F finds an article, Ctrl+T tries, Ctrl+S saves, Ctrl+Shift+P publishes, Ctrl+K all."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Knowledge view"))
        self._link, self._release = Chip(theme=theme), Chip(theme=theme)
        self._publish = KeyButton(tr("Publish…"), theme=theme, key="Ctrl+Shift+P", cap="")
        self._articles = ArticlesPane(model, theme=theme)
        self._editor = EditorPane(model, theme=theme)
        self._try, self._use = TryPane(model, theme=theme), UsePanel(model, theme=theme)
        self._names = {
            "articles": tr("Articles"),
            "gaps": tr("Gaps"),
            "reviews": tr("Reviews"),
            "releases": tr("Releases"),
        }
        self._bar = self._make_bar()
        self.notice = NoticeBar(theme=theme)
        self._arrange()
        self._publish_sheet = PublishSheet(self, model, theme=theme)
        self._releases_sheet = ReleasesSheet(self, model, theme=theme)
        self._gap_sheet = GapSheet(self, model, theme=theme)
        self._palette = CommandPalette(self, theme=theme, deeds=self._deeds())
        self._connect()
        self.refresh()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    @Slot()
    def refresh(self) -> None:
        """Show the link, the release and what can be done."""
        model = self._model
        words, tone = _link_words(model)
        self._link.say(words, tone=tone)
        self.notice.show_notice(rules_notice(model.status.problem))
        release = model.listing.release
        live = tr("release {release} live", release=release) if release else tr("nothing published")
        self._release.say(live)
        self._publish.setEnabled(model.is_ready and not model.publishing.is_publishing)
        self._publish.describe(
            tr("Publish…") if model.is_ready else tr("The engine must be there to publish")
        )
        self._say_tabs()
        self._mark_primary()
        if self.hasFocus() and model.listing.articles:  # nothing else was chosen yet
            self._articles.list.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the sides their share of the width."""
        super().resizeEvent(event)
        self._articles.setFixedWidth(round(self.width() * _LEFT_SHARE))
        self._right.setFixedWidth(round(self.width() * _RIGHT_SHARE))

    def _make_bar(self) -> TopBar:
        bar = TopBar(tuple(self._names.values()), theme=self._theme)
        for widget in (self._link, self._release, self._publish):
            bar.right.addWidget(widget)
        return bar

    def _arrange(self) -> None:
        self._right = QWidget()
        side = column(gap=GAP)
        side.addWidget(self._try, 1)
        side.addWidget(self._use)
        self._right.setLayout(side)
        body = row(self._articles, gap=GAP)
        body.addWidget(self._editor, 1)
        body.addWidget(self._right)
        page = column(self.notice, gap=GAP, margins=(GAP, GAP, GAP, GAP))
        page.addLayout(body, 1)
        outer = column(self._bar, gap=0)
        outer.addLayout(page, 1)
        self.setLayout(outer)

    def _connect(self) -> None:
        model = self._model
        for part in (model.listing, model.editor, model.publishing, model.gaps, model.trial):
            part.changed.connect(self.refresh)
        model.link_changed.connect(self.refresh)
        self._publish.clicked.connect(self._publish_sheet.ask)
        self._editor.steps.publish_wanted.connect(self._publish.setFocus)
        self._articles.gaps.opened.connect(self._gap_sheet.ask)
        self._gap_sheet.written.connect(self._editor.editor.setFocus)
        self._bar.tab_chosen.connect(self._go)
        model.editor.opened.connect(self._begin_writing)
        for sheet in self._sheets():
            sheet.shown.connect(self._rest_view)
        keys = {
            "Ctrl+F": self._articles.search_field.setFocus,
            "Ctrl+T": self._try.field.setFocus,
            "Ctrl+N": model.editor.begin,
            "Ctrl+G": self._articles.gaps.take_focus,
            "Ctrl+Shift+L": self._releases_sheet.ask,
            "Ctrl+K": self._palette.ask,
            "Esc": self._escape,
        }
        self._keys = [QShortcut(QKeySequence(key), self, do) for key, do in keys.items()]

    def _deeds(self) -> tuple[Deed, ...]:
        do = self._editor.steps.do
        show = self._editor.show_tab
        look = {
            Tab.WRITE: tr("Write the text"),
            Tab.PREVIEW: tr("Show the preview"),
            Tab.CHANGES: tr("Show the changes"),
            Tab.HISTORY: tr("Show the history"),
            Tab.PASSAGES: tr("Show the passages"),
            Tab.FINDINGS: tr("Show the findings"),
        }
        return (
            _deed(tr("Find an article"), "Ctrl+F", self._articles.search_field.setFocus),
            _deed(tr("New article"), "Ctrl+N", self._model.editor.begin),
            _deed(tr("Try a caller's question"), "Ctrl+T", self._try.field.setFocus),
            _deed(tr("Save draft"), "Ctrl+S", self._model.editor.save),
            _deed(tr("Send to review"), "Ctrl+Shift+R", lambda: do(Step.SEND)),
            _deed(tr("Approve"), "Ctrl+Shift+A", lambda: do(Step.APPROVE)),
            _deed(tr("Send back…"), "Ctrl+Shift+B", lambda: do(Step.SEND_BACK)),
            _deed(tr("Schedule…"), "Ctrl+Shift+D", lambda: do(Step.SCHEDULE)),
            _deed(tr("Archive…"), "", lambda: do(Step.ARCHIVE)),
            _deed(tr("Back to draft"), "", lambda: do(Step.REOPEN)),
            _deed(tr("Publish…"), "Ctrl+Shift+P", self._publish.click),
            _deed(tr("Releases and roll back"), "Ctrl+Shift+L", self._releases_sheet.ask),
            _deed(tr("Gaps"), "Ctrl+G", self._articles.gaps.take_focus),
            *(_deed(name, KEYS[tab], partial(show, tab)) for tab, name in look.items()),
        )

    def _say_tabs(self) -> None:
        gaps = len(self._model.gaps.open_gaps)
        reviews = sum(
            article.state is ArticleState.IN_REVIEW for article in self._model.listing.articles
        )
        for tab, count, tip in (
            ("gaps", gaps, tr("What callers asked and no article answers (Ctrl+G)")),
            ("reviews", reviews, tr("Articles that wait to be read")),
            ("releases", 0, tr("All releases, and going back to one (Ctrl+Shift+L)")),
        ):
            name = self._names[tab]
            self._bar.say(name, f"{name} {count}" if count else name, tip=tip)

    @Slot(str)
    def _go(self, name: str) -> None:
        """Gaps and reviews are on the page already, releases come in a sheet."""
        tab = next(key for key, value in self._names.items() if value == name)
        match tab:
            case "gaps":
                self._articles.gaps.take_focus()
            case "reviews":
                self._articles.show_shelf(Shelf.IN_REVIEW)
            case "releases":
                self._releases_sheet.ask()
            case _:
                self._articles.show_shelf(Shelf.ALL)
        if tab in {"gaps", "releases"}:
            self._bar.choose(self._names["articles"])

    @Slot()
    def _begin_writing(self) -> None:
        """An article that was begun here has its keys in the text at once."""
        article = self._model.editor.article
        if article is not None and not article.published_version and article.version <= 1:
            self._editor.show_tab(Tab.WRITE)

    def _sheets(self) -> tuple[Overlay, ...]:
        return self._palette, self._publish_sheet, self._releases_sheet, self._gap_sheet

    @Slot()
    def _rest_view(self) -> None:
        """Below a sheet no key may reach the view."""
        is_free = not any(sheet.isVisible() for sheet in self._sheets())
        for part in (self._bar, self._articles, self._editor, self._right):
            part.setEnabled(is_free)
        for shortcut in self._keys:
            shortcut.setEnabled(is_free or shortcut.key() == QKeySequence("Esc"))
        self._mark_primary()

    @Slot()
    def _escape(self) -> None:
        for sheet in self._sheets():
            if sheet.isVisible():
                sheet.close_sheet()
                return

    @Slot()
    def _mark_primary(self) -> None:
        """One accent button on screen: that of a sheet, else the next step, else publish."""
        editor = self._model.editor
        is_free = not any(sheet.isVisible() for sheet in self._sheets())
        article = editor.article
        step = next_step(article, is_changed=editor.is_changed) if article else None
        is_step = step is not None and step is not Step.PUBLISH
        self._editor.steps.refresh(is_primary=is_free and is_step)
        is_publishing = is_free and not is_step and bool(self._model.listing.waiting)
        set_look(self._publish, "primary" if is_publishing else "plain")


def _link_words(model: KnowledgeModel) -> tuple[str, Tone]:
    if model.link is LinkPhase.CONNECTED:
        return ("", Tone.NEUTRAL) if model.status.is_ready else (model.status.stage, Tone.WARNING)
    if model.link is LinkPhase.RECONNECTING:
        return tr("reconnecting · what you type stays"), Tone.WARNING
    if model.link is LinkPhase.CLOSED:
        return tr("not connected"), Tone.NEGATIVE
    return tr("connecting"), Tone.NEUTRAL


def _deed(name: str, key: str, do: Callable[[], object]) -> Deed:
    return Deed(name=name, key=key, do=do)
