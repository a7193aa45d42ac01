"""All articles as the engine knows them, and which release is in use."""

from agent_desktop.view_models.article_life import waits_for_release
from agent_desktop.view_models.desk_part import Correspondence, DeskPart
from assist_engine.contract.answers import Answer, EngineStatus
from assist_engine.contract.ids import ArticleId
from assist_engine.contract.knowledge_answers import (
    ArticleSaved,
    ArticlesListed,
    ArticleSummary,
    ReleasePublished,
)
from assist_engine.contract.knowledge_requests import ListArticles


class ArticleList(DeskPart):
    """Asks for the articles once the engine is ready, and again after each release."""

    def __init__(self, post: Correspondence) -> None:
        super().__init__(post)
        self.is_listed = False
        self.articles: tuple[ArticleSummary, ...] = ()
        self.release = 0

    @property
    def waiting(self) -> tuple[ArticleSummary, ...]:
        """What the next release would bring, as far as the list shows it."""
        return tuple(article for article in self.articles if waits_for_release(article))

    def find(self, article_id: ArticleId) -> ArticleSummary | None:
        """The article with that id, or None."""
        return next((a for a in self.articles if a.article_id == article_id), None)

    def title(self, article_id: ArticleId) -> str:
        """The title of an article; its id where it is not known."""
        found = self.find(article_id)
        return found.title if found else str(article_id)

    def ask_again(self) -> None:
        """Ask for all articles, unless the answer is on its way."""
        if not self._post.is_waiting(ListArticles):
            self._ask(ListArticles())

    def hear(self, answer: Answer) -> None:
        """Take in lists, saved articles and releases."""
        match answer:
            case EngineStatus(release=release, is_ready=is_ready):
                is_news = release != self.release
                self.release = release
                if is_ready and (is_news or not self.is_listed):
                    self.ask_again()
            case ArticlesListed(ref=ref, articles=articles, release=release):
                self._post.answered(ref, ListArticles)
                self.is_listed, self.articles, self.release = True, articles, release
                self.changed.emit()
            case ArticleSaved(article=article):
                self._put(article)
            case ReleasePublished(release=release):
                self.release = release
                self.ask_again()
            case _:
                pass

    def _put(self, article: ArticleSummary) -> None:
        if self.find(article.article_id) is None:
            self.articles = (*self.articles, article)
        else:
            self.articles = tuple(
                article if known.article_id == article.article_id else known
                for known in self.articles
            )
        self.changed.emit()
