"""Sentences that are hard to read aloud, by the Flesch-Kincaid grade. English only.

Grade = 0.39 words a sentence + 11.8 syllables a word - 15.59: Kincaid, Fishburne, Rogers and
Chissom, "Derivation of new readability formulas for Navy enlisted personnel", 1975. Syllables are
counted as groups of vowels, which is right for nine words in ten. `textstat` would give the same
with 20 MB of packages behind it.
"""

import re
from collections.abc import Iterator
from typing import Final

from knowledge_base.article import Article
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.sheet import Sheet, pieces, shortened

HARD_GRADE: Final = 12.0  # the last year of school
_MIN_WORDS: Final = 60  # fewer say nothing about a text
_WORD: Final = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_VOWELS: Final = re.compile(r"[aeiouy]+")


def reading_level(sheet: Sheet) -> Iterator[Finding]:
    """A text above the last year of school."""
    for article in sheet.asked:
        grade = grade_of(article)
        if grade is not None and grade > HARD_GRADE:
            longest = max(_sentences(article), key=len)
            yield Finding(
                rule="reading-level",
                severity=Severity.HINT,
                article_id=article.article_id,
                message=f"reads like grade {grade:.0f} of school: shorter sentences, plainer words",
                quote=shortened(longest),
            )


def grade_of(article: Article) -> float | None:
    """The grade of an English article; none for another language or too little text."""
    if not article.locale.lower().startswith("en"):
        return None
    return grade_of_sentences(_sentences(article))


def grade_of_sentences(sentences: list[str]) -> float | None:
    """The Flesch-Kincaid grade, or none where there are too few words."""
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if len(words) < _MIN_WORDS:
        return None
    spoken = sum(1 for sentence in sentences if _WORD.search(sentence))
    syllables = sum(map(_syllables, words))
    return 0.39 * len(words) / spoken + 11.8 * syllables / len(words) - 15.59


def _sentences(article: Article) -> list[str]:
    return [text for piece in pieces(article) for text in piece.sentences]


def _syllables(word: str) -> int:
    plain = word.lower()
    count = len(_VOWELS.findall(plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee")) and count > 1:
        count -= 1
    elif plain.endswith(("es", "ed")) and not plain.endswith(("ted", "ded", "ses", "ces")):
        count -= count > 1
    return max(1, count)
