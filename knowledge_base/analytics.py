"""Which articles serve calls, which are never shown, which are shown and put away."""

from collections.abc import Collection, Mapping, Sequence
from statistics import median
from typing import Final

import msgspec

from knowledge_base.usage import ArticleUse, UsageBook

_FEW: Final = 3  # offers before an article is judged


class ArticleFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How calls met one article. `dwell_ms`: half of its cards stood longer."""

    article_id: str
    use: ArticleUse
    dwell_ms: int


class Analytics(msgspec.Struct, frozen=True, kw_only=True):
    """The whole picture, most offered first."""

    articles: tuple[ArticleFigures, ...]
    never_shown: tuple[str, ...]  # published, and offered in no call
    shown_but_dismissed: tuple[str, ...]  # put away or of no help more often than used


def analyse(book: UsageBook, published: Collection[str]) -> Analytics:
    """Count what is recorded of articles in use; `published`: ids in the release in use."""
    return picture(book.uses(), book.dwells(), published)


def picture(
    uses: Mapping[str, ArticleUse],
    dwells: Mapping[str, Sequence[int]],
    published: Collection[str],
) -> Analytics:
    """The same from counts that are there already. Pure."""
    figures = [
        ArticleFigures(
            article_id=article_id,
            use=use,
            dwell_ms=round(median(dwells[article_id])) if dwells.get(article_id) else 0,
        )
        for article_id, use in uses.items()
    ]
    return Analytics(
        articles=tuple(sorted(figures, key=lambda one: (-one.use.offered, one.article_id))),
        never_shown=tuple(
            sorted(one for one in published if not uses.get(one, ArticleUse()).offered)
        ),
        shown_but_dismissed=tuple(
            sorted(one for one in published if _is_put_away(uses.get(one, ArticleUse())))
        ),
    )


def _is_put_away(use: ArticleUse) -> bool:
    return use.offered >= _FEW and max(use.dismissed, use.not_helpful) > use.used
