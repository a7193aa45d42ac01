"""The knowledge manager's desk: the articles, the one in the editor, trying it, publishing.

Answers come in by `apply`, what the person does goes out as `command_given(Saying)`; four Qt
signals say which part to look at again. What went wrong is kept with the part it went wrong in.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from agent_desktop.translation import tr
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.open_requests import OpenRequests
from assist_engine.contract.answers import Answer, EngineStatus, Refused
from assist_engine.contract.commands import Saying
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import ArticleId
from assist_engine.contract.knowledge_answers import (
    ArticleFetched,
    ArticleSaved,
    ArticlesListed,
    ArticleSummary,
    KnowledgeFound,
    ReleasePublished,
)
from assist_engine.contract.knowledge_requests import (
    ListArticles,
    PublishRelease,
    ReadArticle,
    SaveArticle,
    SearchKnowledge,
)

TYPING_PAUSE_MS: Final = 300
SEARCH_LIMIT: Final = 5


class Part(StrEnum):
    """Where on the desk something happens."""

    LIST = "list"
    EDITOR = "editor"
    TRY = "try"
    RELEASE = "release"


_PART_OF: Final[dict[type[object], Part]] = {
    ListArticles: Part.LIST,
    ReadArticle: Part.EDITOR,
    SaveArticle: Part.EDITOR,
    SearchKnowledge: Part.TRY,
    PublishRelease: Part.RELEASE,
}


def is_draft(article: ArticleSummary) -> bool:
    """Whether the newest version is not published."""
    return article.version > article.published_version


class KnowledgeModel(QObject):
    """Articles, editor, search and release. Texts are Markdown with front matter."""

    articles_changed = Signal()
    editor_changed = Signal()
    found_changed = Signal()
    release_changed = Signal()
    command_given = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._requests = OpenRequests()
        self._problems: dict[Part, str] = {}
        self._typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._search)
        self._is_listed = False
        self._wanted: ArticleId | None = None
        self._on_its_way = ""  # the text of the save that waits for its answer
        self.status = EngineStatus(is_ready=False, stage=tr("connecting"))
        self.link = LinkPhase.CONNECTING
        self.link_reason = ""
        self.articles: tuple[ArticleSummary, ...] = ()
        self.release = 0
        self.published: ReleasePublished | None = None  # the newest one made while we look
        self.article: ArticleSummary | None = None
        self.saved_text = ""
        self.text = ""
        self.leaving_to: ArticleId | None = None
        self.query = ""
        self.found: KnowledgeFound | None = None

    @property
    def is_listed(self) -> bool:
        """Whether the articles are known."""
        return self._is_listed

    @property
    def is_changed(self) -> bool:
        """Whether the editor holds something that is not saved."""
        return self.article is not None and self.text != self.saved_text

    @property
    def is_reading(self) -> bool:
        """Whether an article is on its way."""
        return self._requests.is_waiting(ReadArticle)

    @property
    def is_saving(self) -> bool:
        """Whether a save is on its way."""
        return self._requests.is_waiting(SaveArticle)

    @property
    def is_searching(self) -> bool:
        """Whether an answer to the newest query is still to come."""
        return self._typing.isActive() or self._requests.is_waiting(SearchKnowledge)

    @property
    def is_publishing(self) -> bool:
        """Whether a release is being made."""
        return self._requests.is_waiting(PublishRelease)

    @property
    def drafts(self) -> tuple[ArticleSummary, ...]:
        """What the next release would bring: articles changed since they were published."""
        return tuple(article for article in self.articles if is_draft(article))

    def problem(self, part: Part) -> str:
        """What went wrong in a part, or an empty text."""
        return self._problems.get(part, "")

    def apply(self, items: Sequence[Recorded | Answer]) -> None:
        """Take in what the link brought, oldest first."""
        for item in items:
            if not isinstance(item, Recorded):
                self._hear(item)

    def set_link(self, phase: LinkPhase, *, reason: str = "", is_engine_here: bool = True) -> None:
        """Tell how the link is; what is typed stays while there is none."""
        self.link, self.link_reason, self.is_engine_here = phase, reason, is_engine_here
        self.release_changed.emit()

    def list_articles(self) -> None:
        """Ask for all articles."""
        self._give(ListArticles())

    def open_article(self, article_id: ArticleId) -> None:
        """Put an article into the editor; with unsaved changes only ask first (`leaving_to`)."""
        if self.article is not None and article_id == self.article.article_id:
            self.stay()
        elif self.is_changed:
            self.leaving_to = article_id
            self.editor_changed.emit()
        else:
            self._read(article_id)

    def stay(self) -> None:
        """Do not leave the article after all."""
        self.leaving_to = None
        self.editor_changed.emit()

    def discard_and_leave(self) -> None:
        """Give up the changes and open the article that was asked for."""
        if self.leaving_to is not None:
            self.text = self.saved_text
            self._read(self.leaving_to)

    def edit(self, text: str) -> None:
        """The editor holds this now."""
        if self.article is not None and text != self.text:
            self.text = text
            self.editor_changed.emit()

    def save(self) -> None:
        """Save the editor's text as a new draft version."""
        if self.article is None or not self.is_changed or self.is_saving:
            return
        self._on_its_way = self.text
        self._give(SaveArticle(article_id=self.article.article_id, markdown=self.text))

    def try_query(self, text: str) -> None:
        """Search the release in use, as a caller would ask, once typing stops."""
        self.query = text.strip()
        self._problems.pop(Part.TRY, None)
        if self.query:
            self._typing.start()
        else:
            self._typing.stop()
            self.found = None
        self.found_changed.emit()

    def publish(self) -> None:
        """Make the next release of everything saved."""
        if not self.is_publishing:
            self.published = None
            self._give(PublishRelease())

    def _give(self, saying: Saying) -> None:
        part = _PART_OF[type(saying)]
        self._problems.pop(part, None)
        self._requests.ask(saying)
        self.command_given.emit(saying)
        self._announce(part)

    def _read(self, article_id: ArticleId) -> None:
        self.leaving_to, self._wanted = None, article_id
        self._give(ReadArticle(article_id=article_id))

    def _search(self) -> None:
        self._give(SearchKnowledge(query=self.query, limit=SEARCH_LIMIT))

    def _hear(self, answer: Answer) -> None:
        match answer:
            case EngineStatus():
                self._hear_status(answer)
            case ArticlesListed():
                self._hear_list(answer)
            case ArticleFetched():
                self._hear_article(answer)
            case ArticleSaved(article=article):
                self._hear_saved(article)
            case KnowledgeFound():
                self._hear_found(answer)
            case ReleasePublished():
                self._hear_release(answer)
            case Refused(code=code, message=message):
                self._hear_refusal(code, message)
            case _:
                pass  # answers to other roles' questions

    def _hear_status(self, status: EngineStatus) -> None:
        is_news = status.release != self.release
        self.status, self.release = status, status.release
        if status.is_ready and (is_news or not self._is_listed):
            self._list_once()
        self.release_changed.emit()

    def _hear_list(self, listed: ArticlesListed) -> None:
        self._requests.answered(ListArticles)
        self._is_listed = True
        self.articles, self.release = listed.articles, listed.release
        if self.article is not None:
            opened = self.article.article_id
            self.article = next((a for a in self.articles if a.article_id == opened), self.article)
            self.editor_changed.emit()
        self._announce(Part.LIST)
        self.release_changed.emit()

    def _hear_article(self, fetched: ArticleFetched) -> None:
        self._requests.answered(ReadArticle)
        if fetched.article.article_id == self._wanted:
            self._wanted = None
            self.article = fetched.article
            self.saved_text = self.text = fetched.markdown.replace("\r\n", "\n")
        self.editor_changed.emit()

    def _hear_saved(self, article: ArticleSummary) -> None:
        is_own = self._requests.answered(SaveArticle) is not None
        self.articles = tuple(
            article if known.article_id == article.article_id else known for known in self.articles
        )
        if is_own and self.article is not None and article.article_id == self.article.article_id:
            self.article, self.saved_text = article, self._on_its_way
        self._announce(Part.LIST)
        self.release_changed.emit()
        self.editor_changed.emit()
        if is_own and self.leaving_to is not None and not self.is_changed:
            self._read(self.leaving_to)

    def _hear_found(self, found: KnowledgeFound) -> None:
        self._requests.answered(SearchKnowledge)
        if self.query and not self.is_searching:
            self.found = found
        self.found_changed.emit()

    def _hear_release(self, published: ReleasePublished) -> None:
        if self._requests.answered(PublishRelease) is not None:
            self.published = published
        self.release = max(self.release, published.release)
        self._problems.pop(Part.RELEASE, None)
        self._list_once()
        if self.query:
            self._search()
        self.release_changed.emit()

    def _hear_refusal(self, code: str, message: str) -> None:
        refused = self._requests.refused(code)
        if refused is not None:
            part = _PART_OF[type(refused)]
            self._problems[part] = message
            self._announce(part)

    def _list_once(self) -> None:
        if not self._requests.is_waiting(ListArticles):
            self.list_articles()

    def _announce(self, part: Part) -> None:
        {
            Part.LIST: self.articles_changed,
            Part.EDITOR: self.editor_changed,
            Part.TRY: self.found_changed,
            Part.RELEASE: self.release_changed,
        }[part].emit()
