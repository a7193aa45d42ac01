"""Reads what a customer feels from their words: a small fine-tuned encoder with heads of its own.

It runs on the thread of the sentence encoder and batches the utterances of all calls likewise.
Only `CustomerWords` go in: of an agent's words nothing can be read here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from safetensors import SafetensorError

from assist_engine.call.customer_words import CustomerWords
from assist_engine.contract.values import EntityType
from assist_engine.errors import BadInput
from assist_engine.inference.emotion_heads import GROUPS, EmotionHeads, Matrix
from assist_engine.inference.encoder import Encoder, EncoderStats, InferenceThread
from assist_engine.settings import RESOURCES
from knowledge_base.encoder_weights import unpack
from knowledge_base.text_encoder import WIDTH, TextEncoder, mean_and_first

SHIPPED_ENCODER: Final = RESOURCES / "models" / "encoders" / "attune-emotions-1.safetensors"
SHIPPED_HEADS: Final = RESOURCES / "models" / "heads" / "emotions.npz"
LONGEST: Final = 96  # word pieces that are read; the rest of an utterance is not

_TYPES: Final = "|".join(kind.value.upper() for kind in EntityType)
_PLACEHOLDER: Final = re.compile(rf"\[({_TYPES})(?::\w+)?\]")


@dataclass(frozen=True, kw_only=True)
class FeelingRead:
    """Calibrated probabilities (0 to 1) of the GoEmotions labels and of their four groups."""

    labels: Mapping[str, float]
    groups: Mapping[str, float]


class EmotionModel:
    """Texts to logits and probabilities; may be used by several threads at once."""

    def __init__(
        self, weights: Mapping[str, Matrix], heads: EmotionHeads | None, *, threads: int
    ) -> None:
        """`weights` as trained, with `head.weight` (outputs, 768) and `head.bias`.

        Without `heads` there are logits only. Raises `KeyError`, `ValueError`.
        """
        layers = dict(weights)
        self._weight, self._bias = layers.pop("head.weight"), layers.pop("head.bias")
        if self._weight.shape != (len(self._bias), 2 * WIDTH):
            raise ValueError(f"head.weight has the shape {self._weight.shape}")
        if heads is not None and heads.outputs != len(self._bias):
            raise ValueError(f"the heads are for {heads.outputs} of {len(self._bias)} outputs")
        self._encoder = TextEncoder(layers, longest=LONGEST, threads=threads)
        self._heads = heads

    @classmethod
    def load(
        cls,
        encoder: Path = SHIPPED_ENCODER,
        heads: Path | None = SHIPPED_HEADS,
        *,
        threads: int = 1,
    ) -> "EmotionModel":
        """Read weights and heads; takes a second. Raises `BadInput` naming the file."""
        known = EmotionHeads.load(heads) if heads is not None else None
        try:
            return cls(unpack(encoder), known, threads=threads)
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            raise BadInput(f"the emotion encoder {encoder} cannot be used: {error}") from error

    @property
    def heads(self) -> EmotionHeads:
        """Names, calibration and thresholds; raises `BadInput` where it has none."""
        if self._heads is None:
            raise BadInput("this emotion model is not calibrated: it has no heads file")
        return self._heads

    def logits(self, texts: Sequence[str]) -> Matrix:
        """(n, outputs): the labels of the heads in order, then the groups."""
        pooled = self._encoder.encode(
            [_readable(text) for text in texts], mean_and_first, width=2 * WIDTH
        )
        logits: Matrix = pooled @ self._weight.T + self._bias
        return logits

    def probabilities(self, texts: Sequence[str]) -> Matrix:
        """(n, outputs), calibrated."""
        return self.heads.probabilities(self.logits(texts))


class FeelingReader:
    """Reads the words of the customers of all calls, each text once."""

    def __init__(self, model: EmotionModel, *, thread: InferenceThread | None = None) -> None:
        """`thread`: that of the sentence encoder, so that the two models take turns."""
        self.heads = model.heads
        self._rows = Encoder(model.probabilities, thread=thread)

    def start(self) -> None:
        """Start the thread unless it runs."""
        self._rows.start()

    def close(self) -> None:
        """Read no more; the thread ends unless others use it."""
        self._rows.close()

    @property
    def stats(self) -> EncoderStats:
        """What this model did so far."""
        return self._rows.stats

    async def read(self, words: CustomerWords) -> FeelingRead:
        """What a customer feels. Raises what the model raises, or `EncoderClosed`."""
        return self._named(await self._rows.encode(words.text))

    def read_blocking(self, words: Sequence[CustomerWords]) -> list[FeelingRead]:
        """The same for a thread that may wait, for many utterances."""
        texts = [one.text for one in words]
        return [self._named(row) for row in self._rows.encode_blocking(texts, at_once=32)]

    def _named(self, row: Matrix) -> FeelingRead:
        count = len(self.heads.labels)
        values = [float(value) for value in row]
        return FeelingRead(
            labels=dict(zip(self.heads.labels, values[:count], strict=True)),
            groups=dict(zip(GROUPS, values[count:], strict=True)),
        )


def _readable(text: str) -> str:
    """Lower case; what was redacted is the plain name of its kind."""
    return _PLACEHOLDER.sub(lambda found: found[1].replace("_", " "), text).lower()
