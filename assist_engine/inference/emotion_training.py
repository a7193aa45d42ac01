"""Trains the emotion model on GoEmotions comments: the layers of MiniLM with heads of their own.

Each comment is learned from as written, without capitals and punctuation, and misheard, so that a
recogniser's text is read as well. With teachers, several models are trained first and one pupil
learns from their mean answer and the labels. Word embeddings stay as they are.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from assist_engine.errors import BadInput
from assist_engine.inference.emotion_fitting import (
    EmotionFigures,
    carrying_words,
    fit_heads,
    measure,
    with_groups,
)
from assist_engine.inference.emotion_heads import EmotionHeads, Matrix, sigmoid
from assist_engine.inference.emotion_model import LONGEST, EmotionModel
from assist_engine.inference.goemotions import LabelledTexts, read_goemotions, speech_like
from knowledge_base.embedding import PLAIN_MODEL, load_model
from knowledge_base.encoder_weights import pack
from knowledge_base.recognition_noise import mishear

_FROZEN: Final = "word_embeddings"
_WRONG_WORDS: Final = (0.05, 0.25)
_HEADS_LEARN: Final = 10  # times as fast as the layers
_DROPPED: Final = 0.1
_WINDOW: Final = 32  # batches whose texts are sorted by length
_TAUGHT: Final = 0.7  # how much a pupil believes its teachers, the rest the labels

OnStep = Callable[[str, int, int, float], None]  # what, step, of, loss
OnFigures = Callable[[str, EmotionFigures], None]  # what, figures on half of the development part


class EmotionPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how hard."""

    epochs: int = 4
    batch: int = 64
    learning_rate: float = 1e-4
    spoken: float = 0.3  # share of the comments taken as speech, half of them misheard
    teachers: int = 0
    seed: int = 0


def train_emotions(
    folder: Path,
    encoder: Path,
    heads: Path,
    *,
    plan: EmotionPlan,
    on_step: OnStep,
    on_figures: OnFigures,
) -> EmotionFigures:
    """Train on `train.tsv` on the best processor here, calibrate on `dev.tsv`, write both files."""
    comments = read_goemotions(folder, split="train")
    answers = with_groups(comments.targets, comments.labels).astype(np.float32)
    if plan.teachers:
        answers = _taught(comments, answers, plan, on_step)
    net = _Net(answers.shape[1])
    for epoch in net.epochs(comments.texts, answers, plan, on_step, what="model"):
        pack(net.weights(), encoder)
        on_figures(f"epoch {epoch}", _early(encoder, folder))
    fitted = calibrate(folder, encoder)
    fitted.save(heads)
    dev = read_goemotions(folder, split="dev")
    return measure(fitted, EmotionModel.load(encoder, None).logits(dev.texts), dev.targets)


def calibrate(folder: Path, encoder: Path) -> EmotionHeads:
    """Calibration and thresholds of a trained encoder, from `dev.tsv`; words from `train.tsv`."""
    model = EmotionModel.load(encoder, None)
    train, dev = (read_goemotions(folder, split=split) for split in ("train", "dev"))
    written = model.logits(dev.texts)
    if written.shape[1] != with_groups(dev.targets, dev.labels).shape[1]:
        raise BadInput(f"{encoder} was trained on other labels than those in {folder}")
    return fit_heads(
        written,
        model.logits([speech_like(text) for text in dev.texts]),
        dev.targets,
        dev.labels,
        carrying=carrying_words(train.texts, train.targets, train.labels),
    )


def _early(encoder: Path, folder: Path) -> EmotionFigures:
    """Thresholds from one half of the development part, figures from the other."""
    dev = read_goemotions(folder, split="dev")
    logits = EmotionModel.load(encoder, None).logits(dev.texts)
    fitted = fit_heads(logits[::2], logits[::2], dev.targets[::2], dev.labels, carrying={})
    return measure(fitted, logits[1::2], dev.targets[1::2])


def _taught(comments: LabelledTexts, answers: Matrix, plan: EmotionPlan, on_step: OnStep) -> Matrix:
    """The labels, mixed with what several models trained on them say."""
    said = np.zeros_like(answers)
    for number in range(plan.teachers):
        own = msgspec.structs.replace(plan, seed=plan.seed + 1 + number)
        teacher = _Net(answers.shape[1])
        for _ in teacher.epochs(comments.texts, answers, own, on_step, what=f"teacher {number}"):
            pass
        said += sigmoid(teacher.logits(comments.texts)) / plan.teachers
    return _TAUGHT * said + (1 - _TAUGHT) * answers


