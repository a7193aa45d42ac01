"""Trains the retrieval encoder: texts that mean the same lie near, also when they are misheard.

Two aims at once. Labelled questions of one intent are drawn together and apart from the others
(supervised contrastive loss, Khosla et al. 2020). And every text, as written or misheard, keeps to
the vector that the plain model gives it as written, so that what the plain model knows of other
subjects is not lost. Word embeddings stay as they are.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from knowledge_base.embedding import PLAIN_MODEL, load_model
from knowledge_base.encoder_weights import pack
from knowledge_base.errors import SourceError
from knowledge_base.recognition_noise import mishear

OUT_OF_SCOPE: Final = "oos"  # a label that is no intent
_FROZEN: Final = "word_embeddings"
_HEARINGS: Final = 6  # misheard copies of each text
_WRONG_WORDS: Final = (0.05, 0.4)
_AS_WRITTEN: Final = 0.35  # share of the texts in a batch
_INTENTS_AT_ONCE: Final = 96
_OF_AN_INTENT: Final = 3
_TEMPERATURE: Final = 0.07
_LONGEST: Final = 96  # word pieces
_JOINED: Final = (2, 6)  # texts that make a long one
_MOST_JOINED: Final = 12_000

OnStep = Callable[[int, int, float], None]  # step, of, loss


class TrainingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how hard; the defaults made the shipped weights."""

    epochs: int = 12
    batch: int = 512
    learning_rate: float = 3e-4
    contrast: float = 0.1  # weight of the first aim
    keeping: float = 4.0  # weight of the second
    seed: int = 0


class TrainingTexts(msgspec.Struct, frozen=True):
    """Texts and the intent of each; empty: none is known."""

    texts: list[str]
    intents: list[str]


def read_training(labelled: Sequence[Path], plain: Sequence[Path]) -> TrainingTexts:
    """Read CSV files with the columns text and label (or category), and files of a text a line.

    A label counts in its own file only. Of a plain file only what stands before the first tab
    counts. Raises `SourceError`.
    """
    texts: list[str] = []
    intents: list[str] = []
    for path in labelled:
        for number, row in enumerate(_rows(path), start=2):
            text, label = row.get("text"), row.get("label") or row.get("category")
            if not text or not label:
                reason = "needs the columns text and label (or category)"
                raise SourceError(source=str(path), line=number, reason=reason)
            texts.append(text.strip())
            intents.append("" if label == OUT_OF_SCOPE else f"{path.stem}/{label}")
    for path in plain:
        lines = (line.partition("\t")[0].strip() for line in _lines(path))
        said = [line for line in lines if line]
        texts += said
        intents += [""] * len(said)
    return TrainingTexts(texts, intents)


