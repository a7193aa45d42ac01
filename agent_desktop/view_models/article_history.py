"""All versions of the article in work, what was said in reviews, and any two of them compared."""

from typing import Final

from agent_desktop.translation import tr
from agent_desktop.view_models.article_editor import ArticleEditor
from agent_desktop.view_models.article_life import state_mark, state_word
from agent_desktop.view_models.desk_part import Correspondence, DeskPart
from agent_desktop.view_models.note import Mark, Note, when
from agent_desktop.view_models.text_diff import DiffLine, compare
from assist_engine.contract.answers import Answer
from assist_engine.contract.ids import ArticleId
from assist_engine.contract.knowledge_answers import (
    ArticleFetched,
    ArticleSaved,
    ArticleVersion,
    HistoryRead,
    ReviewEntry,
)
from assist_engine.contract.knowledge_requests import CommentArticle, ReadHistory

EDITOR: Final = 0  # stands for the text in the editor, saved or not


class ArticleHistory(DeskPart):
    """`old` and `new`: the versions that are compared; 0 is the text in the editor."""

    def __init__(self, post: Correspondence, *, editor: ArticleEditor) -> None:
        super().__init__(post)
        self._editor = editor
        self._article_id = ArticleId("")
        self._texts: dict[int, str] = {}
        self._asked: set[int] = set()
        self._restoring = 0
        self.versions: tuple[ArticleVersion, ...] = ()
        self.reviews: tuple[ReviewEntry, ...] = ()
        self.old, self.new = 0, EDITOR
        editor.opened.connect(self._begin)
        editor.version_fetched.connect(self._take_text)

    @property
    def is_reading(self) -> bool:
        """Whether the history is on its way."""
        return self._post.is_waiting(ReadHistory)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Versions newest first, each with its steps and comments below it."""
        notes: list[Note] = []
        for version in self.versions:
            notes.append(_version_note(version))
            said = [entry for entry in self.reviews if entry.version == version.version]
            notes += [_review_note(entry, place=n) for n, entry in enumerate(said)]
        return tuple(notes)

    @property
    def lines(self) -> tuple[DiffLine, ...] | None:
        """The comparison; None while a text is still to come."""
        old, new = self._text(self.old), self._text(self.new)
        return None if old is None or new is None else compare(old, new)

    def show_versions(self, old: int, new: int) -> None:
        """Compare two versions from now on."""
        self.old, self.new = old, new
        self.fetch()
        self.changed.emit()

    def fetch(self) -> None:
        """Ask for the texts that are compared, where they are not there yet."""
        for version in (self.old, self.new):
            self._fetch(version)

    def restore(self, version: int) -> None:
        """Put a version into the editor, as soon as its text is there."""
        text = self._text(version)
        if version == EDITOR:
            return
        if text is None:
            self._restoring = version
            self._fetch(version)
        else:
            self._editor.restore(text, version=version)

    def comment(self, text: str) -> None:
        """Say something about the newest version; blank text is nothing."""
        article = self._editor.article
        if article is not None and text.strip():
            self._ask(
                CommentArticle(
                    article_id=article.article_id, version=article.version, text=text.strip()
                )
            )

    def ask_again(self) -> None:
        """Ask for the history of the article in work."""
        if self._article_id and not self._post.is_waiting(ReadHistory):
            self._ask(ReadHistory(article_id=self._article_id))

    def hear(self, answer: Answer) -> None:
        """Take in the history; a saved or moved article has a longer one."""
        match answer:
            case HistoryRead(ref=ref, article_id=article_id):
                self._post.answered(ref, ReadHistory, CommentArticle)
                if article_id == self._article_id:
                    self.versions, self.reviews = answer.versions, answer.reviews
                else:
                    self.ask_again()  # another article was opened meanwhile
                self.changed.emit()
            case ArticleSaved(ref=ref, article=article):
                if self._editor.article and article.article_id == self._editor.article.article_id:
                    self._post.answered(ref, CommentArticle)
                    self._article_id = article.article_id
                    self.ask_again()
            case _:
                pass

    def _begin(self) -> None:
        article = self._editor.article
        self._article_id = article.article_id if article else ArticleId("")
        self._texts, self._asked, self._restoring = {}, set(), 0
        self.versions, self.reviews = (), ()
        if article is not None:
            self._texts[article.version] = self._editor.saved_text
            self.old, self.new = article.published_version or article.version, EDITOR
        if article is not None and article.version:
            self.ask_again()
        self.changed.emit()

    def _take_text(self, fetched: ArticleFetched) -> None:
        version = fetched.version or fetched.article.version
        self._texts[version] = fetched.markdown.replace("\r\n", "\n")
        if version == self._restoring:
            self._restoring = 0
            self._editor.restore(self._texts[version], version=version)
        self.changed.emit()

    def _fetch(self, version: int) -> None:
        if version != EDITOR and self._text(version) is None and version not in self._asked:
            self._asked.add(version)
            self._editor.read_version(version)

    def _text(self, version: int) -> str | None:
        if version == EDITOR:
            return self._editor.text
        article = self._editor.article
        if article is not None and version == article.version:
            return self._editor.saved_text
        return self._texts.get(version)


def _version_note(version: ArticleVersion) -> Note:
    return Note(
        key=f"v{version.version}",
        caption=" · ".join((version.author, when(version.saved_ms))),
        text=tr("Version {version}", version=version.version),
        detail=version.reason,
        word=state_word(version.state),
        mark=state_mark(version.state),
    )


def _review_note(entry: ReviewEntry, *, place: int) -> Note:
    step = state_word(entry.state) if entry.state else tr("comment")
    return Note(
        key=f"v{entry.version}.{place}",
        caption=" · ".join((step, entry.by, when(entry.at_ms))),
        text=entry.comment,
        mark=state_mark(entry.state) if entry.state else Mark.QUIET,
        level=1,
    )
