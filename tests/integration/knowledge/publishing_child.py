"""Publishes, with an edit before each, until it is killed or cannot write. Run as a program."""

import resource
import sys
from pathlib import Path

from knowledge_base.article import Article
from knowledge_base.errors import KnowledgeError
from knowledge_base.store import KnowledgeBase
from tests.fakes.hash_embedder import HashEmbedder


def main(folder: str, largest_file: str) -> int:
    if int(largest_file):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest_file), int(largest_file)))
    base = KnowledgeBase.open(Path(folder))
    print("ready", flush=True)
    for at in range(1_000_000):
        try:
            edited = Article(article_id="edited", title="Edited", body=f"edit {at}")
            base.save(edited, author="child", reason="", now_ms=at)
            info = base.publish(HashEmbedder(), author="child", reason="", now_ms=at)
        except KnowledgeError as error:
            print(error, file=sys.stderr)
            return 2
        print(info.release, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
