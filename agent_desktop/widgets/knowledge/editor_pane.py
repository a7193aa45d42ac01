"""The article in work: write, preview, save."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.knowledge_model import KnowledgeModel, Part, is_draft
from agent_desktop.widgets.knowledge.leave_sheet import LeaveSheet
from agent_desktop.widgets.knowledge.markdown_editor import MarkdownEditor
from agent_desktop.widgets.knowledge.markdown_preview import MarkdownPreview
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.empty_state import EmptyState
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import clear, column, row
from agent_desktop.widgets.shared.panel import divider
from agent_desktop.widgets.shared.text import label, set_look
from assist_engine.contract.knowledge_answers import ArticleSummary

MOST_TAGS = 6


class EditorPane(QFrame):
    """Follows `KnowledgeModel.article`; Ctrl+S saves."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.setProperty("look", "panel")
        self.setAccessibleName(tr("Article"))
        self._title = ElidedLabel(look="name")
        self._version = Chip(theme=theme)
        self._unsaved = Chip(theme=theme)
        for chip in (self._version, self._unsaved):  # the title gives way first
            chip.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._facts = Flow(gap=GAP_SMALL)
        self._shown_facts: tuple[str, ...] = ()
        self.editor = MarkdownEditor(theme=theme)
        self._preview = MarkdownPreview(theme=theme)
        self._sheet = LeaveSheet(model, theme=theme)
        self._status = label("", look="small-muted", wraps=True)
        self._save = KeyButton(tr("Save draft"), theme=theme, key="Ctrl+S", cap="Ctrl S")
        self._texts = QStackedWidget()
        self._texts.addWidget(self.editor)
        self._texts.addWidget(self._preview)
        self._empty = EmptyState("")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._make_article())
        self.setLayout(column(self._pages, margins=(1, 1, 1, 1)))
        self.editor.edited.connect(model.edit)
        self._save.clicked.connect(model.save)
        model.editor_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the article as it is now."""
        article = self._model.article
        self._pages.setCurrentIndex(0 if article is None else 1)
        self._say_empty()
        if article is None:
            return
        self._title.say(article.title)
        self._say_version(article)
        unsaved = tr("● not saved") if self._model.is_changed else ""
        self._unsaved.say(unsaved, tone=Tone.WARNING)
        self._show_facts(article)
        self.editor.show_text(self._model.text, saved=self._model.saved_text)
        if self._texts.currentIndex() == 1:
            self._preview.render_text(self._model.text)
        self._sheet.refresh()
        self._say_status()
        self._save.setEnabled(self._model.is_changed and not self._model.is_saving)

    def set_primary(self, is_primary: bool) -> None:
        """Make *Save draft* the one thing to do on screen, or not."""
        set_look(self._save, "primary" if is_primary else "plain")

    def show_preview(self) -> None:
        """Show the text as agents read it."""
        self._preview_tab.setChecked(True)
        self._preview.render_text(self._model.text)
        self._texts.setCurrentIndex(1)

    def show_editor(self) -> None:
        """Show the text to write in."""
        self._write_tab.setChecked(True)
        self._texts.setCurrentIndex(0)

    def _make_article(self) -> QWidget:
        self._write_tab = _tab(tr("Write"), tip=tr("Write (Ctrl+E)"), key="Ctrl+E")
        self._preview_tab = _tab(tr("Preview"), tip=tr("Preview (Ctrl+R)"), key="Ctrl+R")
        self._tabs = QButtonGroup(self)
        for tab in (self._write_tab, self._preview_tab):
            self._tabs.addButton(tab)
        self._write_tab.setChecked(True)
        self._write_tab.clicked.connect(self.show_editor)
        self._preview_tab.clicked.connect(self.show_preview)
        head = row(
            self._title,
            self._version,
            self._unsaved,
            None,
            self._write_tab,
            self._preview_tab,
            gap=GAP_SMALL,
            margins=(GAP_LARGE, GAP_SMALL, GAP, GAP_SMALL),
        )
        words = column(self._sheet, gap=GAP, margins=(GAP_LARGE, GAP, GAP_LARGE, 0))
        words.addLayout(self._facts)
        words.addWidget(self._texts, 1)
        foot = row(gap=GAP, margins=(GAP_LARGE, GAP, GAP_LARGE, GAP))
        foot.addWidget(self._status, 1)
        foot.addWidget(self._save)
        holder = QWidget()
        layout = column(head, divider(), gap=0)
        layout.addLayout(words, 1)
        layout.addWidget(divider())
        layout.addLayout(foot)
        holder.setLayout(layout)
        return holder

    def _say_empty(self) -> None:
        problem = self._model.problem(Part.EDITOR)
        if problem:
            self._empty.say(tr("The article could not be opened"), problem)
        elif self._model.is_reading:
            self._empty.say(tr("Opening the article…"))
        else:
            self._empty.say(tr("No article opened"), tr("Choose one on the left."))

    def _say_version(self, article: ArticleSummary) -> None:
        if is_draft(article):
            self._version.say(tr("draft v{version}", version=article.version), tone=Tone.ACCENT)
        else:
            self._version.say(tr("live v{version}", version=article.version), tone=Tone.POSITIVE)

    def _say_status(self) -> None:
        problem = self._model.problem(Part.EDITOR)
        set_look(self._status, "error" if problem else "small-muted")
        self._status.setText(problem or self._status_words())

    def _status_words(self) -> str:
        if self._model.is_saving:
            return tr("Saving…")
        if self._model.is_changed:
            return tr("Changed lines are marked.")
        article = self._model.article
        if article and is_draft(article):
            return tr("Saved as a draft. Agents see it after publishing.")
        return tr("This is what agents see.")

    def _show_facts(self, article: ArticleSummary) -> None:
        products = tuple(product.capitalize() for product in article.products)
        facts = (*products, *article.tags[:MOST_TAGS])
        if facts == self._shown_facts:
            return
        self._shown_facts = facts
        clear(self._facts)
        for fact in facts:
            self._facts.addWidget(Chip(fact, theme=self._theme))


def _tab(name: str, *, tip: str, key: str) -> QPushButton:
    tab = QPushButton(name)
    tab.setProperty("look", "tab")
    tab.setCheckable(True)
    tab.setShortcut(key)
    tab.setToolTip(tip)
    tab.setAccessibleName(name)
    return tab
