"""Trying the draft: how it is cut, what the check finds, and what a caller's question would find.

One question is on its way at a time; what is typed meanwhile is asked when its answer is there.
"""

from typing import Final

from PySide6.QtCore import QTimer

from agent_desktop.translation import tr
from agent_desktop.view_models.article_editor import ArticleEditor
from agent_desktop.view_models.article_list import ArticleList
from agent_desktop.view_models.desk_part import Correspondence, DeskPart
from agent_desktop.view_models.note import Mark, Note
from agent_desktop.view_models.rank_moves import Ranked, ranked
from assist_engine.contract.answers import Answer, Refused
from assist_engine.contract.commands import Saying
from assist_engine.contract.ids import ArticleId
from assist_engine.contract.knowledge_answers import (
    DraftPassage,
    DraftTried,
    Finding,
    KnowledgeFound,
    ReleasePublished,
    Severity,
)
from assist_engine.contract.knowledge_requests import SearchKnowledge, TryDraft

TYPING_PAUSE_MS: Final = 300
SEARCH_LIMIT: Final = 5


class DraftTrial(DeskPart):
    """Asks 300 ms after typing stops, in the question or in the article.

    Without an article the release in use is searched; `results` is what either found.
    """

    def __init__(
        self, post: Correspondence, *, editor: ArticleEditor, listing: ArticleList
    ) -> None:
        super().__init__(post)
        self._editor, self._listing = editor, listing
        self._typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._try_now)
        self._tried_text = ""
        self._is_stale = False  # something was typed while an answer was on its way
        self._asked_query = ""
        self._article_id: ArticleId | None = None
        self.query = ""
        self.results: tuple[Ranked, ...] | None = None
        self.passages: tuple[DraftPassage, ...] = ()
        self.findings: tuple[Finding, ...] = ()
        editor.opened.connect(self._begin)
        editor.changed.connect(self._follow_text)

    @property
    def is_of_draft(self) -> bool:
        """Whether the draft in the editor is tried, not the release alone."""
        return self._editor.article is not None

    @property
    def is_trying(self) -> bool:
        """Whether an answer to what stands there now is still to come."""
        is_asked = self._post.is_waiting(TryDraft) or self._post.is_waiting(SearchKnowledge)
        return self._typing.isActive() or self._is_stale or is_asked

    def try_query(self, text: str) -> None:
        """Ask as a caller would, once typing stops."""
        self.query, self.problem = text.strip(), ""
        if not self.query:
            self.results = None
        if self.query or self.is_of_draft:
            self._typing.start()
        else:
            self._typing.stop()
        self.changed.emit()

    def hear(self, answer: Answer) -> None:
        """Take in what was found; a new release may find something else."""
        match answer:
            case DraftTried():
                self._hear_tried(answer)
            case KnowledgeFound():
                self._post.answered(answer.ref, SearchKnowledge)
                if self.query and not self.is_of_draft and not self.is_trying:
                    found = answer.passages
                    self.results = ranked(found, found, threshold=answer.threshold)
                self._go_on()
            case ReleasePublished():
                self._typing.start()
            case _:
                pass

    def hear_refusal(self, saying: Saying, refused: Refused) -> None:
        """Say why, and ask again if something was typed meanwhile."""
        super().hear_refusal(saying, refused)
        self._go_on()

    def _begin(self) -> None:
        article = self._editor.article
        self._article_id = article.article_id if article else None
        self.passages, self.findings, self.results = (), (), None
        self._try_now()

    def _follow_text(self) -> None:
        if self._editor.article is not None and self._editor.text != self._tried_text:
            self._tried_text = self._editor.text
            self._typing.start()
            self.changed.emit()

    def _try_now(self) -> None:
        self._typing.stop()
        if self._post.is_waiting(TryDraft) or self._post.is_waiting(SearchKnowledge):
            self._is_stale = True
            return
        self._is_stale = False
        self._asked_query = self.query
        article = self._editor.article
        if article is not None:
            self._tried_text = self._editor.text
            self._ask(
                TryDraft(article_id=article.article_id, markdown=self._tried_text, query=self.query)
            )
        elif self.query:
            self._ask(SearchKnowledge(query=self.query, limit=SEARCH_LIMIT))

    def _hear_tried(self, tried: DraftTried) -> None:
        asked = self._post.answered(tried.ref, TryDraft)
        if isinstance(asked, TryDraft) and asked.article_id == self._article_id:
            self.passages, self.findings = tried.passages, tried.findings
            if self.query and self._asked_query == self.query:
                self.results = ranked(tried.after, tried.before, threshold=tried.threshold)
        self._go_on()

    def _go_on(self) -> None:
        if self._is_stale:
            self._try_now()
        self.changed.emit()

    @property
    def passage_notes(self) -> tuple[Note, ...]:
        """The passages as lines."""
        return tuple(
            Note(
                key=str(n),
                caption=passage.heading or tr("before the first heading"),
                text=passage.text,
                word=str(n),
            )
            for n, passage in enumerate(self.passages, start=1)
        )

    @property
    def finding_notes(self) -> tuple[Note, ...]:
        """The findings as lines, worst first."""
        return finding_notes(self.findings, listing=self._listing)


def finding_notes(findings: tuple[Finding, ...], *, listing: ArticleList) -> tuple[Note, ...]:
    """Findings as lines, worst first; both quotes beside each other where two articles clash."""
    order = list(Severity)
    worst_first = sorted(findings, key=lambda finding: order.index(finding.severity))
    return tuple(_finding_note(f, place=n, listing=listing) for n, f in enumerate(worst_first))


def _finding_note(finding: Finding, *, place: int, listing: ArticleList) -> Note:
    quotes = []
    if finding.quote:
        quotes.append(tr("here: “{quote}”", quote=finding.quote))
    if finding.other_id is not None:
        title = listing.title(finding.other_id)
        quote = finding.other_quote
        quotes.append(
            tr("in {title}: “{quote}”", title=title, quote=quote)
            if quote
            else tr("see {title}", title=title)
        )
    return Note(
        key=f"{place}:{finding.rule}:{finding.article_id}",
        caption=listing.title(finding.article_id) if finding.article_id else "",
        text=finding.message,
        detail="\n".join(quotes),
        word=severity_word(finding.severity),
        mark=_MARKS[finding.severity],
    )


_MARKS: Final = {Severity.ERROR: Mark.BAD, Severity.WARNING: Mark.CARE, Severity.HINT: Mark.QUIET}


def severity_word(severity: Severity) -> str:
    """A severity as a word."""
    return {
        Severity.ERROR: tr("error"),
        Severity.WARNING: tr("warning"),
        Severity.HINT: tr("hint"),
    }[severity]
