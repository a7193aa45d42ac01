"""Writes to a base until it is killed or cannot go on. Run as a program: FOLDER WHAT NAME LIMIT.

Each round that is done is printed, so that whoever kills it knows what must not be lost. LIMIT: the
largest file that may be written, in bytes; 0: no limit.
"""

import resource
import sys
from collections.abc import Callable
from pathlib import Path

from knowledge_base.article import Article
from knowledge_base.errors import BaseBusy, KnowledgeError
from knowledge_base.store import KnowledgeBase
from tests.fakes.hash_embedder import HashEmbedder

EDITION_ARTICLES = 200


def publish(base: KnowledgeBase, name: str, at: int) -> str:
    """An edit, and a release with it; prints the release."""
    edited = Article(article_id="edited", title="Edited", body=f"edit {name} {at}")
    base.save(edited, author=name, reason="", now_ms=at)
    return str(base.publish(HashEmbedder(), author=name, reason="", now_ms=at).release)


def import_(base: KnowledgeBase, name: str, at: int) -> str:
    """One edition of many articles; prints its number."""
    base.import_articles(edition(at + 1), author=name, reason="", now_ms=at)
    return str(at + 1)


def roll_back(base: KnowledgeBase, name: str, at: int) -> str:
    """Release 2 and release 1 in turn; prints which."""
    release = 2 - at % 2
    base.roll_back(release, author=name, reason="", now_ms=at)
    return str(release)


def compete(base: KnowledgeBase, name: str, at: int) -> str:
    """Ten edits of an article that others edit too, each published if nobody else publishes."""
    if at == 10:
        raise SystemExit(0)
    edited = Article(article_id="edited", title="Edited", body=f"edit {name} {at}")
    version = base.save(edited, author=name, reason="", now_ms=at)
    try:
        release = base.publish(HashEmbedder(), author=name, reason="", now_ms=at).release
    except BaseBusy:
        release = 0
    return f"{version} {release}"


def edition(number: int) -> list[Article]:
    return [
        Article(article_id=f"many-{at}", title=f"Many {at}", body=f"Edition {number}.")
        for at in range(EDITION_ARTICLES)
    ]


ROUNDS: dict[str, Callable[[KnowledgeBase, str, int], str]] = {
    "publish": publish,
    "import": import_,
    "roll-back": roll_back,
    "compete": compete,
}


def main(folder: str, what: str, name: str, largest_file: str) -> int:
    if int(largest_file):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest_file), int(largest_file)))
    base = KnowledgeBase.open(Path(folder))
    print("ready", flush=True)
    for at in range(1_000_000):
        try:
            print(ROUNDS[what](base, name, at), flush=True)
        except KnowledgeError as error:
            print(error, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
