"""The encoder batches what waits, embeds each text once, and lives on after a failure."""

import asyncio
import threading

import numpy as np
import pytest

from assist_engine.errors import BadInput
from assist_engine.inference.encoder import Encoder, EncoderClosed, Vector


class ScriptedModel:
    """Gives each text the vector (length, 1); can be held back, and fails on "bad"."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.may_go = threading.Event()
        self.may_go.set()
        self.threads: set[int] = set()

    def __call__(self, texts: list[str]) -> Vector:
        self.may_go.wait(10)
        self.batches.append(list(texts))
        self.threads.add(threading.get_ident())
        if "bad" in texts:
            raise RuntimeError("no vector for bad")
        return np.array([[len(text), 1.0] for text in texts], np.float32)


async def test_each_text_is_embedded_once_and_comes_back_right() -> None:
    model = ScriptedModel()
    encoder = Encoder(model)
    encoder.start()
    vectors = await asyncio.gather(*(encoder.encode("a" * (i % 5)) for i in range(50)))
    again = await encoder.encode("aaa")
    encoder.close()
    assert [vector[0] for vector in vectors] == [i % 5 for i in range(50)]
    assert again[0] == 3
    assert sum(len(batch) for batch in model.batches) == 5
    assert encoder.stats.texts == 5
    assert encoder.stats.reused == 46
    assert len(model.threads) == 1
    assert threading.get_ident() not in model.threads


async def test_what_waits_goes_in_batches_of_at_most_the_limit() -> None:
    model = ScriptedModel()
    encoder = Encoder(model, batch_limit=8)
    encoder.start()
    model.may_go.clear()
    waiting = [asyncio.create_task(encoder.encode(f"text {i}")) for i in range(30)]
    await asyncio.sleep(0.05)
    model.may_go.set()
    await asyncio.gather(*waiting)
    encoder.close()
    sizes = [len(batch) for batch in model.batches]
    assert max(sizes) <= 8
    assert len(sizes) <= 5
    assert encoder.stats.batches == len(sizes)


async def test_the_oldest_text_is_forgotten_first() -> None:
    model = ScriptedModel()
    encoder = Encoder(model, cache_size=2)
    encoder.start()
    for text in ("one", "three", "one", "seven", "one", "three"):
        await encoder.encode(text)
    encoder.close()
    assert [batch[0] for batch in model.batches] == ["one", "three", "seven", "three"]


async def test_a_failing_text_is_told_and_the_next_one_works() -> None:
    encoder = Encoder(ScriptedModel())
    encoder.start()
    with pytest.raises(RuntimeError, match="no vector for bad"):
        await encoder.encode("bad")
    assert (await encoder.encode("good"))[0] == 4
    encoder.close()


async def test_a_model_that_loses_rows_is_told() -> None:
    encoder = Encoder(lambda _: np.zeros((0, 2), np.float32))
    encoder.start()
    with pytest.raises(BadInput, match="0 vectors for 1 texts"):
        await encoder.encode("lost")
    encoder.close()


async def test_one_caller_gone_does_not_stop_the_others() -> None:
    model = ScriptedModel()
    encoder = Encoder(model)
    encoder.start()
    model.may_go.clear()
    leaving = asyncio.create_task(encoder.encode("shared"))
    staying = asyncio.create_task(encoder.encode("shared"))
    await asyncio.sleep(0.02)
    leaving.cancel()
    await asyncio.sleep(0)
    model.may_go.set()
    assert (await staying)[0] == 6
    with pytest.raises(asyncio.CancelledError):
        await leaving
    encoder.close()


async def test_not_started_or_closed_is_told() -> None:
    encoder = Encoder(ScriptedModel())
    with pytest.raises(EncoderClosed, match="start"):
        await encoder.encode("early")
    encoder.start()
    encoder.close()
    encoder.close()
    with pytest.raises(EncoderClosed):
        await encoder.encode("late")


async def test_several_texts_at_once_keep_their_order() -> None:
    encoder = Encoder(ScriptedModel())
    encoder.start()
    vectors = await encoder.encode_all(["a", "bb", "a"])
    nothing = await encoder.encode_all([])
    encoder.close()
    assert vectors[:, 0].tolist() == [1, 2, 1]
    assert len(nothing) == 0


async def test_the_processor_time_of_the_thread_is_counted() -> None:
    def work(texts: list[str]) -> Vector:
        sum(number * number for number in range(200_000))
        return np.zeros((len(texts), 2), np.float32)

    encoder = Encoder(work)
    encoder.start()
    await encoder.encode("work")
    encoder.close()
    assert 0.001 < encoder.stats.cpu_seconds < 5


async def test_a_thread_that_waits_gets_all_of_its_texts_and_lets_others_in_between() -> None:
    model = ScriptedModel()
    encoder = Encoder(model)
    encoder.start()
    assert encoder.encode_blocking([]).shape == (0, 0)
    texts = ["a" * number for number in range(1, 31)]
    waiting = asyncio.create_task(asyncio.to_thread(encoder.encode_blocking, texts, at_once=4))
    single = await encoder.encode("b" * 40)
    vectors = await waiting
    encoder.close()
    assert single[0] == 40
    assert [vector[0] for vector in vectors] == list(range(1, 31))
    assert max(len(batch) for batch in model.batches) <= 5
