"""Search with the real model on the demo's articles, asked as callers ask."""

import threading
import time

import numpy as np
import pytest

from knowledge_base.applies import Applies
from knowledge_base.embedding import SentenceEmbedder
from knowledge_base.evaluate import Evaluation, evaluate
from knowledge_base.query import plain_question
from knowledge_base.search import Found, Searcher
from knowledge_base.store import KnowledgeBase

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def searcher(demo_base: KnowledgeBase) -> Searcher:
    return Searcher.open(demo_base.release_path(1))


WERS = (0.0, 0.1, 0.2, 0.3)


@pytest.fixture(scope="module")
def evaluations(
    searcher: Searcher, demo_base: KnowledgeBase, model: SentenceEmbedder
) -> list[Evaluation]:
    golden = demo_base.golden()
    return [evaluate(searcher, golden, embedder=model, wer=wer) for wer in WERS]


def ask(searcher: Searcher, model: SentenceEmbedder, query: str, *products: str) -> list[Found]:
    vector = model.encode([plain_question(query)])[0]
    return searcher.search(query, vector, applies=Applies(products=products))


@pytest.mark.parametrize("at", range(len(WERS)), ids=[f"{wer:.0%}" for wer in WERS])
def test_ours_is_above_words_alone_and_vectors_alone(
    evaluations: list[Evaluation], at: int
) -> None:
    evaluation = evaluations[at]
    for other in (evaluation.words, evaluation.vectors):
        assert evaluation.ours.recall_at_1 >= other.recall_at_1
        assert evaluation.ours.recall_at_3 >= other.recall_at_3
        assert evaluation.ours.mean_reciprocal_rank >= other.mean_reciprocal_rank
        assert evaluation.ours.ndcg_at_3 >= other.ndcg_at_3


def test_the_right_article_mostly_stands_first(evaluations: list[Evaluation]) -> None:
    assert evaluations[0].ours.recall_at_1 >= 0.78
    assert evaluations[0].ours.recall_at_3 >= 0.92
    assert evaluations[-1].ours.recall_at_1 >= 0.65


def test_it_is_silent_rather_than_wrong(evaluations: list[Evaluation]) -> None:
    assert evaluations[0].ours.precision >= 0.85
    assert evaluations[0].ours.silent >= 0.85
    assert evaluations[0].answered >= 0.6


def test_the_curve_comes_from_the_golden_questions_of_the_base(
    searcher: Searcher, demo_base: KnowledgeBase
) -> None:
    assert searcher.calibration.questions == len(demo_base.golden())
    assert 0.4 < searcher.threshold < 0.8


def test_a_question_with_greetings_and_wrong_words(
    searcher: Searcher, model: SentenceEmbedder
) -> None:
    said = "hi um good morning my wallet got stolen inn spain and some buddy is using my cart"
    found = ask(searcher, model, said)
    assert found[0].article_id == "lost-or-stolen-card"
    assert found[0].score >= searcher.threshold
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert len({one.article_id for one in found}) == len(found) == 5


def test_the_answer_is_a_sentence_of_the_passage(
    searcher: Searcher, model: SentenceEmbedder
) -> None:
    found = ask(searcher, model, "i forgot to type in the voucher before i paid")[0]
    assert found.answer is not None
    start, end = found.answer
    assert "promo code that was forgotten" in found.passage[start:end]
    assert found.passage[start:end].endswith(".")


def test_other_products_are_left_out(searcher: Searcher, model: SentenceEmbedder) -> None:
    cards = {one.article_id for one in ask(searcher, model, "i want my money back", "cards")}
    orders = {one.article_id for one in ask(searcher, model, "i want my money back", "orders")}
    assert cards
    assert orders
    assert not cards & orders


def test_greetings_alone_find_nothing(searcher: Searcher, model: SentenceEmbedder) -> None:
    assert ask(searcher, model, "hello good morning how are you") == []


def test_any_thread_may_search_and_several_at_once(
    searcher: Searcher, model: SentenceEmbedder
) -> None:
    query = "my parcel says delivered but it is not here"
    vector = model.encode([query])[0]
    expected = searcher.search(query, vector)
    results: list[list[Found]] = []

    def search() -> None:
        results.extend(searcher.search(query, vector) for _ in range(25))

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 100


def test_a_search_takes_few_milliseconds(
    searcher: Searcher, demo_base: KnowledgeBase, model: SentenceEmbedder
) -> None:
    queries = [one.question for one in demo_base.golden()][:60]
    vectors = model.encode(queries)
    times = []
    for query, vector in zip(queries, vectors, strict=True):
        start = time.thread_time()
        searcher.search(query, vector)
        times.append(time.thread_time() - start)
    assert np.median(times) < 0.005
