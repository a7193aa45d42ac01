"""Publishing: what the next release would change, making it, going back to an older one."""

from agent_desktop.view_models.article_list import ArticleList
from agent_desktop.view_models.desk_part import Correspondence, DeskPart
from agent_desktop.view_models.draft_trial import finding_notes
from agent_desktop.view_models.note import Note
from assist_engine.contract.answers import Answer
from assist_engine.contract.knowledge_answers import (
    ArticleSaved,
    ArticlesListed,
    ReleasePreviewed,
    ReleasePublished,
    ReleasesListed,
    ReleaseSummary,
    Severity,
)
from assist_engine.contract.knowledge_requests import (
    ListReleases,
    PreviewRelease,
    PublishRelease,
    RollBackRelease,
)


class Publishing(DeskPart):
    """`published`: the release that was made, or gone back to, while the person looks on.

    `before`: the release that was in use then, for going back with one click.
    """

    def __init__(self, post: Correspondence, *, listing: ArticleList) -> None:
        super().__init__(post)
        self._listing = listing
        self.preview: ReleasePreviewed | None = None
        self.published: ReleasePublished | None = None
        self.is_rolled_back = False
        self.before = 0
        self.override = ""
        self.releases: tuple[ReleaseSummary, ...] = ()
        self.is_listed = False

    @property
    def is_previewing(self) -> bool:
        """Whether the effect is being worked out."""
        return self._post.is_waiting(PreviewRelease)

    @property
    def is_publishing(self) -> bool:
        """Whether a release is being made."""
        return self._post.is_waiting(PublishRelease)

    @property
    def is_rolling_back(self) -> bool:
        """Whether an older release is being taken up."""
        return self._post.is_waiting(RollBackRelease)

    @property
    def has_errors(self) -> bool:
        """Whether the check found what keeps a release back."""
        findings = self.preview.findings if self.preview else ()
        return any(finding.severity is Severity.ERROR for finding in findings)

    @property
    def can_publish(self) -> bool:
        """Whether there is something to publish, and a reason where the check objects."""
        is_busy = self.is_publishing or self.is_rolling_back
        if self.preview is None or not self.preview.changed or is_busy:
            return False
        return bool(self.override.strip()) or not self.has_errors

    @property
    def finding_notes(self) -> tuple[Note, ...]:
        """What the check found, worst first."""
        findings = self.preview.findings if self.preview else ()
        return finding_notes(findings, listing=self._listing)

    def ask(self) -> None:
        """Work out what publishing now would change."""
        self.preview, self.published, self.override = None, None, ""
        self.is_rolled_back = False
        if not self.is_previewing:
            self._ask(PreviewRelease())

    def say_why(self, override: str) -> None:
        """Why it is published although the check found errors."""
        self.override = override
        self.changed.emit()

    def publish(self, *, reason: str = "") -> None:
        """Make the next release."""
        if self.can_publish:
            self.before = self._listing.release
            override = self.override.strip() if self.has_errors else ""
            self._ask(PublishRelease(reason=reason.strip(), override=override))

    def list_releases(self) -> None:
        """Ask for all releases."""
        if not self._post.is_waiting(ListReleases):
            self._ask(ListReleases())

    def roll_back(self, release: int) -> None:
        """Use an older release again."""
        if not self.is_rolling_back and not self.is_publishing:
            self.before = self._listing.release
            self._ask(RollBackRelease(release=release))

    def hear(self, answer: Answer) -> None:
        """Take in previews, releases and lists of them."""
        match answer:
            case ReleasePreviewed():
                if self._post.answered(answer.ref, PreviewRelease) is not None:
                    self.preview = answer
                    self.changed.emit()
            case ReleasePublished():
                self._hear_release(answer)
            case ReleasesListed(ref=ref, releases=releases):
                self._post.answered(ref, ListReleases)
                self.releases, self.is_listed = releases, True
                self.changed.emit()
            case ArticlesListed() | ArticleSaved():
                self.changed.emit()  # titles and versions that are shown
            case _:
                pass

    def _hear_release(self, published: ReleasePublished) -> None:
        asked = self._post.answered(published.ref, PublishRelease, RollBackRelease)
        is_own, is_back = isinstance(asked, PublishRelease), isinstance(asked, RollBackRelease)
        if is_own or is_back:
            self.published, self.is_rolled_back = published, is_back
            self.problem = ""
        self.preview = None if is_own else self.preview
        if self.is_listed:
            self.list_releases()
        self.changed.emit()
