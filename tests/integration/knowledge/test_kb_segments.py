"""A release that was added to answers as one that was built from nothing."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from knowledge_base import publishing
from knowledge_base.applies import Applies
from knowledge_base.article import Article
from knowledge_base.draft import search_with_draft
from knowledge_base.lifecycle import ArticleState, ReviewPolicy
from knowledge_base.release import verify
from knowledge_base.search import Found, Searcher
from knowledge_base.store import KnowledgeBase
from tests.fakes.hash_embedder import HashEmbedder
from tests.integration.knowledge.conftest import article

pytestmark = pytest.mark.integration

WORDS = ("parcel", "card", "router", "refund", "late", "stolen", "red", "light", "fee", "abroad")
QUESTIONS = ("my parcel is late", "stolen card abroad", "the rooter has a red light", "what fee")


def base_at(folder: Path) -> KnowledgeBase:
    base = KnowledgeBase.create(folder)
    base.set_policy(ReviewPolicy.NONE)
    return base


def publish(base: KnowledgeBase) -> None:
    base.publish(HashEmbedder(), author="", reason="", now_ms=2_000)


@contextlib.contextmanager
def opened(base: KnowledgeBase) -> Iterator[Searcher]:
    with contextlib.closing(Searcher.open(base.release_path(base.current_release()))) as searcher:
        yield searcher


def answers(searcher: Searcher, applies: Applies | None = None) -> dict[str, list[Found]]:
    vectors = HashEmbedder().encode(QUESTIONS)
    return {
        question: searcher.search(question, vector, limit=9, applies=applies or Applies())
        for question, vector in zip(QUESTIONS, vectors, strict=True)
    }


def told(found: list[Found]) -> set[tuple[str, str, int, float]]:
    """What was found, whatever its order among equals."""
    return {(one.article_id, one.passage, one.version, round(one.score, 3)) for one in found}


texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
edits = st.lists(
    st.tuples(st.sampled_from("abcde"), st.one_of(st.none(), texts)), min_size=1, max_size=4
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rounds=st.lists(edits, min_size=1, max_size=4))
def test_any_edits_end_where_a_whole_build_ends(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[str, str | None]]]
) -> None:
    folder = tmp_path_factory.mktemp("kb")
    base, now = base_at(folder / "added"), {"z": article("z", "Nothing of it.")}
    base.save(now["z"], author="", reason="", now_ms=1)
    for edit in rounds:
        for name, text in edit:
            if text is not None:
                now[name] = article(name, f"{text}.", variants=(text[::-1],))
                write(base, now[name])
            elif now.pop(name, None):
                move(base, name, ArticleState.ARCHIVED)
        publish(base)
    whole = base_at(folder / "whole")
    for one in now.values():
        version = base.read(one.article_id).version
        for number in range(1, version):  # the same version numbers, whatever was written
            whole.save(replace(one, body=f"Old {number}."), author="", reason="", now_ms=1)
        whole.save(one, author="", reason="", now_ms=1)
    publish(whole)
    with opened(base) as added, opened(whole) as built:
        assert added.passages == built.passages
        for question, found in answers(added).items():
            assert told(found) == told(answers(built)[question])


def write(base: KnowledgeBase, one: Article) -> None:
    """Save an article and have it approved, out of the archive too."""
    if state(base, one.article_id) is ArticleState.ARCHIVED:
        move(base, one.article_id, ArticleState.DRAFT)
    base.save(one, author="", reason="", now_ms=1)
    if state(base, one.article_id) is ArticleState.DRAFT:
        move(base, one.article_id, ArticleState.IN_REVIEW)
        move(base, one.article_id, ArticleState.APPROVED)


def state(base: KnowledgeBase, name: str) -> ArticleState | None:
    states = {one.article.article_id: one.state for one in base.listing(1)}
    return states.get(name)


def move(base: KnowledgeBase, name: str, to: ArticleState) -> None:
    base.move(name, base.read(name).version, to, by="ana", now_ms=1)


def test_an_edit_shares_the_files_of_the_release_before(small_base: KnowledgeBase) -> None:
    publish(small_base)
    small_base.save(article("late-fee", "Ten dollars."), author="", reason="", now_ms=1)
    publish(small_base)
    first, second = (small_base.release_path(number) for number in (1, 2))
    shared = [name for name in verify(first).files if name.endswith(".npy")]
    assert shared
    for name in shared:
        assert (first / name).stat().st_ino == (second / name).stat().st_ino
    assert len(verify(second).segments) == 2


def test_a_worn_release_is_built_whole(
    small_base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_MOST_SEGMENTS", 3)
    for number in range(5):
        text = f"Ten dollars and {number} cents."
        small_base.save(article(f"fee-{number}", text), author="", reason="", now_ms=1)
        publish(small_base)
    assert [len(verify(small_base.release_path(n)).segments) for n in range(1, 6)] == [
        1,
        2,
        3,
        1,
        2,
    ]


SCOPED = (
    Article(article_id="gold", title="Fee", body="No fee.", applies_to={"tier": ("gold",)}),
    Article(article_id="all", title="Fee", body="Ten dollars fee."),
    Article(article_id="german", title="Fee", body="Zehn Euro fee.", locale="de-DE"),
    Article(article_id="past", title="Fee", body="Old fee.", valid_until="2025-12-31"),
    Article(article_id="coming", title="Fee", body="New fee.", valid_from="2027-01-01"),
)


@pytest.mark.parametrize(
    ("applies", "expected"),
    [
        (Applies(), {"gold", "all", "german", "past", "coming"}),
        (Applies(facts={"tier": "silver"}), {"all", "german", "past", "coming"}),
        (Applies(facts={"tier": "Gold"}, locale="en-GB"), {"gold", "all", "past", "coming"}),
    ],
)
def test_only_what_suits_the_caller_is_found(
    tmp_path: Path, applies: Applies, expected: set[str]
) -> None:
    base = base_at(tmp_path / "kb")
    for one in SCOPED:
        base.save(one, author="", reason="", now_ms=1)
    base.publish(HashEmbedder(), author="", reason="", now_ms=1)
    with opened(base) as searcher:
        found = answers(searcher, applies)["what fee"]
        assert {one.article_id for one in found} == expected


def test_what_suits_is_found_behind_all_that_does_not(tmp_path: Path) -> None:
    base = base_at(tmp_path / "kb")
    for number in range(150):
        near = Article(
            article_id=f"n{number}",
            title="stolen card abroad",
            body=f"stolen card abroad {number}",
            products=("cards",),
        )
        base.save(near, author="", reason="", now_ms=1)
    far = Article(article_id="far", title="Router", body="red light", products=("broadband",))
    base.save(far, author="", reason="", now_ms=1)
    publish(base)
    with opened(base) as searcher:
        found = answers(searcher, Applies(products=("broadband",)))["stolen card abroad"]
    assert [one.article_id for one in found] == ["far"]


def test_a_draft_is_found_as_if_it_were_published(small_base: KnowledgeBase) -> None:
    publish(small_base)
    draft = article("late-parcel", "A late parcel is lost after ten days. Send it again.")
    with opened(small_base) as searcher:
        tried = search_with_draft(searcher, draft, QUESTIONS[0], embedder=HashEmbedder())
        before = answers(searcher)[QUESTIONS[0]]
    assert tried[0].passage.startswith("A late parcel")
    assert [one.article_id for one in tried].count("late-parcel") == 1
    small_base.save(draft, author="", reason="", now_ms=1)
    publish(small_base)
    with opened(small_base) as searcher:
        after = answers(searcher)[QUESTIONS[0]]
    assert [one.article_id for one in tried] == [one.article_id for one in after][:5]
    assert [one.answer for one in tried] == [one.answer for one in after][:5]
    assert before[0].passage != after[0].passage
