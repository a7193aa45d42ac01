"""What can go wrong with a knowledge base, as people and programs are told.

KnowledgeError
├── SourceError           something read from a file is wrong: file, line, reason
│   ├── ArticleError      an article's Markdown
│   └── GoldenError       a line of a golden set
├── ArticleMissing        no article has this id
├── BaseMissing           the folder holds no knowledge base
├── BaseUnreadable        its database cannot be read or written
├── BaseBusy              another publish or roll back is at work
├── NothingToPublish      the base holds no article
├── ReleaseMissing        no release has this number
├── ReleaseBroken         a release does not verify and is refused whole
└── ModelError            the embedding model cannot be used
"""

from pathlib import Path


class KnowledgeError(Exception):
    """An error with a stable `code` and one sentence for people."""

    code = "knowledge.error"


class SourceError(KnowledgeError):
    """Something read from a file is wrong; `line` starts at 1."""

    def __init__(self, *, source: str, line: int, reason: str) -> None:
        super().__init__(source, line, reason)
        self.source, self.line, self.reason = source, line, reason

    def __str__(self) -> str:
        return f"{self.source}, line {self.line}: {self.reason}"


class ArticleError(SourceError):
    """An article's Markdown is wrong."""

    code = "article.bad"


class GoldenError(SourceError):
    """A line of a golden set is wrong."""

    code = "golden.bad"


class ArticleMissing(KnowledgeError):
    """No article has this id."""

    code = "article.missing"

    def __init__(self, article_id: str) -> None:
        super().__init__(article_id)
        self.article_id = article_id

    def __str__(self) -> str:
        return f"there is no article {self.article_id!r}"


class BaseMissing(KnowledgeError):
    """The folder holds no knowledge base."""

    code = "base.missing"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return f"{self.folder} holds no knowledge base: make one with `attune-kb init`"


class BaseUnreadable(KnowledgeError):
    """The database of a knowledge base cannot be read or written."""

    code = "base.unreadable"


class BaseBusy(KnowledgeError):
    """Another publish or roll back is at work on this base."""

    code = "base.busy"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return (
            f"another publish or roll back is at work on {self.folder}: try again when it is done"
        )


class ReleaseMissing(KnowledgeError):
    """No release has this number."""

    code = "release.missing"

    def __init__(self, release: int) -> None:
        super().__init__(release)
        self.release = release

    def __str__(self) -> str:
        if self.release == 0:
            return "nothing is published yet: make a release with `attune-kb publish`"
        return f"there is no release {self.release}"


class ReleaseBroken(KnowledgeError):
    """A release does not verify and is refused whole."""

    code = "release.broken"

    def __init__(self, path: Path, *, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"release {self.path.name} is refused: {self.reason}"


class NothingToPublish(KnowledgeError):
    """The base holds no article."""

    code = "release.empty"

    def __str__(self) -> str:
        return "there is no article to publish: import some first"


class ModelError(KnowledgeError):
    """The embedding model cannot be used; the text says why."""

    code = "embedding.model"
