"""Articles that say the very same, or that nobody can tell apart in a list."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator

from knowledge_base.article import Article
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.sheet import Sheet, shortened


def exact_duplicate(sheet: Sheet) -> Iterator[Finding]:
    """The same title and text, for the same language and products, under two ids."""
    for first, article in _repeated(sheet, lambda one: (*_place(one), _plain(one.body))):
        yield Finding(
            rule="exact-duplicate",
            severity=Severity.ERROR,
            article_id=article.article_id,
            message=f"says the same as {first.article_id}: archive one of them",
            quote=shortened(article.body),
            other_id=first.article_id,
            other_quote=shortened(first.body),
        )


def same_title(sheet: Sheet) -> Iterator[Finding]:
    """The same title over another text: agents cannot tell the two apart."""
    for first, article in _repeated(sheet, _place):
        if _plain(first.body) == _plain(article.body):
            continue
        yield Finding(
            rule="same-title",
            severity=Severity.WARNING,
            article_id=article.article_id,
            message=f"has the title of {first.article_id}: say what is different about it",
            quote=article.title,
            other_id=first.article_id,
            other_quote=first.title,
        )


def _place(one: Article) -> tuple[Hashable, ...]:
    """Where an article stands for a reader."""
    applies = frozenset((fact, tuple(values)) for fact, values in one.applies_to.items())
    return _plain(one.title).casefold(), one.locale, frozenset(one.products), applies


def _repeated(
    sheet: Sheet, key_of: Callable[[Article], Hashable]
) -> Iterator[tuple[Article, Article]]:
    """Each asked article with the first other one of the same key; each pair once."""
    groups: dict[Hashable, list[Article]] = defaultdict(list)
    for article in sheet.articles:
        groups[key_of(article)].append(article)
    for group in groups.values():
        for article in group[1:]:
            if sheet.is_asked(article):
                yield group[0], article
        if len(group) > 1 and sheet.is_asked(group[0]) and not any(map(sheet.is_asked, group[1:])):
            yield group[1], group[0]


def _plain(text: str) -> str:
    return " ".join(text.split())
