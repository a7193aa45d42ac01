"""Ids of articles: any text on one line; and the file name that keeps it, whatever it is.

A file name holds letters, digits, `.`, `_` and `-` as they are and percent-encodes the rest. Names
have at most 255 bytes: an id that needs more is cut, and its front matter tells all of it.
"""

import hashlib
import re
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

MAX_ID_CHARACTERS: Final = 128
ID_IS: Final = f"one line of up to {MAX_ID_CHARACTERS} characters, no space at its ends"
ENDING: Final = ".md"
_MAX_STEM: Final = 200  # bytes; leaves room for what programs append to a name
_CUT: Final = 150
_MAX_KEPT: Final = 90  # with a digest behind it, still an id
# Control characters, ends of lines, and what is no character at all.
_NOT_IN_IDS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_AS_IT_IS: Final = re.compile(rb"[A-Za-z0-9._-]")


def is_article_id(text: str) -> bool:
    """Whether this can name an article."""
    return (
        0 < len(text) <= MAX_ID_CHARACTERS
        and text == text.strip()
        and _NOT_IN_IDS.search(text) is None
    )


def file_name(article_id: str) -> str:
    """Name of the Markdown file of an article: no two ids share one."""
    stem = _encoded(article_id)
    if len(stem) > _MAX_STEM:
        kept = article_id[:_MAX_KEPT]
        while len(_encoded(kept)) > _CUT:
            kept = kept[:-1]
        stem = f"{_encoded(kept)}~{hashlib.sha256(article_id.encode()).hexdigest()[:32]}"
    return stem + ENDING


def needs_front_matter(article_id: str) -> bool:
    """Whether the file name of an article cannot hold its id."""
    return id_of_file(file_name(article_id).removesuffix(ENDING)) != article_id


def id_of_file(stem: str) -> str:
    """The id that a file name without its ending stands for."""
    try:
        unquote_to_bytes(stem).decode()
    except UnicodeDecodeError:  # its percent signs mean nothing
        return stem
    return unquote(stem)


def _encoded(article_id: str) -> str:
    stem = "".join(
        chr(byte) if _AS_IT_IS.match(bytes([byte])) else f"%{byte:02X}"
        for byte in article_id.encode()
    )
    # A hidden file is easily forgotten.
    return f"%2E{stem[1:]}" if stem.startswith(".") else stem
