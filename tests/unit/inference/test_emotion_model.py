"""The shipped emotion model: what it reads, of whom, and on which thread."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assist_engine.call.customer_words import CustomerWords
from assist_engine.contract.values import Role
from assist_engine.errors import BadInput
from assist_engine.inference.emotion_model import (
    SHIPPED_ENCODER,
    SHIPPED_HEADS,
    EmotionModel,
    FeelingRead,
    FeelingReader,
)
from assist_engine.inference.encoder import Encoder, EncoderClosed, Vector


@pytest.fixture(scope="module")
def model() -> EmotionModel:
    return EmotionModel.load()


@pytest.fixture
def reader(model: EmotionModel) -> Iterator[FeelingReader]:
    reader = FeelingReader(model)
    reader.start()
    yield reader
    reader.close()


def words(text: str) -> CustomerWords:
    return CustomerWords(text, Role.CUSTOMER)


@pytest.mark.parametrize(
    ("text", "label", "group"),
    [
        ("i am so angry with you people", "anger", "negative"),
        ("i am really worried that somebody has my card", "nervousness", "negative"),
        ("thank you so much for your help", "gratitude", "positive"),
        ("i do not understand what that means", "confusion", "unclear"),
        ("my account number is four four one", "neutral", "neutral"),
    ],
)
def test_what_is_felt_is_read(reader: FeelingReader, text: str, label: str, group: str) -> None:
    [read] = reader.read_blocking([words(text)])
    others = {name: value for name, value in read.groups.items() if name != group}
    assert read.groups[group] > max(others.values())
    assert read.labels[label] > 0.2
    assert len(read.labels) == 28
    assert list(read.groups) == ["positive", "negative", "unclear", "neutral"]


@pytest.mark.parametrize("role", [Role.AGENT, Role.BOT])
def test_nobody_but_a_customer_can_be_read(role: Role) -> None:
    with pytest.raises(ValueError, match="customers' words only"):
        CustomerWords("i am sad", role)


async def test_feelings_and_embeddings_share_one_thread(model: EmotionModel) -> None:
    seen: set[str] = set()

    def embed(texts: list[str]) -> Vector:
        import threading

        seen.add(threading.current_thread().name)
        return np.ones((len(texts), 2), np.float32)

    encoder = Encoder(embed)
    reader = FeelingReader(model, thread=encoder.thread)
    encoder.start()
    reader.start()
    texts = [f"utterance {number}" for number in range(20)]
    read = await asyncio.gather(
        *(encoder.encode(text) for text in texts), *(reader.read(words(text)) for text in texts)
    )
    assert len(read) == 40
    assert len(seen) == 1
    assert reader.stats.texts == 20
    assert reader.stats.cpu_seconds > 0
    assert reader.stats.batches < 20
    encoder.close()
    assert (await reader.read(words("the thread lives on"))).groups["neutral"] > 0
    reader.close()
    with pytest.raises(EncoderClosed):
        await reader.read(words("and ends with its last user"))


def test_a_text_reads_the_same_alone_and_among_others(model: EmotionModel) -> None:
    texts = ["no", "this is the third time i call about it", "", "great " * 60, "thank you"]
    together = model.probabilities(texts)
    alone = np.concatenate([model.probabilities([text]) for text in texts])
    assert together == pytest.approx(alone, abs=1e-4)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.text(max_size=300), min_size=1, max_size=4))
def test_any_text_has_probabilities(model: EmotionModel, texts: list[str]) -> None:
    read = model.probabilities(texts)
    assert read.shape == (len(texts), 32)
    assert ((read >= 0) & (read <= 1)).all()


def test_very_long_text_and_other_scripts_are_read(reader: FeelingReader) -> None:
    texts = ["i hate this " * 3000, "我的订单还没有到", "где моя посылка", "😡😡😡"]
    read = reader.read_blocking([words(text) for text in texts])
    assert all(isinstance(one, FeelingRead) for one in read)
    assert read[0].groups["negative"] > 0.5


def test_what_was_redacted_is_read_as_the_name_of_its_kind(model: EmotionModel) -> None:
    redacted, named = model.logits(
        ["pay [CARD:4242] for [NATIONAL_ID]", "pay card for national id"]
    )
    assert redacted == pytest.approx(named, abs=1e-4)


def test_files_that_do_not_fit_are_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"no weights")
    with pytest.raises(BadInput, match=r"broken\.safetensors cannot be used"):
        EmotionModel.load(broken)
    other = SHIPPED_ENCODER.with_name("attune-minilm-1.safetensors")
    with pytest.raises(BadInput, match=r"attune-minilm-1\.safetensors cannot be used"):
        EmotionModel.load(other)
    with pytest.raises(BadInput, match="is not calibrated"):
        _ = EmotionModel.load(SHIPPED_ENCODER, None).heads
    assert SHIPPED_HEADS.stat().st_size < 100_000
