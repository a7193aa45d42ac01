"""The article in work: read, written, saved, moved through its life. Nothing typed is ever lost."""

import re
from typing import Final

from PySide6.QtCore import Signal

from agent_desktop.translation import tr
from agent_desktop.view_models.article_list import ArticleList
from agent_desktop.view_models.desk_part import Correspondence, DeskPart
from assist_engine.contract.answers import Answer, Refused
from assist_engine.contract.commands import Saying
from assist_engine.contract.ids import ArticleId, GapId
from assist_engine.contract.knowledge_answers import (
    ArticleFetched,
    ArticleSaved,
    ArticlesListed,
    ArticleState,
    ArticleSummary,
)
from assist_engine.contract.knowledge_requests import (
    DraftFromGap,
    MoveArticle,
    ReadArticle,
    SaveArticle,
)

_NEW_TEXT: Final = "---\ntitle: \nvariants:\n- \n---\n## What to say\n"
_TITLE: Final = re.compile(r"^(?:title:|# )[ \t]*[\"']?(\w.*?)[\"']?[ \t]*$", re.M)


class ArticleEditor(DeskPart):
    """Texts are Markdown with front matter. `opened`: another article came into the editor.

    `conflict`: the version that somebody saved meanwhile, 0 for none.
    """

    opened = Signal()
    version_fetched = Signal(object)  # ArticleFetched of a version that was asked for by number

    def __init__(self, post: Correspondence, *, listing: ArticleList) -> None:
        super().__init__(post)
        self._listing = listing
        self._wanted: ArticleId | None = None
        self._is_draft_wanted = False
        self._on_its_way = ""  # the text of the save that waits for its answer
        self.article: ArticleSummary | None = None
        self.saved_text = ""
        self.text = ""
        self.reason = ""  # why it is saved; goes into the history
        self.conflict = 0
        self.leaving_to: ArticleId | None = None

    @property
    def is_changed(self) -> bool:
        """Whether the editor holds something that is not saved."""
        return self.article is not None and self.text != self.saved_text

    @property
    def is_reading(self) -> bool:
        """Whether an article is on its way."""
        return self._wanted is not None or self._is_draft_wanted

    @property
    def is_saving(self) -> bool:
        """Whether a save is on its way."""
        return self._post.is_waiting(SaveArticle)

    @property
    def is_moving(self) -> bool:
        """Whether a step in its life is on its way."""
        return self._post.is_waiting(MoveArticle)

    def open_article(self, article_id: ArticleId) -> None:
        """Put an article into the editor; with unsaved changes only ask first (`leaving_to`)."""
        if self.article is not None and article_id == self.article.article_id:
            self.stay()
        elif self.is_changed:
            self.leaving_to = article_id
            self.changed.emit()
        else:
            self._read(article_id)

    def begin(self) -> None:
        """Start an article that nobody has saved yet; not over unsaved changes."""
        if self.is_changed:
            self.problem = tr("Save this article first.")
            self.changed.emit()
            return
        nothing = ArticleSummary(
            article_id=ArticleId(""), title=tr("New article"), version=0, published_version=0
        )
        self._show(nothing, saved="", text=_NEW_TEXT)

    def draft_from_gap(self, gap_id: GapId) -> None:
        """Start the article that a gap asks for; not over unsaved changes."""
        if self.is_changed:
            self.problem = tr("Save this article first.")
            self.changed.emit()
            return
        self._is_draft_wanted = True
        self._ask(DraftFromGap(gap_id=gap_id))

    def stay(self) -> None:
        """Do not leave the article after all."""
        self.leaving_to = None
        self.changed.emit()

    def discard_and_leave(self) -> None:
        """Give up the changes and open the article that was asked for."""
        if self.leaving_to is not None:
            self.text = self.saved_text
            self._read(self.leaving_to)

    def edit(self, text: str) -> None:
        """The editor holds this now."""
        if self.article is not None and text != self.text:
            self.text = text
            self.changed.emit()

    def restore(self, text: str, *, version: int) -> None:
        """Put the text of an older version into the editor; saving it makes it the newest."""
        self.reason = tr("restores version {version}", version=version)
        self.edit(text)

    def save(self) -> None:
        """Save the editor's text as a new draft version, unless somebody did meanwhile."""
        if self.article is not None:
            self._save(based_on=self.article.version)

    def save_over(self) -> None:
        """Save although somebody saved meanwhile; theirs stays in the history."""
        self._save(based_on=self.conflict)

    def move(self, to: ArticleState, *, comment: str = "", publish_at_ms: int = 0) -> None:
        """Take the newest version to the next place in its life, or back."""
        if self.article is None or self.is_changed or self.is_moving:
            return
        self._ask(
            MoveArticle(
                article_id=self.article.article_id,
                version=self.article.version,
                to=to,
                comment=comment,
                publish_at_ms=publish_at_ms,
            )
        )

    def read_version(self, version: int) -> None:
        """Fetch the text of a version; it comes by `version_fetched`."""
        if self.article is not None:
            self._ask(ReadArticle(article_id=self.article.article_id, version=version))

    def hear(self, answer: Answer) -> None:
        """Take in articles, and what was saved of the one in work."""
        match answer:
            case ArticleFetched():
                self._hear_article(answer)
            case ArticleSaved():
                self._hear_saved(answer)
            case ArticlesListed(articles=articles):
                self._hear_list(articles)
            case _:
                pass

    def hear_refusal(self, saying: Saying, refused: Refused) -> None:
        """Say why; a save that came too late becomes a conflict."""
        match saying:
            case ReadArticle(version=0):
                self._wanted = None
            case DraftFromGap():
                self._is_draft_wanted = False
            case SaveArticle(article_id=article_id, based_on=based_on) if _is_conflict(refused):
                self.conflict = based_on + 1  # at least; the answer to this says which
                self._post.ask(ReadArticle(article_id=article_id), asker=self)
            case _:
                pass
        super().hear_refusal(saying, refused)

    def _save(self, *, based_on: int) -> None:
        if self.article is None or not self.is_changed or self.is_saving or self.is_moving:
            return
        article_id = self.article.article_id or self._new_id()
        if not article_id:
            self.problem = tr("Give the article a title first.")
            self.changed.emit()
            return
        self._on_its_way, self.conflict = self.text, 0
        saying = SaveArticle(
            article_id=article_id, markdown=self.text, reason=self.reason, based_on=based_on
        )
        self._ask(saying)

    def _new_id(self) -> ArticleId:
        """An id that nobody has, from the title."""
        found = _TITLE.search(self.text)
        slug = re.sub(r"\W+", "-", found[1].casefold()).strip("-") if found else ""
        taken = {article.article_id for article in self._listing.articles}
        names = (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3)))
        return ArticleId(next((n for n in names if n not in taken), "") if slug else "")

    def _read(self, article_id: ArticleId) -> None:
        self.leaving_to, self._wanted = None, article_id
        self._ask(ReadArticle(article_id=article_id))

    def _hear_article(self, fetched: ArticleFetched) -> None:
        asked = self._post.answered(fetched.ref, ReadArticle, DraftFromGap)
        if isinstance(asked, DraftFromGap):
            self._is_draft_wanted = False
            if not self.is_changed:  # else the draft is in the list, and nothing typed is lost
                self._show_fetched(fetched)
            self._listing.ask_again()
        elif isinstance(asked, ReadArticle) and asked.version:
            self.version_fetched.emit(fetched)
        elif fetched.article.article_id == self._wanted:
            self._wanted = None
            self._show_fetched(fetched)
        elif self.conflict and fetched.article.article_id == self._current():
            self.conflict = fetched.article.version
            self.version_fetched.emit(fetched)
        self.changed.emit()

    def _current(self) -> ArticleId | None:
        return self.article.article_id if self.article else None

    def _show_fetched(self, fetched: ArticleFetched) -> None:
        text = fetched.markdown.replace("\r\n", "\n")
        self._show(fetched.article, saved=text if fetched.article.version else "", text=text)

    def _show(self, article: ArticleSummary, *, saved: str, text: str) -> None:
        self.article, self.saved_text, self.text = article, saved, text
        self.problem, self.reason, self.conflict = "", "", 0
        self.opened.emit()
        self.changed.emit()

    def _hear_saved(self, answer: ArticleSaved) -> None:
        asked, article = self._post.answered(answer.ref, SaveArticle, MoveArticle), answer.article
        is_current = article.article_id == (self._current() or article.article_id)
        if isinstance(asked, SaveArticle) and self.article is not None and is_current:
            self.article, self.saved_text, self.reason = article, self._on_its_way, ""
        elif asked is not None and is_current:
            self.article = article
        self.changed.emit()
        is_saved = isinstance(asked, SaveArticle) and not self.is_changed
        if is_saved and self.leaving_to is not None:
            self._read(self.leaving_to)

    def _hear_list(self, articles: tuple[ArticleSummary, ...]) -> None:
        if self.article is None:
            return
        same = next((a for a in articles if a.article_id == self.article.article_id), None)
        if same is not None and same.version <= self.article.version:
            self.article = same
        elif same is not None and not self.is_reading and not self.is_saving:
            self._meet_newer(same)
        self.changed.emit()

    def _meet_newer(self, newer: ArticleSummary) -> None:
        """Somebody saved the article in work: show it, or say so where that would lose words."""
        if not self.is_changed:
            self._read(newer.article_id)
        elif newer.version > self.conflict:
            self.conflict = newer.version
            self._post.ask(ReadArticle(article_id=newer.article_id), asker=self)


def _is_conflict(refused: Refused) -> bool:
    return refused.code.endswith("conflict")
