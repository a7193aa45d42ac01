"""Passages of two articles that say nearly the same in other words.

Candidates are passages whose sentences are near on average, found by FAISS; the passages of a
candidate are then compared whole. Measured with the shipped model: the same told in other words is
at 0.88 and above, neighbouring topics of the demo articles at 0.77 and below.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from knowledge_base.article import Article
from knowledge_base.embedding import Vectors
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.meaning import Meaning, near_pairs
from knowledge_base.lint.sheet import Sheet, can_meet, pieces, shortened
from knowledge_base.lint.words import content_stems

_CANDIDATE: Final = 0.76
_NEAR: Final = 0.87
_NEIGHBOURS: Final = 8
_MIN_CHARACTERS: Final = 50  # "See above." is said in many articles


class _Text(msgspec.Struct, frozen=True, kw_only=True):
    """A passage's text, and the articles it stands in."""

    text: str
    sentences: tuple[str, ...]
    articles: tuple[Article, ...]


def near_duplicate(sheet: Sheet, meaning: Meaning) -> Iterator[Finding]:
    """The nearest passages of each two articles that share nearly a passage."""
    texts = _texts(sheet)
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for text in texts:
        for finding in _repeated(text, sheet):
            found[_ids(finding)].append(finding)
    for _, finding in sorted(_reworded(texts, sheet, meaning), key=lambda pair: -pair[0]):
        found[_ids(finding)].append(finding)
    for findings in found.values():
        more = len(findings) - 1
        told = f" (and {more} more passages)" if more else ""
        yield msgspec.structs.replace(findings[0], message=findings[0].message + told)


def _texts(sheet: Sheet) -> list[_Text]:
    """Every passage once, however many articles it stands in."""
    articles: dict[str, list[Article]] = defaultdict(list)
    sentences: dict[str, tuple[str, ...]] = {}
    for article in sheet.articles:
        for piece in pieces(article):
            text = " ".join(piece.passage.text.split())
            if len(text) >= _MIN_CHARACTERS and article not in articles[text]:
                articles[text].append(article)
                sentences[text] = piece.sentences
    return [
        _Text(text=text, sentences=sentences[text], articles=tuple(standing))
        for text, standing in articles.items()
        if standing
    ]


def _repeated(text: _Text, sheet: Sheet) -> Iterator[Finding]:
    """The same passage in several articles: told once, of the first two."""
    asked = [article for article in text.articles if sheet.is_asked(article)]
    for article in asked[:1]:
        others = [one for one in text.articles if one != article and can_meet(one, article)]
        if not others or _plain(article) == _plain(others[0]):
            continue  # alone, or an exact duplicate
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        yield _finding(article, text.text, others[0], text.text, f"word for word in{more}")


def _reworded(
    texts: list[_Text], sheet: Sheet, meaning: Meaning
) -> Iterator[tuple[float, Finding]]:
    means = _means(texts, meaning)
    asked = [at for at, text in enumerate(texts) if any(map(sheet.is_asked, text.articles))]
    pairs = [
        (texts[at], texts[other])
        for at, other, _ in near_pairs(means, asked, limit=_NEIGHBOURS, at_least=_CANDIDATE)
    ]
    wholes = meaning.vectors([text.text for pair in pairs for text in pair])
    for at, (one, other) in enumerate(pairs):
        nearness = float(wholes[2 * at] @ wholes[2 * at + 1])
        if nearness < _NEAR:
            continue
        for first, second in _meeting(one, other, sheet):
            told = f"by {nearness:.0%} in"
            yield nearness, _finding(first, one.text, second, other.text, told)


def _means(texts: list[_Text], meaning: Meaning) -> Vectors:
    """A vector a passage, of those of its sentences: these a release has."""
    vectors = meaning.vectors([sentence for text in texts for sentence in text.sentences])
    means = np.zeros((len(texts), vectors.shape[1]), np.float32)
    row = 0
    for at, text in enumerate(texts):
        mean = vectors[row : row + len(text.sentences)].mean(axis=0)
        means[at] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        row += len(text.sentences)
    return means


def _meeting(one: _Text, other: _Text, sheet: Sheet) -> Iterator[tuple[Article, Article]]:
    """The first two articles of two passages that a search may show for one another."""
    for first in one.articles:
        for second in other.articles:
            is_asked = sheet.is_asked(first) or sheet.is_asked(second)
            if (
                is_asked
                and first.article_id != second.article_id
                and can_meet(first, second)
                and not _are_about_their_own(one.text, first, other.text, second)
            ):
                yield (first, second)
                return


def _are_about_their_own(text: str, article: Article, other_text: str, other: Article) -> bool:
    """Whether the words in which two passages differ are those in which their titles do.

    "Reset the PIN of a debit card" and "Reset the PIN of a credit card" belong to two articles.
    """
    words, other_words = content_stems(text), content_stems(other_text)
    title, other_title = content_stems(article.title), content_stems(other.title)
    mine = (words - other_words) & (title - other_title)
    theirs = (other_words - words) & (other_title - title)
    return bool(mine and theirs)


def _finding(article: Article, text: str, other: Article, other_text: str, told: str) -> Finding:
    return Finding(
        rule="near-duplicate",
        severity=Severity.WARNING,
        article_id=article.article_id,
        message=f"says the same {told} {other.article_id}: keep one and link to it",
        quote=shortened(text, limit=400),
        other_id=other.article_id,
        other_quote=shortened(other_text, limit=400),
    )


def _ids(finding: Finding) -> tuple[str, str]:
    one, other = sorted((finding.article_id, finding.other_id or ""))
    return one, other


def _plain(article: Article) -> tuple[str, str]:
    return article.title, " ".join(article.body.split())
