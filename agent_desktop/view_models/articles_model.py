"""The list of articles: filtered by text and state, kept in step with the `KnowledgeModel`."""

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Qt

from agent_desktop.translation import tr
from agent_desktop.view_models.keyed_list_model import AnyIndex, KeyedListModel
from agent_desktop.view_models.knowledge_model import KnowledgeModel, is_draft
from assist_engine.contract.ids import ArticleId
from assist_engine.contract.knowledge_answers import ArticleSummary

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


class ArticlesModel(KeyedListModel[ArticleSummary]):
    """Articles by title.

    `ARTICLE_ROLE` gives the `ArticleSummary`, `DETAIL_ROLE` its second line.
    """

    def __init__(self, knowledge: KnowledgeModel, *, parent: QObject | None = None) -> None:
        super().__init__(lambda article: article.article_id, parent=parent)
        self._knowledge = knowledge
        self._filter = ""
        self._state = ArticleState.ALL
        knowledge.articles_changed.connect(self.refresh)
        self.refresh()

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title, second line or the whole article."""
        if not index.isValid():
            return None
        article = self.lines[index.row()]
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
        return self.lines[line] if 0 <= line < len(self.lines) else None

    def line_of(self, article_id: ArticleId) -> int:
        """The line of an article; -1 where it is not shown."""
        ids = [article.article_id for article in self.lines]
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
        """Show what the knowledge model has now."""
        passing = [article for article in self._knowledge.articles if self._passes(article)]
        self.show(sorted(passing, key=lambda a: (a.title.casefold(), a.article_id)))

    def _passes(self, article: ArticleSummary) -> bool:
        words = (article.title, article.article_id, *article.products, *article.tags)
        return in_state(article, self._state) and self._filter in "\n".join(words).casefold()
