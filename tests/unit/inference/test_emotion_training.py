"""Training from a folder, small: it learns, tells its progress, and what it writes can be used."""

from pathlib import Path

import numpy as np

from assist_engine.inference.emotion_fitting import EmotionFigures
from assist_engine.inference.emotion_model import EmotionModel
from assist_engine.inference.emotion_training import EmotionPlan, calibrate, train_emotions
from assist_engine.inference.goemotions import LABELS

NAMES = sorted(LABELS)
SAID = {
    "joy": "I love this, what a happy day",
    "anger": "I hate this, it makes me mad",
    "neutral": "The table is made of wood",
}


def write(folder: Path, split: str, count: int) -> None:
    (folder / "labels.txt").write_text("\n".join(NAMES))
    order = np.random.default_rng(7).permutation(count)
    lines = []
    for number in order:
        label = list(SAID)[number % 3]
        lines.append(f"{SAID[label]} number {number // 3}\t{NAMES.index(label)}\tid{number}")
    (folder / f"{split}.tsv").write_text("\n".join(lines) + "\n")


def test_training_learns_and_tells_its_progress(tmp_path: Path) -> None:
    write(tmp_path, "train", 48)
    write(tmp_path, "dev", 24)
    steps: dict[str, tuple[int, int]] = {}
    early: list[tuple[str, EmotionFigures]] = []
    encoder, heads = tmp_path / "e.safetensors", tmp_path / "h.npz"
    figures = train_emotions(
        tmp_path,
        encoder,
        heads,
        plan=EmotionPlan(epochs=2, batch=8, learning_rate=5e-4, teachers=1),
        on_step=lambda what, step, of, loss: steps.update({what: (step, of)}),
        on_figures=lambda what, told: early.append((what, told)),
    )
    assert steps == {"teacher 0": (12, 12), "model": (12, 12)}
    assert [what for what, _ in early] == ["epoch 1", "epoch 2"]
    assert figures.comments == 24
    assert min(figures.label_f1[name] for name in SAID) > 0.8
    model = EmotionModel.load(encoder, heads)
    glad, mad = model.probabilities(["i love this", "i hate this"])
    assert glad[NAMES.index("joy")] > mad[NAMES.index("joy")]
    again = calibrate(tmp_path, encoder)
    assert again.thresholds == model.heads.thresholds or np.allclose(
        list(again.thresholds.values()), list(model.heads.thresholds.values())
    )