class _Net:
    """The encoder and its heads while they learn."""

    def __init__(self, outputs: int) -> None:
        import torch

        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        model = load_model(PLAIN_MODEL, device=self._device)
        self._encoder, self._tokenizer = model[0].auto_model, model.tokenizer
        for name, weight in self._encoder.named_parameters():
            weight.requires_grad_(_FROZEN not in name and "pooler" not in name)
        self._head = torch.nn.Linear(2 * self._encoder.config.hidden_size, outputs)
        self._head.to(self._device)

    def epochs(
        self,
        texts: Sequence[str],
        answers: Matrix,
        plan: EmotionPlan,
        on_step: OnStep,
        *,
        what: str,
    ) -> Iterator[int]:
        """Learn; gives the number of each epoch when it is done. `answers` (n, outputs)."""
        import torch

        torch.manual_seed(plan.seed)
        batches = _Batches(texts, plan)
        layers = [weight for weight in self._encoder.parameters() if weight.requires_grad]
        rates = [plan.learning_rate, plan.learning_rate * _HEADS_LEARN]
        optimizer = torch.optim.AdamW(
            [
                {"params": layers, "lr": rates[0]},
                {"params": self._head.parameters(), "lr": rates[1]},
            ],
            weight_decay=0.01,
        )
        steps = plan.epochs * batches.of_an_epoch
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=rates, total_steps=steps + 1, pct_start=0.1, anneal_strategy="linear"
        )
        step = 0
        for epoch in range(1, plan.epochs + 1):
            self._encoder.train()
            for rows, heard in batches:
                step += 1
                wanted = torch.from_numpy(answers[rows]).to(self._device)
                loss = torch.nn.functional.binary_cross_entropy_with_logits(
                    self._forward(heard, dropped=_DROPPED), wanted
                )
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(layers, 1.0)
                optimizer.step()
                schedule.step()
                on_step(what, step, steps, float(loss.detach()))
            yield epoch

    def logits(self, texts: Sequence[str]) -> Matrix:
        import torch

        self._encoder.eval()
        with torch.inference_mode():
            parts = [
                self._forward(texts[start : start + 256], dropped=0.0).cpu().numpy()
                for start in range(0, len(texts), 256)
            ]
        return np.concatenate(parts)

    def weights(self) -> dict[str, NDArray[np.floating]]:
        """What is trained, by name."""
        own = {
            name: weight.detach().cpu().numpy()
            for name, weight in self._encoder.state_dict().items()
            if weight.dtype.is_floating_point and _FROZEN not in name and "pooler" not in name
        }
        head = self._head.state_dict()
        return own | {f"head.{name}": head[name].cpu().numpy() for name in ("weight", "bias")}

    def _forward(self, texts: Sequence[str], *, dropped: float) -> Any:  # noqa: ANN401
        import torch

        pieces = self._tokenizer(
            [text.lower() for text in texts],
            padding=True,
            truncation=True,
            max_length=LONGEST,
            return_tensors="pt",
        ).to(self._device)
        states = self._encoder(**pieces).last_hidden_state
        mask = pieces["attention_mask"][..., None].to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1)
        features = torch.cat([mean, states[:, 0]], -1)
        return self._head(torch.nn.functional.dropout(features, dropped, training=dropped > 0))


class _Batches:
    """Rows and their texts as written, as speech, or misheard; texts of like length together."""

    def __init__(self, texts: Sequence[str], plan: EmotionPlan) -> None:
        self._chance = random.Random(plan.seed)
        self._texts, self._plan = texts, plan
        self._size = min(plan.batch, len(texts))
        self.of_an_epoch = len(texts) // self._size

    def __iter__(self) -> Iterator[tuple[list[int], list[str]]]:
        order = self._chance.sample(range(len(self._texts)), len(self._texts))
        window = self._size * _WINDOW
        batches = [
            rows[start : start + self._size]
            for at in range(0, len(order), window)
            for rows in [sorted(order[at : at + window], key=lambda row: len(self._texts[row]))]
            for start in range(0, len(rows) - self._size + 1, self._size)
        ]
        self._chance.shuffle(batches)
        for rows in batches:
            yield rows, [self._heard(self._texts[row]) for row in rows]

    def _heard(self, text: str) -> str:
        if self._chance.random() >= self._plan.spoken:
            return text
        wrong = self._chance.choice((0.0, self._chance.uniform(*_WRONG_WORDS)))
        return mishear(text, wer=wrong, chance=self._chance) or text
