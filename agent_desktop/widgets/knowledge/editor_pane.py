"""The article in work: write it, see below it how it reads and what it changes, take it further."""

from enum import StrEnum

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, GAP_TINY, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.article_facts import facts_of
from agent_desktop.view_models.article_history import EDITOR
from agent_desktop.view_models.article_life import state_mark, version_words
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.widgets.knowledge.diff_tab import DiffTab
from agent_desktop.widgets.knowledge.history_tab import HistoryTab
from agent_desktop.widgets.knowledge.markdown_editor import MarkdownEditor
from agent_desktop.widgets.knowledge.markdown_preview import MarkdownPreview
from agent_desktop.widgets.knowledge.marks import MARK_TONES
from agent_desktop.widgets.knowledge.note_list import NotesBox
from agent_desktop.widgets.knowledge.notice_sheet import NoticeSheet
from agent_desktop.widgets.knowledge.step_bar import StepBar
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.empty_state import EmptyState
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import clear, column, row
from agent_desktop.widgets.shared.panel import divider

PREVIEW_PAUSE_MS = 80
LOWEST_FOR_BOTH = 520  # below that height a tab stands in place of the text


class Tab(StrEnum):
    """What is shown below the text; `WRITE`: nothing."""

    WRITE = "write"
    PREVIEW = "preview"
    CHANGES = "changes"
    HISTORY = "history"
    PASSAGES = "passages"
    FINDINGS = "findings"


KEYS = {
    Tab.WRITE: "Ctrl+E",
    Tab.PREVIEW: "Ctrl+R",
    Tab.CHANGES: "Ctrl+D",
    Tab.HISTORY: "Ctrl+H",
    Tab.PASSAGES: "Ctrl+P",
    Tab.FINDINGS: "Ctrl+L",
}


