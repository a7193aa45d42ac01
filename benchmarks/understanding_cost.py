"""What it costs to understand an utterance while 1, 10 and 50 customers talk at once.

python -m benchmarks.understanding_cost [FOLDER]; FOLDER is one of GoEmotions for false alarms on
its neutral comments. Each call says the demo's utterances, misheard so that none repeats, one every
four seconds. From a final to its signals: redaction, embedding and feelings through the one thread,
then all signals of a customer.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np

from assist_engine.call.customer_words import CustomerWords
from assist_engine.call.state import CallState
from assist_engine.contract.events import EmotionRead, Event, SentimentRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role, Sentiment
from assist_engine.inference.emotion_model import EmotionModel, FeelingReader
from assist_engine.inference.encoder import Encoder
from assist_engine.inference.goemotions import read_goemotions, speech_like
from assist_engine.session.signal_makers import make_signals
from assist_engine.settings import RESOURCES
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.redaction import CallRedactor
from assist_engine.understanding.signal import Feelings, Observation, SignalTools
from knowledge_base.embedding import load_embedder
from knowledge_base.recognition_noise import mishear

CALLS: Final = (1, 10, 50)
EVERY_S: Final = 4.0
TURNS: Final = 6  # of each call
ALONE_TURNS: Final = 15  # of the one call that is alone
DEMO: Final = RESOURCES / "demo"
# Whatever holds one of these has a feeling in it; all other utterances of the demo are neutral.
FELT: Final = (
    "still has not arrived",
    "ridiculous",
    "money back",
    "sounds",
    "thank",
    "worried",
    "afraid",
    "great",
    "unacceptable",
    "going to cancel",
    "should i stay",
)
NEGATIVE: Final = frozenset({"anger", "frustration", "worry", "sadness"})


class Stand:
    """All that reads a customer's utterance."""

    def __init__(self) -> None:
        embedder = load_embedder(threads=1)
        self.encoder = Encoder(embedder.encode)
        self.feelings = FeelingReader(EmotionModel.load(threads=1), thread=self.encoder.thread)
        tools = SignalTools(
            embed=lambda texts: embedder.encode(list(texts)),
            embedding_model=embedder.name,
            intents=DEMO / "intents.yaml",
        )
        self.analyzer = Analyzer(make_signals(tools))
        self.encoder.start()
        self.feelings.start()

    def close(self) -> None:
        self.feelings.close()
        self.encoder.close()

    async def understand(self, said: UtteranceFinal, redactor: CallRedactor) -> list[Event]:
        final = redactor.hear(said, Role.CUSTOMER).final
        words = CustomerWords(final.text, Role.CUSTOMER)
        vector, read = await asyncio.gather(
            self.encoder.encode(final.text), self.feelings.read(words)
        )
        feelings = Feelings(words=words, labels=read.labels, groups=read.groups)
        observation = Observation(final=final, role=Role.CUSTOMER, vector=vector, feelings=feelings)
        return self.analyzer.analyze(observation, CallState(call_id=CallId("call")))

    @property
    def thread_s(self) -> float:
        return self.encoder.stats.cpu_seconds + self.feelings.stats.cpu_seconds


def final_of(text: str) -> UtteranceFinal:
    return UtteranceFinal(
        utterance_id=UtteranceId("u"),
        participant_id=ParticipantId("customer"),
        text=text,
        start_ms=0,
        end_ms=1,
    )


def demo_texts() -> list[str]:
    paths = sorted((DEMO / "calls").glob("*.json"))
    turns = [turn for path in paths for turn in json.loads(path.read_text())["turns"]]
    return [turn["text"] for turn in turns if turn["speaker"] == "customer"]


def script(texts: Sequence[str], *, number: int, turns: int) -> list[str]:
    """What one customer says: no two customers say the same."""
    chance = random.Random(number)
    said = (mishear(chance.choice(texts), wer=0.2, chance=chance) for _ in range(turns))
    return [f"{words} {number} {turn}" for turn, words in enumerate(said)]


async def talk(stand: Stand, says: Sequence[str], *, starts_s: float) -> list[float]:
    """One call: when each utterance was understood after it ended, ms."""
    redactor, took = CallRedactor(), []
    await asyncio.sleep(starts_s)
    for said in says:
        began = time.perf_counter()
        await stand.understand(final_of(said), redactor)
        took.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(max(0.0, EVERY_S - (time.perf_counter() - began)))
    return took


async def measure(stand: Stand, texts: Sequence[str], calls: int) -> None:
    turns = ALONE_TURNS if calls == 1 else TURNS
    scripts = [script(texts, number=1000 * calls + n, turns=turns) for n in range(calls)]
    loop_s, thread_s, batches = time.thread_time(), stand.thread_s, stand.encoder.stats.batches
    took = [
        ms
        for one in await asyncio.gather(
            *(talk(stand, says, starts_s=n * EVERY_S / calls) for n, says in enumerate(scripts))
        )
        for ms in one
    ]
    count = len(took)
    loop_ms = (time.thread_time() - loop_s) * 1000 / count
    thread_ms = (stand.thread_s - thread_s) * 1000 / count
    p50, p95 = np.percentile(took, [50, 95])
    print(
        f"{calls:2d} calls: p50 {p50:.1f} ms, p95 {p95:.1f} ms to the signals of an utterance; CPU "
        f"{thread_ms:.1f} ms on the inference thread, {loop_ms:.1f} ms on the event loop; "
        f"{count / max(1, stand.encoder.stats.batches - batches):.1f} utterances a batch"
    )


async def alarms(stand: Stand, what: str, texts: Sequence[str]) -> None:
    """Share of neutral utterances that are called negative, or given a negative emotion."""
    negative = emotional = 0
    for text in texts:
        for event in await stand.understand(final_of(text), CallRedactor()):
            if isinstance(event, SentimentRead):
                negative += event.sentiment is Sentiment.NEGATIVE
            if isinstance(event, EmotionRead):
                emotional += any(felt.emotion in NEGATIVE for felt in event.emotions)
    print(
        f"{what}, {len(texts)} neutral: {negative / len(texts):.1%} called negative, "
        f"{emotional / len(texts):.1%} given a negative emotion"
    )


async def main(folder: Path | None) -> None:
    with closing(Stand()) as stand:
        texts = demo_texts()
        for calls in CALLS:
            await measure(stand, texts, calls)
        calm = [text for text in texts if not any(mark in text for mark in FELT)]
        await alarms(stand, "demo calls", calm)
        if folder is not None:
            dev = read_goemotions(folder, split="dev")
            plain = dev.targets[:, dev.labels.index("neutral")] & (dev.targets.sum(axis=1) == 1)
            neutral = [text for text, is_so in zip(dev.texts, plain, strict=True) if is_so]
            await alarms(stand, "GoEmotions", neutral)
            await alarms(stand, "GoEmotions as speech", [speech_like(text) for text in neutral])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
