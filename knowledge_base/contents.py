"""Cuts articles up into what a release holds: passages, texts that are searched, sentences."""

from collections.abc import Sequence

import msgspec

from knowledge_base.article import Article
from knowledge_base.passages import Passage, cut, sentences
from knowledge_base.segments import VectorRow


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """Articles cut up: their passages, what is searched of them, and their sentences."""

    articles: tuple[tuple[int, Article], ...]  # number, article
    passages: tuple[tuple[int, int, Passage], ...]  # position, article number, passage
    searched: tuple[VectorRow, ...]
    sentences: tuple[VectorRow, ...]


def cut_up(
    articles: Sequence[Article], *, first_article: int = 0, first_passage: int = 0
) -> Contents:
    """Passages and texts to embed, in a fixed order."""
    passages: list[tuple[int, int, Passage]] = []
    searched: list[VectorRow] = []
    spoken: list[VectorRow] = []
    for number, article in enumerate(articles, start=first_article):
        searched += [
            VectorRow(text=question, article=number)
            for question in (article.title, *article.variants)
        ]
        for passage in cut(article):
            position = first_passage + len(passages)
            passages.append((position, number, passage))
            context = [article.title, passage.heading, passage.text]
            searched.append(
                VectorRow(text=". ".join(filter(None, context)), article=number, passage=position)
            )
            spoken += [
                VectorRow(
                    text=passage.text[start:end],
                    article=number,
                    passage=position,
                    start=start,
                    end=end,
                )
                for start, end in sentences(passage.text)
            ]
    return Contents(
        articles=tuple(enumerate(articles, start=first_article)),
        passages=tuple(passages),
        searched=tuple(searched),
        sentences=tuple(spoken),
    )
