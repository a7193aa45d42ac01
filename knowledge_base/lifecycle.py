"""The life of an article's versions: which step may follow which, and by whom. Pure.

    draft ──► in review ──► approved ──► (in a release: published)
      ▲           │             │
      └───────────┴─────────────┘        any of them ──► archived ──► draft

The newest step of a version is its state. Archiving takes the article with all versions that
were approved or in review; only its newest version comes back, as a draft. A version that is
saved in the archive stays there until somebody takes it out.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from knowledge_base.errors import MoveRefused

_DAY_MS: Final = 86_400_000


class ArticleState(StrEnum):
    """Where a version is in its life. Published is an approved version in the release in use."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class ReviewPolicy(StrEnum):
    """Who may approve a version."""

    OTHER = "other"  # who did not write it
    SELF = "self"  # anybody
    NONE = "none"  # nobody needs to: saving approves


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step, or a comment and no more, in the life of a version."""

    version: int
    by: str
    at_ms: int
    state: ArticleState | None = None
    comment: str = ""
    publish_at_ms: int = 0


class VersionLife(msgspec.Struct, frozen=True, kw_only=True):
    """What the steps of a version come to."""

    state: ArticleState = ArticleState.DRAFT
    publish_at_ms: int = 0


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A step that somebody wants to take, with what decides whether it may be."""

    article_id: str
    version: int
    author: str  # of the version
    to: ArticleState
    by: str
    now_ms: int
    comment: str = ""
    publish_at_ms: int = 0


_Lives = Mapping[int, VersionLife]

_MAY_FOLLOW: Final[Mapping[ArticleState, tuple[ArticleState, ...]]] = {
    ArticleState.DRAFT: (ArticleState.IN_REVIEW, ArticleState.APPROVED, ArticleState.ARCHIVED),
    ArticleState.IN_REVIEW: (ArticleState.DRAFT, ArticleState.APPROVED, ArticleState.ARCHIVED),
    # Approved again: still right after a look, or at another time.
    ArticleState.APPROVED: (ArticleState.DRAFT, ArticleState.APPROVED, ArticleState.ARCHIVED),
    ArticleState.ARCHIVED: (ArticleState.DRAFT,),
}
_WORDS: Final = {ArticleState.IN_REVIEW: "in review", ArticleState.DRAFT: "a draft"}


def fold(steps: Iterable[Step], lives: _Lives | None = None) -> dict[int, VersionLife]:
    """The life of each version after these steps; `lives`: after the steps before them."""
    found = dict(lives or {})
    for step in steps:
        if step.state is not None:
            found[step.version] = VersionLife(state=step.state, publish_at_ms=step.publish_at_ms)
    return found


def first_state(policy: ReviewPolicy, before: ArticleState | None) -> ArticleState:
    """State of a version that is saved; `before`: that of the version before it, if any."""
    if before is ArticleState.ARCHIVED:
        return ArticleState.ARCHIVED
    return ArticleState.APPROVED if policy is ReviewPolicy.NONE else ArticleState.DRAFT


def state_of_import(as_drafts: bool, before: ArticleState | None) -> ArticleState:
    """State of a version that is imported: an import is approved by who makes it."""
    return first_state(ReviewPolicy.SELF if as_drafts else ReviewPolicy.NONE, before)


def steps_of(move: Move, lives: _Lives, *, policy: ReviewPolicy) -> tuple[Step, ...]:
    """The steps that a move comes to, or `MoveRefused` with what is accepted instead."""
    newest, state = max(lives), lives[move.version].state
    if move.version != newest and lives[newest].state is ArticleState.ARCHIVED:
        raise _refused(move, f"the article is archived: take its newest version, {newest}, out")
    if move.to not in _MAY_FOLLOW[state]:
        raise _refused(move, _not_from_here(state))
    if move.to is ArticleState.APPROVED:
        _check_approval(move, state, policy=policy)
    elif move.publish_at_ms:
        raise _refused(move, "only an approved version has a time to be published")
    if ArticleState.ARCHIVED in {move.to, state} and move.version != newest:
        raise _refused(move, f"the newest version, {newest}, goes into the archive and out of it")
    leaving = [move.version]
    if move.to is ArticleState.ARCHIVED:
        leaving += [version for version in sorted(lives) if _is_on_its_way(lives[version])]
    return tuple(
        Step(
            version=version,
            by=move.by,
            at_ms=move.now_ms,
            state=move.to,
            comment=move.comment,
            publish_at_ms=move.publish_at_ms,
        )
        for version in dict.fromkeys(leaving)
    )


def shown_state(state: ArticleState, *, version: int, published_version: int) -> ArticleState:
    """The state as people see it: approved and in the release in use is published."""
    if state is ArticleState.APPROVED and version == published_version:
        return ArticleState.PUBLISHED
    return state


def to_publish(lives: _Lives, *, now_ms: int) -> int:
    """The version that the next release holds: the newest approved whose time has come; 0: none."""
    return max(
        (
            version
            for version, life in lives.items()
            if life.state is ArticleState.APPROVED and life.publish_at_ms <= now_ms
        ),
        default=0,
    )


def has_expired(valid_until: str, *, saved_ms: int, now_ms: int) -> bool:
    """Whether the last day of a text is over.

    A text that was over when it was saved counts as a mistake, which the check names, and not as
    expired: it would vanish without a word.
    """
    if not valid_until:
        return False
    last = dt.date.fromisoformat(valid_until)
    return day_of(saved_ms) <= last < day_of(now_ms)


def review_due_ms(review_days: int, *, looked_at_ms: int) -> int:
    """When a text is to be looked at again; 0: never. `looked_at_ms`: last saved or approved."""
    return looked_at_ms + review_days * _DAY_MS if review_days else 0


def day_of(at_ms: int) -> dt.date:
    """The day of a moment, where this computer is."""
    return dt.datetime.fromtimestamp(at_ms / 1000, tz=dt.UTC).astimezone().date()


def is_same_person(one: str, other: str) -> bool:
    """Whether two names are of one person, however they are typed."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _is_on_its_way(life: VersionLife) -> bool:
    return life.state in {ArticleState.APPROVED, ArticleState.IN_REVIEW}


def _check_approval(move: Move, state: ArticleState, *, policy: ReviewPolicy) -> None:
    if policy is ReviewPolicy.OTHER:
        if is_same_person(move.by, move.author):
            raise _refused(move, f"{move.author} wrote it: somebody else approves it")
        if state is ArticleState.DRAFT:
            raise _refused(move, "it is a draft: it goes to review first")
    if move.publish_at_ms and move.publish_at_ms <= move.now_ms:
        raise _refused(move, "the time to publish it must lie ahead")


def _not_from_here(state: ArticleState) -> str:
    accepted = " or ".join(_words(to) for to in _MAY_FOLLOW[state])
    return f"it is {_words(state)} and can become {accepted}"


def _words(state: ArticleState) -> str:
    return _WORDS.get(state, state.value)


def _refused(move: Move, reason: str) -> MoveRefused:
    return MoveRefused(move.article_id, version=move.version, to=_words(move.to), reason=reason)
