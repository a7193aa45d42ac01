"""Words of a text as they are looked up: lower case, no endings, no accents, Chinese in pairs.

The same cutting serves the index and the question. Endings go by the Snowball stemmer of the
language (Porter 2001); a run of Han, Kana or Hangul, which has no spaces, is cut into overlapping
pairs, as Lucene's CJKBigramFilter does.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final

import jellyfish
import snowballstemmer

from knowledge_base.applies import language

CUTTING: Final = 2  # goes up when the same text is cut in another way: old indexes are made anew
_CJK: Final = r"\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af"
_RUN: Final = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:['’][^\W_{_CJK}]+)*")
_IS_CJK: Final = re.compile(rf"[{_CJK}]")
_ACCENTS: Final = re.compile(r"[\u0300-\u036f]")
_STEMMERS: Final = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
_COMMON: Final = frozenset(
    re.findall(
        r"\S+",
        "a an and any are as at be been but by can could did do does for from get got had has have "
        "he her here him his how i i'd i'll i'm i've if in is it it's its just like me my not of "
        "on or our she should so some that that's the their them then there they this to up us was "
        "we were what when where which who why will with would you your about",
    )
)


def index_terms(text: str, locale: str) -> list[str]:
    """All terms of a text, in order, as the index holds them."""
    stem = _stem(language(locale))
    return [_fold(stem(word)) for word in _words(text)]


def search_terms(question: str, locale: str) -> dict[str, str]:
    """Terms worth looking up, each once, with the word they come from.

    Words that say nothing (of English) are left out, unless there are no others.
    """
    stem = _stem(language(locale))
    words = list(dict.fromkeys(_words(question)))
    telling = [word for word in words if word not in _COMMON]
    return {_fold(stem(word)): word for word in telling or words}


@lru_cache(maxsize=200_000)
def sound_of(word: str) -> str:
    """How a word sounds: its Metaphone key (Philips 1990); empty where it has no letters."""
    return jellyfish.metaphone(word) if word.isascii() and word.isalpha() else ""


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    words: list[str] = []
    for run in _RUN.findall(plain):
        if not _IS_CJK.match(run) or len(run) == 1:
            words.append(run)
        else:
            words += [run[at : at + 2] for at in range(len(run) - 1)]
    return words


def _fold(term: str) -> str:
    """A term without accents, as FTS5 keeps it."""
    if term.isascii():
        return term
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", term)))


@cache
def _stem(spoken: str) -> Callable[[str], str]:
    if spoken not in _STEMMERS:
        return lambda word: word
    stemmer = snowballstemmer.stemmer(_STEMMERS[spoken])

    @lru_cache(maxsize=200_000)
    def stem(word: str) -> str:
        return str(stemmer.stemWord(word)) or word

    return stem
