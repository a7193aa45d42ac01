"""The list of articles: filtered by text, shelf, tag and owner, kept in step with `ArticleList`."""

from enum import StrEnum
from typing import Final

import msgspec
from PySide6.QtCore import QObject, Qt

from agent_desktop.translation import tr
from agent_desktop.view_models.article_life import is_review_due, is_stale, version_words
from agent_desktop.view_models.keyed_list_model import AnyIndex, KeyedListModel
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.view_models.note import day, when
from agent_desktop.view_models.tip import plain_tip
from assist_engine.contract.ids import ArticleId
from assist_engine.contract.knowledge_answers import ArticleState, ArticleSummary

ARTICLE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
DETAIL_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 2
CARE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 3  # whether somebody must look at it again


class Shelf(StrEnum):
    """Which articles the list shows."""

    ALL = "all"
    DRAFT = "draft"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    REVIEW_DUE = "review due"
    STALE = "stale"


_SHELVES: Final = {
    ArticleState.DRAFT: Shelf.DRAFT,
    ArticleState.IN_REVIEW: Shelf.IN_REVIEW,
    ArticleState.APPROVED: Shelf.APPROVED,
    ArticleState.ARCHIVED: Shelf.ARCHIVED,
}
_NEAR: Final = 64  # a list that differs in fewer lines is announced line by line


class ArticleLine(msgspec.Struct, frozen=True, kw_only=True):
    """An article with what the list needs of it, worked out once for each listing."""

    article: ArticleSummary
    words: str  # what the text filter looks at
    shelves: frozenset[Shelf]


def line_of(article: ArticleSummary, *, now_ms: int, today: str) -> ArticleLine:
    """The line of an article at a moment, which is on a day (YYYY-MM-DD)."""
    words = (article.title, article.article_id, *article.products, *article.tags, article.owner)
    return ArticleLine(
        article=article,
        words="\n".join(words).casefold(),
        shelves=shelves_of(article, now_ms=now_ms, today=today),
    )


def shelves_of(article: ArticleSummary, *, now_ms: int, today: str) -> frozenset[Shelf]:
    """The shelves that an article is on; one with a draft may be published too."""
    shelves = {Shelf.ALL}
    if article.published_version:
        shelves.add(Shelf.PUBLISHED)
    if article.state in _SHELVES:
        shelves.add(_SHELVES[article.state])
    if is_review_due(article, now_ms=now_ms):
        shelves.add(Shelf.REVIEW_DUE)
    if is_stale(article, now_ms=now_ms, today=today):
        shelves.add(Shelf.STALE)
    return frozenset(shelves)


def detail_of(article: ArticleSummary, *, shelves: frozenset[Shelf]) -> str:
    """Versions, what is due and products in one line."""
    parts = [version_words(article)]
    if not article.published_version:
        parts.append(tr("never published"))
    elif article.state is not ArticleState.PUBLISHED:
        parts.append(tr("live v{version}", version=article.published_version))
    if article.publish_at_ms:
        parts.append(tr("goes live {when}", when=when(article.publish_at_ms)))
    if Shelf.REVIEW_DUE in shelves:
        parts.append(tr("review due"))
    elif Shelf.STALE in shelves:
        parts.append(tr("no longer valid"))
    return " · ".join([*parts, *(product.capitalize() for product in article.products)])