def with_long_texts(training: TrainingTexts, *, seed: int) -> TrainingTexts:
    """Adds texts of several sentences: articles are longer than what people ask."""
    chance = random.Random(seed)
    count = min(_MOST_JOINED, len(training.texts) // 4)
    joined = [
        ". ".join(chance.sample(training.texts, chance.randint(*_JOINED)))
        for _ in range(count if len(training.texts) >= _JOINED[1] else 0)
    ]
    return TrainingTexts(training.texts + joined, training.intents + [""] * len(joined))


def train_encoder(
    training: TrainingTexts, out: Path, *, plan: TrainingPlan, on_step: OnStep
) -> None:
    """Train on the best processor of this machine and write the weights."""
    import torch

    torch.manual_seed(plan.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = load_model(PLAIN_MODEL, device=device)
    encoder = model[0].auto_model
    for name, weight in encoder.named_parameters():
        weight.requires_grad_(_FROZEN not in name)
    training = with_long_texts(training, seed=plan.seed)
    teacher = torch.from_numpy(_vectors(model, training.texts)).to(device)
    batches = _Batches(training, plan)
    trained = [weight for weight in encoder.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=plan.learning_rate, weight_decay=0.01)
    steps = plan.epochs * batches.of_an_epoch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=plan.learning_rate, total_steps=steps + 1, pct_start=0.1
    )
    model.train()
    for step, (at, texts, pairs, intents) in enumerate(batches, start=1):
        kept = 1 - (_embed(model, texts) * teacher[at]).sum(1)
        loss = plan.keeping * kept.mean()
        if intents:
            loss = loss + plan.contrast * _contrast(_embed(model, pairs), intents)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        on_step(step, steps, float(loss.detach()))
    pack(
        {
            name: weight.detach().cpu().numpy()
            for name, weight in encoder.state_dict().items()
            if weight.dtype.is_floating_point and _FROZEN not in name and "pooler" not in name
        },
        out,
    )


class _Batches:
    """Batches: rows and their texts as heard; texts of several intents, and which each is of."""

    def __init__(self, training: TrainingTexts, plan: TrainingPlan) -> None:
        self._plan = plan
        self._chance = random.Random(plan.seed)
        self._texts = training.texts
        self._size = min(plan.batch, len(training.texts))
        self.of_an_epoch = len(training.texts) // max(1, self._size)
        self._heard = [[self._mishear(text) for text in self._texts] for _ in range(_HEARINGS)]
        self._of_intent: defaultdict[str, list[int]] = defaultdict(list)
        for row, intent in enumerate(training.intents):
            if intent:
                self._of_intent[intent].append(row)

    def __iter__(self) -> Iterator[tuple[list[int], list[str], list[str], list[str]]]:
        for _ in range(self._plan.epochs):
            order = self._chance.sample(range(len(self._texts)), len(self._texts))
            for start in range(0, self.of_an_epoch * self._size, self._size):
                rows = order[start : start + self._size]
                pairs, intents = self._pairs()
                yield rows, [self._as_heard(row) for row in rows], pairs, intents

    def _pairs(self) -> tuple[list[str], list[str]]:
        several = [name for name, rows in self._of_intent.items() if len(rows) > 1]
        chosen = self._chance.sample(several, min(len(several), _INTENTS_AT_ONCE))
        texts: list[str] = []
        intents: list[str] = []
        for name in chosen:
            rows = self._of_intent[name]
            taken = self._chance.sample(rows, min(len(rows), _OF_AN_INTENT))
            texts += [self._as_heard(row) for row in taken]
            intents += [name] * len(taken)
        return texts, intents

    def _as_heard(self, row: int) -> str:
        if self._chance.random() < _AS_WRITTEN:
            return self._texts[row]
        return self._heard[self._chance.randrange(_HEARINGS)][row]

    def _mishear(self, text: str) -> str:
        wer = self._chance.uniform(*_WRONG_WORDS)
        return mishear(text, wer=wer, chance=self._chance) or text.lower()


def _contrast(vectors: Any, intents: Sequence[str]) -> Any:  # noqa: ANN401 - torch comes late
    """Supervised contrastive loss of L2-normalised vectors, shape (n, dimension)."""
    import torch

    numbers = torch.tensor(np.unique(intents, return_inverse=True)[1], device=vectors.device)
    itself = torch.eye(len(intents), dtype=torch.bool, device=vectors.device)
    is_same = (numbers[:, None] == numbers[None]) & ~itself
    likeness = (vectors @ vectors.T / _TEMPERATURE).masked_fill(itself, -1e9)
    logs = likeness - torch.logsumexp(likeness, 1, keepdim=True)
    return -((logs * is_same).sum(1) / is_same.sum(1).clamp(min=1)).mean()


def _embed(model: Any, texts: Sequence[str]) -> Any:  # noqa: ANN401 - torch comes late
    """Vectors with their gradients."""
    import torch

    features = model.tokenizer(
        list(texts), padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt"
    ).to(model.device)
    return torch.nn.functional.normalize(model(dict(features))["sentence_embedding"], dim=-1)


def _vectors(model: Any, texts: Sequence[str]) -> Any:  # noqa: ANN401 - torch comes late
    return model.encode(list(texts), batch_size=256, normalize_embeddings=True)


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(_lines(path)))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(source=str(path), line=1, reason=f"cannot be read: {error}") from error