class EditorPane(QFrame):
    """Follows `KnowledgeModel.editor`; Ctrl+S saves."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self._tab = Tab.WRITE
        self.setProperty("look", "panel")
        self.setAccessibleName(tr("Article"))
        self._title = ElidedLabel(look="name")
        self._version, self._unsaved = Chip(theme=theme), Chip(theme=theme)
        for chip in (self._version, self._unsaved):  # the title gives way first
            chip.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._facts = Flow(gap=GAP_TINY + 2)
        self._shown_facts: tuple[str, ...] = ()
        self._leave = self._make_leave_sheet()
        self._conflict = self._make_conflict_sheet()
        self.editor = MarkdownEditor(theme=theme)
        self.steps = StepBar(model, theme=theme)
        self._make_pages()
        self._empty = EmptyState("")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._make_article())
        self.setLayout(column(self._pages, margins=(1, 1, 1, 1)))
        self._soon = QTimer(self, singleShot=True, interval=PREVIEW_PAUSE_MS)
        self._connect()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the article as it is now."""
        editor = self._model.editor
        self._pages.setCurrentIndex(0 if editor.article is None else 1)
        self._say_empty()
        if editor.article is None:
            return
        self._title.say(editor.article.title)
        tone = MARK_TONES[state_mark(editor.article.state)]
        self._version.say(version_words(editor.article), tone=tone)
        self._unsaved.say(tr("● not saved") if editor.is_changed else "", tone=Tone.WARNING)
        self._show_facts(facts_of(editor.article, editor.text))
        self.editor.put_text(editor.text, saved=editor.saved_text)
        self._ask()
        self._soon.start()

    def show_tab(self, tab: Tab) -> None:
        """Show something below the text, or the text alone; keys go there."""
        self._tab = tab
        self._buttons[tab].setChecked(True)
        self._lower.setVisible(tab is not Tab.WRITE)
        self._share_height()
        self._show_lower()
        if tab is Tab.WRITE:
            self.editor.setFocus()
            return
        page = self._below[tab]
        self._lower.setCurrentWidget(page)
        if isinstance(page, HistoryTab):
            page.take_focus()
        elif isinstance(page, NotesBox):
            page.list.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Text and tab stand below each other where there is room for both."""
        super().resizeEvent(event)
        self._share_height()

    def _make_pages(self) -> None:
        self._preview = MarkdownPreview(theme=self._theme)
        self._changes = DiffTab(self._model, theme=self._theme)
        self._history = HistoryTab(self._model, theme=self._theme)
        self._passages = NotesBox(tr("Passages"), theme=self._theme)
        self._findings = NotesBox(tr("What the check found"), theme=self._theme)
        self._below: dict[Tab, QWidget] = {
            Tab.PREVIEW: self._preview,
            Tab.CHANGES: self._changes,
            Tab.HISTORY: self._history,
            Tab.PASSAGES: self._passages,
            Tab.FINDINGS: self._findings,
        }
        self._lower = QStackedWidget()
        self._lower.setProperty("look", "lower")
        for page in self._below.values():
            self._lower.addWidget(page)
        self._lower.hide()

    def _make_article(self) -> QWidget:
        chips = row(self._title, self._version, self._unsaved, None, gap=GAP_SMALL)
        head = column(
            chips, self._make_tabs(), gap=GAP_TINY, margins=(GAP_LARGE, GAP, GAP, GAP_TINY)
        )
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(GAP)
        self._split.addWidget(self.editor)
        self._split.addWidget(self._lower)
        margins = (GAP_LARGE, GAP_SMALL, GAP_LARGE, GAP_SMALL)
        words = column(self._leave, self._conflict, gap=GAP_SMALL, margins=margins)
        words.addLayout(self._facts)
        words.addWidget(self._split, 1)
        holder = QWidget()
        layout = column(head, divider(), gap=0)
        layout.addLayout(words, 1)
        layout.addWidget(divider())
        layout.addWidget(self.steps)
        holder.setLayout(layout)
        return holder

    def _make_tabs(self) -> Flow:
        names = {
            Tab.WRITE: tr("Write"),
            Tab.PREVIEW: tr("Preview"),
            Tab.CHANGES: tr("Changes"),
            Tab.HISTORY: tr("History"),
            Tab.PASSAGES: tr("Passages"),
            Tab.FINDINGS: tr("Findings"),
        }
        self._names = names
        group, tabs = QButtonGroup(self), Flow(gap=GAP_TINY)
        self._buttons: dict[Tab, KeyButton] = {}
        for tab, name in names.items():
            button = KeyButton(name, theme=self._theme, key=KEYS[tab], cap="", look="tab-small")
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, tab=tab: self.show_tab(tab))
            group.addButton(button)
            tabs.addWidget(button)
            self._buttons[tab] = button
        self._buttons[Tab.WRITE].setChecked(True)
        return tabs

    def _make_leave_sheet(self) -> NoticeSheet:
        editor = self._model.editor
        return NoticeSheet(
            theme=self._theme,
            deeds=(
                (tr("Save"), editor.save),
                (tr("Discard"), editor.discard_and_leave),
                (tr("Stay"), editor.stay),
            ),
        )

    def _make_conflict_sheet(self) -> NoticeSheet:
        return NoticeSheet(
            theme=self._theme,
            deeds=(
                (tr("See the difference"), self._compare_with_theirs),
                (tr("Save mine over it"), self._model.editor.save_over),
            ),
        )

    def _connect(self) -> None:
        model = self._model
        self._soon.timeout.connect(self._show_lower)
        self.editor.edited.connect(model.editor.edit)
        model.editor.opened.connect(self._open)
        model.editor.changed.connect(self.refresh)
        model.history.changed.connect(self._show_lower)
        model.trial.changed.connect(self._show_lower)
        self._history.compared.connect(lambda: self.show_tab(Tab.CHANGES))
        self._history.restored.connect(lambda: self.show_tab(Tab.WRITE))

    @Slot()
    def _open(self) -> None:
        """Another article: its text begins a history of its own."""
        editor = self._model.editor
        self.editor.show_text(editor.text, saved=editor.saved_text)
        self.editor.go_to_work()

    @Slot()
    def _show_lower(self) -> None:
        """Bring what stands below the text up to date, if it is in sight."""
        if self._model.editor.article is None:
            return
        self._count_findings()
        match self._tab:
            case Tab.PREVIEW:
                self._preview.follow_text(self._model.editor.text)
            case Tab.CHANGES:
                self._changes.refresh()
            case Tab.HISTORY:
                self._history.refresh()
            case Tab.PASSAGES:
                self._show_passages()
            case Tab.FINDINGS:
                self._show_findings()
            case Tab.WRITE:
                pass

    def _count_findings(self) -> None:
        count, name = len(self._model.trial.findings), self._names[Tab.FINDINGS]
        counted = f"{name} {count}" if count else name
        if self._buttons[Tab.FINDINGS].text() != counted:
            self._buttons[Tab.FINDINGS].rename(counted)

    def _show_passages(self) -> None:
        trial = self._model.trial
        waiting = tr("Cutting the draft…") if trial.is_trying else tr("No passage")
        hint = trial.problem or tr("Write something below the front matter.")
        self._passages.show_notes(trial.passage_notes, empty=waiting, hint=hint)

    def _show_findings(self) -> None:
        trial = self._model.trial
        waiting = tr("Checking…") if trial.is_trying else tr("Nothing to remark")
        self._findings.show_notes(trial.finding_notes, empty=waiting, hint=trial.problem)

    def _share_height(self) -> None:
        is_alone = self.height() < self._theme.px(LOWEST_FOR_BOTH)
        self.editor.setVisible(self._tab is Tab.WRITE or not is_alone)
        if self._tab is not Tab.WRITE and not is_alone:
            self._split.setSizes([3, 2] if not any(self._split.sizes()) else self._halves())

    def _halves(self) -> list[int]:
        whole = sum(self._split.sizes())
        return [whole * 11 // 20, whole * 9 // 20]

    def _ask(self) -> None:
        editor = self._model.editor
        leaving = editor.leaving_to is not None
        self._leave.ask(
            tr("Not saved yet. Save before you go?") if leaving else "", takes_focus=True
        )
        self._leave.buttons[0].setEnabled(not editor.is_saving)
        conflict = tr(
            "Somebody saved version {version} meanwhile. Your text is still here.",
            version=editor.conflict,
        )
        self._conflict.ask(conflict if editor.conflict else "", takes_focus=False)
        self._conflict.buttons[1].setEnabled(not editor.is_saving)

    def _compare_with_theirs(self) -> None:
        self._model.history.show_versions(self._model.editor.conflict, EDITOR)
        self.show_tab(Tab.CHANGES)

    def _say_empty(self) -> None:
        problem = self._model.editor.problem
        if problem:
            self._empty.say(tr("The article could not be opened"), problem)
        elif self._model.editor.is_reading:
            self._empty.say(tr("Opening the article…"))
        else:
            self._empty.say(
                tr("No article opened"),
                tr("Choose one on the left, or begin a new one with Ctrl+N."),
            )

    def _show_facts(self, facts: tuple[str, ...]) -> None:
        if facts == self._shown_facts:
            return
        self._shown_facts = facts
        clear(self._facts)
        for fact in facts:
            self._facts.addWidget(Chip(fact, theme=self._theme))
