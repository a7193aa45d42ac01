"""Whatever people try, versions take only steps that their life and the policy allow."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.errors import MoveRefused
from knowledge_base.lifecycle import (
    ArticleState,
    Move,
    ReviewPolicy,
    Step,
    VersionLife,
    first_state,
    fold,
    steps_of,
    to_publish,
)

PEOPLE = st.sampled_from(["ana", "Ana ", "bo"])
# Few versions and many reviews, so that much of what is tried comes to something.
VERSIONS = st.sampled_from([1, 1, 2, 2, 3])
STATES = st.sampled_from([*ArticleState, *[ArticleState.IN_REVIEW, ArticleState.APPROVED] * 3])
SAVES = st.tuples(st.just("save"), PEOPLE)
MOVES = st.tuples(st.just("move"), PEOPLE, VERSIONS, STATES, st.sampled_from([0, 0, 0, 3, 40]))
TRIES = st.lists(MOVES | MOVES | MOVES | SAVES, min_size=5, max_size=40).map(
    lambda tries: [("save", "ana"), *tries]
)
POLICIES = st.sampled_from(ReviewPolicy)

Tries = list[tuple[Any, ...]]


class Life:
    """An article whose people try things, one a millisecond."""

    def __init__(self, tries: Tries, policy: ReviewPolicy) -> None:
        self.authors: dict[int, str] = {}
        self.steps: list[Step] = []
        self.refused: list[MoveRefused] = []
        self.policy = policy
        for now_ms, (what, by, *rest) in enumerate(tries, start=1):
            if what == "save":
                self._save(by, now_ms)
            else:
                self._move(by, *rest, now_ms=now_ms)

    @property
    def lives(self) -> dict[int, VersionLife]:
        return fold(self.steps)

    def _save(self, by: str, now_ms: int) -> None:
        newest = len(self.authors)
        before = self.lives[newest].state if newest else None
        state = first_state(self.policy, before)
        self.authors[newest + 1] = by
        self.steps.append(Step(version=newest + 1, by=by, at_ms=now_ms, state=state))

    def _move(
        self, by: str, version: int, to: ArticleState, publish_at_ms: int, *, now_ms: int
    ) -> None:
        if version not in self.authors:
            return
        move = Move(
            article_id="a",
            version=version,
            author=self.authors[version],
            to=to,
            by=by,
            now_ms=now_ms,
            publish_at_ms=publish_at_ms,
        )
        try:
            self.steps += steps_of(move, self.lives, policy=self.policy)
        except MoveRefused as error:
            self.refused.append(error)


@given(TRIES)
def test_nobody_approves_own_work_where_another_must(tries: Tries) -> None:
    life = Life(tries, ReviewPolicy.OTHER)
    seen: set[int] = set()
    for step in life.steps:
        if step.state is ArticleState.IN_REVIEW:
            seen.add(step.version)
        if step.state is ArticleState.APPROVED:
            assert step.by.strip().lower() != life.authors[step.version].strip().lower()
            assert step.version in seen


@given(TRIES, POLICIES, st.data())
def test_steps_in_one_go_are_steps_resumed_anywhere(
    tries: Tries,
    policy: ReviewPolicy,
    data: st.DataObject,
) -> None:
    steps = Life(tries, policy).steps
    split = data.draw(st.integers(0, len(steps)))
    assert fold(steps[split:], fold(steps[:split])) == fold(steps)
    assert fold([*steps, Step(version=1, by="bo", at_ms=99, comment="Why?")]) == fold(steps)


@given(TRIES, POLICIES)
def test_what_is_archived_is_in_no_release_until_it_is_approved_anew(
    tries: Tries,
    policy: ReviewPolicy,
) -> None:
    life = Life(tries, policy)
    newest = life.lives[len(life.authors)].state
    if newest is ArticleState.ARCHIVED:
        assert to_publish(life.lives, now_ms=1_000) == 0
    last_archived = max(
        (at for at, step in enumerate(life.steps) if step.state is ArticleState.ARCHIVED),
        default=-1,
    )
    version = to_publish(life.lives, now_ms=1_000)
    if version and last_archived >= 0:
        approved = [
            at
            for at, step in enumerate(life.steps)
            if step.version == version and step.state is ArticleState.APPROVED
        ]
        assert approved[-1] > last_archived


@given(TRIES, POLICIES, st.integers(0, 60))
def test_a_release_holds_the_newest_approved_version_whose_time_has_come(
    tries: Tries,
    policy: ReviewPolicy,
    now_ms: int,
) -> None:
    lives = Life(tries, policy).lives
    ready = [
        version
        for version, life in lives.items()
        if life.state is ArticleState.APPROVED and life.publish_at_ms <= now_ms
    ]
    assert to_publish(lives, now_ms=now_ms) == max(ready, default=0)
    assert to_publish(lives, now_ms=10**9) >= to_publish(lives, now_ms=now_ms)


@given(TRIES, POLICIES)
def test_a_refusal_says_why_in_one_sentence(
    tries: Tries,
    policy: ReviewPolicy,
) -> None:
    for error in Life(tries, policy).refused:
        said = str(error)
        assert said.startswith(f"version {error.version} of 'a' cannot become ")
        assert ": " in said
        assert "\n" not in said


@given(TRIES)
def test_where_nobody_needs_to_approve_a_save_is_approved(tries: Tries) -> None:
    saves = [one for one in tries if one[0] == "save"]
    life = Life(saves, ReviewPolicy.NONE)
    assert {one.state for one in life.lives.values()} == {ArticleState.APPROVED}
    assert to_publish(life.lives, now_ms=1) == len(saves)
