"""Opens a candidate release and holds it until it is killed. Run as a program: FOLDER."""

import sys
import time
from pathlib import Path

from knowledge_base.effect import candidate
from knowledge_base.store import KnowledgeBase
from tests.fakes.hash_embedder import HashEmbedder


def main() -> None:
    base = KnowledgeBase.open(Path(sys.argv[1]))
    with candidate(base, HashEmbedder(), base.articles()):
        print("ready", flush=True)
        time.sleep(60)


if __name__ == "__main__":
    main()
