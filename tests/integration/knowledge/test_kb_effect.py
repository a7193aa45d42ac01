"""What publishing would change, told before it is done; the candidate is never a release."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from knowledge_base.article import Article
from knowledge_base.effect import QuestionEffect, candidate, compare, questions_of_calls
from knowledge_base.embedding import SentenceEmbedder
from knowledge_base.errors import KnowledgeError, ModelError, NothingToPublish
from knowledge_base.evaluate import GoldenQuestion
from knowledge_base.search import Searcher
from knowledge_base.store import RELEASES, KnowledgeBase
from knowledge_base.usage import AskedQuestion
from tests.fakes.hash_embedder import HashEmbedder
from tests.integration.knowledge.conftest import article

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[3]


def published(base: KnowledgeBase, embedder: HashEmbedder | SentenceEmbedder) -> KnowledgeBase:
    base.publish(embedder, author="ana", reason="", now_ms=2_000)
    return base


def folders(base: KnowledgeBase) -> set[str]:
    return {path.name for path in (base.folder / RELEASES).iterdir() if path.is_dir()}


@pytest.fixture
def opened(demo_base: KnowledgeBase) -> Iterator[Searcher]:
    with closing(Searcher.open(demo_base.release_path(1))) as searcher:
        yield searcher


PIN = GoldenQuestion(question="i forgot my pin what now", articles=("forgotten-pin",))
LOST = GoldenQuestion(question="somebody stole my card", articles=("lost-or-stolen-card",))
GARDEN = GoldenQuestion(question="how often do i water a lemon tree", articles=("lemon-trees",))
ANYTHING = GoldenQuestion(question="how often do i water a lemon tree", articles=())


def test_the_same_articles_change_nothing(
    demo_base: KnowledgeBase, model: SentenceEmbedder, opened: Searcher
) -> None:
    asked = demo_base.golden()
    with candidate(demo_base, model, demo_base.articles()) as after:
        assert after.threshold == pytest.approx(opened.threshold)
        effect = compare(opened, after, asked, embedder=model, name="golden questions")
    assert (effect.name, effect.questions, effect.same) == (
        "golden questions",
        len(asked),
        len(asked),
    )
    assert effect.better == effect.worse == effect.changed == ()


def test_better_worse_changed_and_same(
    demo_base: KnowledgeBase, model: SentenceEmbedder, opened: Searcher
) -> None:
    lemons = article(
        "lemon-trees",
        "Water a lemon tree twice a week, more often in summer.",
        variants=("how often do i water a lemon tree",),
    )
    articles = [one for one in demo_base.articles() if one.article_id != "forgotten-pin"]
    with candidate(demo_base, model, [*articles, lemons]) as after:
        effect = compare(opened, after, [PIN, LOST, GARDEN, ANYTHING], embedder=model, name="x")
    (worse,), (better,), (changed,) = effect.worse, effect.better, effect.changed
    assert (worse.question, worse.before, worse.rank_before) == (PIN.question, "forgotten-pin", 1)
    assert worse.rank_after == 0
    assert better == QuestionEffect(
        question=GARDEN.question,
        wanted=("lemon-trees",),
        before=None,
        after="lemon-trees",
        rank_after=1,
    )
    assert (changed.before, changed.after) == (None, "lemon-trees")
    assert effect.same == 1


def test_before_the_first_release(demo_base: KnowledgeBase, model: SentenceEmbedder) -> None:
    with candidate(demo_base, model, demo_base.articles()) as after:
        effect = compare(None, after, [PIN], embedder=model, name="x")
    assert [(one.before, one.rank_before) for one in effect.better] == [(None, 0)]


def test_of_another_model(small_base: KnowledgeBase) -> None:
    base = published(small_base, HashEmbedder(name="old"))
    new = HashEmbedder(name="new")
    with (
        closing(Searcher.open(base.release_path(1))) as before,
        candidate(base, new, base.articles()) as after,
        pytest.raises(ModelError, match="release 1 was made with old: what new would change"),
    ):
        compare(before, after, [PIN], embedder=new, name="x")


def test_a_wording_is_asked_once() -> None:
    asked = [
        AskedQuestion(call_id="c", utterance_id=str(at), text=text, asked_ms=at)
        for at, text in enumerate(["Hello, where is my card?", "where is my card", "Thank you."])
    ]
    (question,) = questions_of_calls(asked)
    assert "where is my card" in question.question.lower()
    assert question.articles == ()


def test_a_candidate_is_no_release(small_base: KnowledgeBase) -> None:
    embedder = HashEmbedder()
    base = published(small_base, embedder)
    releases, before, stamp = base.releases(), folders(base), base.stamp()
    embedder.texts.clear()
    added = article("new", "A text that is new.")
    with candidate(base, embedder, [*base.articles(), added]) as searcher:
        assert embedder.texts
        assert all("new" in text for text in embedder.texts)  # the rest is taken over
        vector = embedder.encode(["a text that is new"])[0]
        assert searcher.search("a text that is new", vector)[0].article_id == "new"
        assert base.releases() == releases
        assert base.current_release() == 1
    assert folders(base) == before
    assert base.stamp() == stamp
    assert published(base, embedder).current_release() == 2


def test_it_is_gone_after_an_error(small_base: KnowledgeBase) -> None:
    before = folders(small_base)
    with pytest.raises(ZeroDivisionError), candidate(small_base, HashEmbedder(), _all(small_base)):
        raise ZeroDivisionError
    assert folders(small_base) == before


def test_a_killed_process_leaves_nothing_for_long(small_base: KnowledgeBase) -> None:
    module = "tests.integration.knowledge.candidate_child"
    child = subprocess.Popen(
        [sys.executable, "-m", module, str(small_base.folder)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    (held,) = folders(small_base)
    with candidate(small_base, HashEmbedder(), _all(small_base)):
        assert held in folders(small_base)  # somebody else's, and in use
    child.kill()
    child.communicate()
    assert folders(small_base) == {held}
    with candidate(small_base, HashEmbedder(), _all(small_base)):
        assert held not in folders(small_base)
    assert folders(small_base) == set()


def test_no_article(small_base: KnowledgeBase) -> None:
    with pytest.raises(NothingToPublish), candidate(small_base, HashEmbedder(), []):
        pass


def test_no_room(small_base: KnowledgeBase) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    many = [article(f"a-{at}", f"Word{at} is said.") for at in range(200)]
    # More than the files of an empty base.
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    try:
        with (
            pytest.raises(KnowledgeError, match="could not be tried, is there room on the disk"),
            candidate(small_base, HashEmbedder(), many),
        ):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert folders(small_base) == set()


def _all(base: KnowledgeBase) -> list[Article]:
    return base.articles()
