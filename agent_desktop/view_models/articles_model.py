"""The list of articles: filtered by text and state, kept in step with the `KnowledgeModel`."""

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from agent_desktop.translation import tr
from agent_desktop.view_models.knowledge_model import KnowledgeModel, is_draft
from agent_desktop.view_models.runs import runs
from assist_engine.contract.answers import ArticleSummary
from assist_engine.contract.ids import ArticleId

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
ARTICLE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
DETAIL_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 2


class ArticleState(StrEnum):
    """Which articles the list shows."""

    ALL = "all"
    DRAFT = "draft"
    PUBLISHED = "published"


def in_state(article: ArticleSummary, state: ArticleState) -> bool:
    """Whether an article is in a state; one with a draft may be published too."""
    match state:
        case ArticleState.ALL:
            return True
        case ArticleState.DRAFT:
            return is_draft(article)
        case ArticleState.PUBLISHED:
            return article.published_version > 0


def detail_of(article: ArticleSummary) -> str:
    """Versions and products in one line."""
    parts = []
    if is_draft(article):
        parts.append(tr("draft v{version}", version=article.version))
    if article.published_version:
        parts.append(tr("live v{version}", version=article.published_version))
    else:
        parts.append(tr("never published"))
    return " · ".join([*parts, *(product.capitalize() for product in article.products)])


class ArticlesModel(QAbstractListModel):
    """Articles by title.

    `ARTICLE_ROLE` gives the `ArticleSummary`, `DETAIL_ROLE` its second line.
    """

    def __init__(self, knowledge: KnowledgeModel, *, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._knowledge = knowledge
        self._articles: list[ArticleSummary] = []
        self._filter = ""
        self._state = ArticleState.ALL
        knowledge.articles_changed.connect(self.refresh)
        self.refresh()

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """Articles shown."""
        return 0 if parent.isValid() else len(self._articles)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title, second line or the whole article."""
        if not index.isValid():
            return None
        article = self._articles[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return article.title
            case Qt.ItemDataRole.ToolTipRole:
                return ", ".join(article.tags)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{article.title}, {detail_of(article)}"
            case _:
                return {ARTICLE_ROLE: article, DETAIL_ROLE: detail_of(article)}.get(role)

    def article(self, line: int) -> ArticleSummary | None:
        """The article at a line, or None."""
        return self._articles[line] if 0 <= line < len(self._articles) else None

    def line_of(self, article_id: ArticleId) -> int:
        """The line of an article; -1 where it is not shown."""
        ids = [article.article_id for article in self._articles]
        return ids.index(article_id) if article_id in ids else -1

    def count(self, state: ArticleState) -> int:
        """How many articles there are in a state, whatever the text filter."""
        return sum(in_state(article, state) for article in self._knowledge.articles)

    def set_filter(self, text: str) -> None:
        """Show only articles whose title, id, products or tags contain the text."""
        self._filter = text.casefold().strip()
        self.refresh()

    def set_state(self, state: ArticleState) -> None:
        """Show only articles in a state."""
        self._state = state
        self.refresh()

    def refresh(self) -> None:
        """Show what the knowledge model has now, with as few changes as possible."""
        wanted = sorted(
            (article for article in self._knowledge.articles if self._passes(article)),
            key=lambda article: (article.title.casefold(), article.article_id),
        )
        titles = {article.article_id: article.title for article in wanted}
        self._take_out(
            [a.article_id for a in self._articles if titles.get(a.article_id) != a.title]
        )
        self._put_in(wanted)
        changed = [n for n, article in enumerate(wanted) if article != self._articles[n]]
        self._articles = wanted
        for first, last in runs(changed):
            self.dataChanged.emit(self.index(first), self.index(last))

    def _passes(self, article: ArticleSummary) -> bool:
        words = (article.title, article.article_id, *article.products, *article.tags)
        return in_state(article, self._state) and self._filter in "\n".join(words).casefold()

    def _take_out(self, gone: list[ArticleId]) -> None:
        ids = set(gone)
        lines = [n for n, article in enumerate(self._articles) if article.article_id in ids]
        for first, last in reversed(runs(lines)):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._articles[first : last + 1]
            self.endRemoveRows()

    def _put_in(self, wanted: list[ArticleSummary]) -> None:
        shown = {article.article_id for article in self._articles}
        lines = [n for n, article in enumerate(wanted) if article.article_id not in shown]
        for first, last in runs(lines):
            self.beginInsertRows(QModelIndex(), first, last)
            self._articles[first:first] = wanted[first : last + 1]
            self.endInsertRows()