class ArticlesModel(KeyedListModel[ArticleLine]):
    """Articles by title.

    `ARTICLE_ROLE` gives the `ArticleSummary`, `DETAIL_ROLE` its second line.
    """

    def __init__(self, knowledge: KnowledgeModel, *, parent: QObject | None = None) -> None:
        super().__init__(lambda line: line.article.article_id, parent=parent)
        self._knowledge = knowledge
        self._all: list[ArticleLine] = []
        self._words: list[str] = []  # of `_all`
        self._known: dict[ArticleId, ArticleLine] = {}
        self._filter, self._tag, self._owner = "", "", ""
        self._shelf = Shelf.ALL
        self._today = ""
        self._shown: frozenset[int] = frozenset()  # places in `_all`
        knowledge.listing.changed.connect(self.refresh)
        self.refresh()

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags there are, by name."""
        return tuple(sorted({tag for line in self._all for tag in line.article.tags}))

    @property
    def owners(self) -> tuple[str, ...]:
        """All owners there are, by name."""
        return tuple(sorted({line.article.owner for line in self._all} - {""}))

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title, second line or the whole article."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        article = line.article
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return article.title
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(", ".join(article.tags))
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{article.title}, {detail_of(article, shelves=line.shelves)}"
            case _:
                return self._own_data(line, role)

    def article(self, line: int) -> ArticleSummary | None:
        """The article at a line, or None."""
        return self.lines[line].article if 0 <= line < len(self.lines) else None

    def line_of(self, article_id: ArticleId) -> int:
        """The line of an article; -1 where it is not shown."""
        return next(
            (n for n, line in enumerate(self.lines) if line.article.article_id == article_id), -1
        )

    def count(self, shelf: Shelf) -> int:
        """How many articles there are on a shelf, whatever the other filters."""
        return sum(shelf in line.shelves for line in self._all)

    def set_filter(self, text: str) -> None:
        """Show only articles whose title, id, products, tags or owner contain the text."""
        self._filter = text.casefold().strip()
        self._filter_again()

    def set_shelf(self, shelf: Shelf) -> None:
        """Show only articles on a shelf."""
        self._shelf = shelf
        self._filter_again()

    def set_tag(self, tag: str) -> None:
        """Show only articles with a tag; an empty text: all."""
        self._tag = tag
        self._filter_again()

    def set_owner(self, owner: str) -> None:
        """Show only articles of an owner; an empty text: all."""
        self._owner = owner
        self._filter_again()

    def refresh(self) -> None:
        """Show what the knowledge model has now."""
        now_ms = self._knowledge.now_ms()
        today = day(now_ms)
        known = self._known if today == self._today else {}
        self._today = today
        lines = []
        for article in self._knowledge.listing.articles:
            line = known.get(article.article_id)
            is_same = line is not None and (line.article is article or line.article == article)
            lines.append(line if line and is_same else line_of(article, now_ms=now_ms, today=today))
        self._known = {line.article.article_id: line for line in lines}
        self._all = sorted(lines, key=_by_title)
        self._words = [line.words for line in self._all]
        self.show(self._passing())

    def _own_data(self, line: ArticleLine, role: int) -> object:
        if role == ARTICLE_ROLE:
            return line.article
        if role == CARE_ROLE:
            return not line.shelves.isdisjoint({Shelf.REVIEW_DUE, Shelf.STALE})
        return detail_of(line.article, shelves=line.shelves) if role == DETAIL_ROLE else None

    def _passing(self) -> list[ArticleLine]:
        """One pass for each filter that is set: each looks only at what the others left."""
        text, shelf, tag, owner = self._filter, self._shelf, self._tag, self._owner
        lines = self._all
        places = [n for n, words in enumerate(self._words) if text in words]
        if shelf is not Shelf.ALL:
            places = [n for n in places if shelf in lines[n].shelves]
        if tag:
            places = [n for n in places if tag in lines[n].article.tags]
        if owner:
            places = [n for n in places if owner == lines[n].article.owner]
        self._shown = frozenset(places)
        return [lines[n] for n in places]

    def _filter_again(self) -> None:
        """Lines stay what they are: only those that come or go are announced."""
        before = self._shown
        passing = self._passing()
        if len(before ^ self._shown) > _NEAR:
            self.replace(passing)
        else:
            self.show(passing)


def _by_title(line: ArticleLine) -> tuple[str, str]:
    return line.words.partition("\n")[0], line.article.article_id
