"""What can go wrong with a knowledge base, as people and programs are told.

KnowledgeError
├── SourceError           something read from a file is wrong: file, line, reason
│   ├── ArticleError      an article, in Markdown or what is imported
│   │   └── PageError     a page of a PDF
│   └── GoldenError       a line of a golden set
├── ImporterBroken        an importer that is installed cannot be loaded
├── ArticleMissing        no article has this id
├── VersionMissing        an article has no such version
├── VersionConflict       somebody saved a newer version than the one that was edited
├── MoveRefused           a version cannot take this step
├── SettingBad            a setting of the base is given what it does not know
├── GapMissing            no gap has this id
├── BaseMissing           the folder holds no knowledge base
├── BaseUnreadable        its database cannot be read or written
├── BaseBusy              another program is writing, publishing or rolling back
├── NothingToPublish      no article is approved
├── PublishBlocked        the check found errors and nobody said why to publish all the same
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


class PageError(ArticleError):
    """A page of a file is wrong; `line` is its number."""

    code = "article.bad_page"

    def __str__(self) -> str:
        return f"{self.source}, page {self.line}: {self.reason}"


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


class VersionMissing(KnowledgeError):
    """An article has no such version."""

    code = "article.version_missing"

    def __init__(self, article_id: str, *, version: int) -> None:
        super().__init__(article_id, version)
        self.article_id, self.version = article_id, version

    def __str__(self) -> str:
        return f"article {self.article_id!r} has no version {self.version}"


class VersionConflict(KnowledgeError):
    """Somebody saved a newer version than the one that was edited."""

    code = "article.conflict"

    def __init__(self, article_id: str, *, based_on: int, newest: int) -> None:
        super().__init__(article_id, based_on, newest)
        self.article_id, self.based_on, self.newest = article_id, based_on, newest

    def __str__(self) -> str:
        return (
            f"article {self.article_id!r} was saved meanwhile: you edited version {self.based_on}, "
            f"the newest is {self.newest}; read that one and edit it"
        )


class MoveRefused(KnowledgeError):
    """A version cannot take this step in its life; the reason says what is accepted."""

    code = "article.move_refused"

    def __init__(self, article_id: str, *, version: int, to: str, reason: str) -> None:
        super().__init__(article_id, version, to, reason)
        self.article_id, self.version, self.to, self.reason = article_id, version, to, reason

    def __str__(self) -> str:
        return (
            f"version {self.version} of {self.article_id!r} cannot become {self.to}: {self.reason}"
        )


class SettingBad(KnowledgeError):
    """A setting of the base is given what it does not know."""

    code = "base.setting"


class GapMissing(KnowledgeError):
    """No gap has this id."""

    code = "gap.missing"

    def __init__(self, gap_id: str) -> None:
        super().__init__(gap_id)
        self.gap_id = gap_id

    def __str__(self) -> str:
        return f"there is no gap {self.gap_id!r}: `attune-kb gaps` lists them"


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
    """Another program is at work on this base; `doing` says what."""

    code = "base.busy"

    def __init__(self, folder: Path, *, doing: str = "another publish or roll back") -> None:
        super().__init__(folder, doing)
        self.folder, self.doing = folder, doing

    def __str__(self) -> str:
        return f"{self.doing} is at work on {self.folder}: try again when it is done"


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
    """No article is approved; `waiting`: how many are drafts, in review or scheduled."""

    code = "release.empty"

    def __init__(self, *, waiting: int = 0) -> None:
        super().__init__(waiting)
        self.waiting = waiting

    def __str__(self) -> str:
        if self.waiting:
            return f"no article is approved: {self.waiting} wait for a review, or for their time"
        return "there is no article to publish: import some first"


class PublishBlocked(KnowledgeError):
    """The check found errors, and nobody said why to publish all the same."""

    code = "release.blocked"

    def __init__(self, *, errors: int) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        found = "1 error keeps" if self.errors == 1 else f"{self.errors} errors keep"
        return f"{found} the release back: mend it or say why not with --override REASON"


class ModelError(KnowledgeError):
    """The embedding model cannot be used; the text says why."""

    code = "embedding.model"


class ImporterBroken(KnowledgeError):
    """An importer that is installed cannot be loaded."""

    code = "importer.broken"

    def __init__(self, ending: str, place: str, *, reason: str) -> None:
        super().__init__(ending, place, reason)
        self.ending, self.place, self.reason = ending, place, reason

    def __str__(self) -> str:
        return (
            f"the importer of .{self.ending} files, {self.place}, cannot be loaded: {self.reason}"
        )
