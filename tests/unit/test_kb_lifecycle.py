"""The steps of a version's life, one by one, and what a refusal says."""

import pytest

from knowledge_base.errors import MoveRefused
from knowledge_base.lifecycle import (
    ArticleState,
    Move,
    ReviewPolicy,
    VersionLife,
    day_of,
    first_state,
    has_expired,
    is_same_person,
    review_due_ms,
    shown_state,
    state_of_import,
    steps_of,
)

DRAFT, IN_REVIEW, APPROVED = ArticleState.DRAFT, ArticleState.IN_REVIEW, ArticleState.APPROVED
PUBLISHED, ARCHIVED = ArticleState.PUBLISHED, ArticleState.ARCHIVED
OTHER, SELF, NONE = ReviewPolicy.OTHER, ReviewPolicy.SELF, ReviewPolicy.NONE
NOON_MS = 1_764_158_400_000  # 2025-11-26, 12:00 UTC
DAY_MS = 86_400_000


def move(to: ArticleState, *, by: str = "bo", version: int = 1, publish_at_ms: int = 0) -> Move:
    return Move(
        article_id="card",
        version=version,
        author="ana",
        to=to,
        by=by,
        now_ms=1_000,
        publish_at_ms=publish_at_ms,
    )


def lives(*states: ArticleState) -> dict[int, VersionLife]:
    return {at: VersionLife(state=state) for at, state in enumerate(states, start=1)}


@pytest.mark.parametrize(
    ("policy", "state", "by", "reason"),
    [
        (OTHER, IN_REVIEW, "ana", "ana wrote it: somebody else approves it"),
        (OTHER, IN_REVIEW, " Ana", "somebody else"),
        (OTHER, DRAFT, "bo", "it is a draft: it goes to review first"),
        (OTHER, IN_REVIEW, "bo", ""),
        (OTHER, APPROVED, "bo", ""),
        (OTHER, APPROVED, "ana", "somebody else"),
        (SELF, DRAFT, "ana", ""),
        (SELF, IN_REVIEW, "ana", ""),
        (NONE, DRAFT, "ana", ""),
        (NONE, ARCHIVED, "bo", "it is archived and can become a draft"),
    ],
)
def test_who_may_approve(policy: ReviewPolicy, state: ArticleState, by: str, reason: str) -> None:
    if reason:
        with pytest.raises(MoveRefused, match=reason):
            steps_of(move(APPROVED, by=by), lives(state), policy=policy)
    else:
        (step,) = steps_of(move(APPROVED, by=by), lives(state), policy=policy)
        assert (step.version, step.state, step.by, step.at_ms) == (1, APPROVED, by, 1_000)


@pytest.mark.parametrize(
    ("state", "to", "accepted"),
    [
        (DRAFT, DRAFT, "it is a draft and can become in review or approved or archived"),
        (IN_REVIEW, IN_REVIEW, "it is in review and can become a draft or approved or archived"),
        (APPROVED, IN_REVIEW, "it is approved and can become a draft or approved or archived"),
        (ARCHIVED, IN_REVIEW, "it is archived and can become a draft"),
        (APPROVED, PUBLISHED, "it is approved and can become"),
    ],
)
def test_what_cannot_follow(state: ArticleState, to: ArticleState, accepted: str) -> None:
    with pytest.raises(MoveRefused, match=accepted):
        steps_of(move(to), lives(state), policy=SELF)


def test_archiving_takes_all_that_was_on_its_way() -> None:
    before = lives(APPROVED, DRAFT, IN_REVIEW, DRAFT)
    steps = steps_of(move(ARCHIVED, version=4), before, policy=OTHER)
    assert [(step.version, step.state) for step in steps] == [
        (4, ARCHIVED),
        (1, ARCHIVED),
        (3, ARCHIVED),
    ]


@pytest.mark.parametrize(
    ("states", "to", "reason"),
    [
        ((APPROVED, APPROVED), ARCHIVED, "the newest version, 2, goes into the archive and out"),
        ((ARCHIVED, DRAFT), DRAFT, "the newest version, 2, goes into the archive and out"),
        ((ARCHIVED, ARCHIVED), DRAFT, "the article is archived: take its newest version, 2, out"),
        # A draft of long ago does not slip out of the archive.
        ((DRAFT, ARCHIVED), IN_REVIEW, "the article is archived: take its newest version, 2, out"),
    ],
)
def test_only_the_newest_goes_into_the_archive_and_out(
    states: tuple[ArticleState, ...], to: ArticleState, reason: str
) -> None:
    with pytest.raises(MoveRefused, match=reason):
        steps_of(move(to), lives(*states), policy=OTHER)


def test_a_time_to_publish_lies_ahead_and_is_of_what_is_approved() -> None:
    (step,) = steps_of(move(APPROVED, publish_at_ms=1_001), lives(IN_REVIEW), policy=OTHER)
    assert step.publish_at_ms == 1_001
    with pytest.raises(MoveRefused, match="must lie ahead"):
        steps_of(move(APPROVED, publish_at_ms=1_000), lives(IN_REVIEW), policy=OTHER)
    with pytest.raises(MoveRefused, match="only an approved version has a time"):
        steps_of(move(IN_REVIEW, publish_at_ms=2_000), lives(DRAFT), policy=OTHER)


@pytest.mark.parametrize(
    ("policy", "before", "state"),
    [
        (OTHER, None, DRAFT),
        (SELF, APPROVED, DRAFT),
        (NONE, None, APPROVED),
        (NONE, DRAFT, APPROVED),
        (NONE, ARCHIVED, ARCHIVED),
    ],
)
def test_what_a_saved_version_begins_as(
    policy: ReviewPolicy, before: ArticleState | None, state: ArticleState
) -> None:
    assert first_state(policy, before) is state


@pytest.mark.parametrize(
    ("as_drafts", "before", "state"),
    [
        (False, None, APPROVED),
        (True, APPROVED, DRAFT),
        (False, ARCHIVED, ARCHIVED),
        (True, ARCHIVED, ARCHIVED),
    ],
)
def test_what_an_imported_version_begins_as(
    as_drafts: bool, before: ArticleState | None, state: ArticleState
) -> None:
    assert state_of_import(as_drafts, before) is state


def test_published_is_what_is_approved_and_in_use() -> None:
    assert shown_state(APPROVED, version=2, published_version=2) is PUBLISHED
    assert shown_state(APPROVED, version=3, published_version=2) is APPROVED
    assert shown_state(ARCHIVED, version=2, published_version=2) is ARCHIVED


def test_the_last_day_still_counts() -> None:
    today = day_of(NOON_MS).isoformat()
    assert not has_expired("", saved_ms=NOON_MS, now_ms=NOON_MS + 900 * DAY_MS)
    assert not has_expired(today, saved_ms=NOON_MS, now_ms=NOON_MS)
    assert has_expired(today, saved_ms=NOON_MS, now_ms=NOON_MS + DAY_MS)
    # Over when it was saved: a mistake to be told, nothing to go silently.
    assert not has_expired(today, saved_ms=NOON_MS + DAY_MS, now_ms=NOON_MS + DAY_MS)


def test_when_a_review_is_due() -> None:
    assert review_due_ms(0, looked_at_ms=5) == 0
    assert review_due_ms(2, looked_at_ms=5) == 2 * DAY_MS + 5


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [("ana", " Ana ", True), ("ana  rossi", "Ana Rossi", True), ("ana", "anna", False)],
)
def test_names_however_typed(one: str, other: str, is_same: bool) -> None:
    assert is_same_person(one, other) is is_same
