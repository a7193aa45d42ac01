"""Intents on BANKING77 and CLINC150 beside logistic regression on the plain encoder, in one run.

`python -m benchmarks.understanding_intents DATA_FOLDER --cache DIR [--sample 500]`; the folder
holds `banking77/train.csv` and `clinc150/{train,val,oos_train,oos_val}.csv`. Of BANKING77 every
fifth row of an intent is held out. The plain encoder never saw a label of these files; ours was
trained with those of BANKING77's train.csv and of CLINC150's train and val, so its figures on
them are above what new sentences will give. They are printed for the change with word errors.
"""

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray

from assist_engine.session.intent_folder import read_examples
from assist_engine.understanding.intent import IntentExample, reader_of
from assist_engine.understanding.intent_figures import IntentFigures, calibration_error, measure
from assist_engine.understanding.intent_reader import Matrix
from knowledge_base.embedding import DEFAULT_MODEL, PLAIN_MODEL, load_embedder
from knowledge_base.recognition_noise import mishear

WERS: Final = (0.0, 0.1, 0.2, 0.3)
FEW: Final = 10
DRAWS: Final = 5
BATCH: Final = 256

Examples = tuple[IntentExample, ...]


class Task(NamedTuple):
    """Examples to train on and to be asked."""

    name: str
    train: Examples
    asked: Examples


class CachedEncoder:
    """Vectors by text, kept in a folder: embedding takes minutes here."""

    def __init__(self, model: str, folder: Path) -> None:
        self.name, self._folder = model, folder
        self._embedder = load_embedder(model)

    def __call__(self, texts: Sequence[str]) -> Matrix:
        key = hashlib.sha256("\0".join((self.name, *texts)).encode()).hexdigest()[:24]
        path = self._folder / f"{key}.npy"
        if path.exists():
            kept: Matrix = np.load(path, allow_pickle=False)
            return kept
        vectors = np.concatenate(
            [self._embedder.encode(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        np.save(path, vectors)
        return vectors


def main(
    data: Annotated[Path, typer.Argument(help="Folder with banking77 and clinc150.")],
    cache: Annotated[Path, typer.Option(help="Folder for vectors, to be made once.")],
    sample: Annotated[int, typer.Option(help="Sentences asked with word errors.")] = 500,
) -> None:
    """Print the figures."""
    tasks = [*banking(data / "banking77"), clinc(data / "clinc150")]
    encoders = [CachedEncoder(PLAIN_MODEL, cache), CachedEncoder(DEFAULT_MODEL, cache)]
    for task in tasks:
        print(f"\n{task.name}: {len(task.train)} examples, {len(task.asked)} asked")
        print(f"{'':46}{'in scope':>9}{'accepted':>9}{'refused':>9}{'AUROC':>8}{'ECE':>7}")
        for encode in encoders:
            peer(task, encode)
            ours(task, encode)
    for task in (tasks[0], tasks[-1]):
        noisy(task, encoders, sample)


def banking(folder: Path) -> list[Task]:
    """All but every fifth row of an intent; draws of ten of those."""
    seen: dict[str, int] = {}
    train: list[IntentExample] = []
    held: list[IntentExample] = []
    for example in read_examples([folder / "train.csv"]):
        seen[example.intent] = seen.get(example.intent, 0) + 1
        (held if seen[example.intent] % 5 == 0 else train).append(example)
    tasks = [Task("BANKING77", tuple(train), tuple(held))]
    for draw in range(DRAWS):
        shuffled = random.Random(draw).sample(train, len(train))
        few = [
            example
            for name in sorted(seen)
            for example in [one for one in shuffled if one.intent == name][:FEW]
        ]
        tasks.append(Task(f"BANKING77, {FEW} an intent, draw {draw + 1}", tuple(few), tuple(held)))
    return tasks


def clinc(folder: Path) -> Task:
    train, asked = (
        read_examples([folder / f"{part}.csv", folder / f"oos_{part}.csv"])
        for part in ("train", "val")
    )
    return Task("CLINC150", train, asked)


def ours(task: Task, encode: CachedEncoder) -> None:
    reader = reader_of(task.train, encode([one.text for one in task.train]))
    asked = encode([one.text for one in task.asked])
    line(f"kernel ridge, {encode.name}", measure(reader, asked, labels(task.asked)))


def line(name: str, figures: IntentFigures) -> None:
    numbers = (
        figures.in_scope_accuracy,
        figures.in_scope_accuracy_at_threshold,
        figures.oos_recall,
        figures.oos_auroc,
        figures.ece,
    )
    print(f"{name:46}" + "".join("        –" if n is None else f"{n:9.3f}" for n in numbers))


def peer(task: Task, encode: CachedEncoder) -> None:
    """Logistic regression; its highest probability tells in from out of scope."""
    best, highest, names = logistic_regression(task, encode)
    wanted = np.array(labels(task.asked))
    inside = wanted != ""
    is_right = np.array(names)[best] == wanted
    auroc = "        –"
    if not inside.all():
        from sklearn.metrics import roc_auc_score

        auroc = f"{roc_auc_score(inside, highest):9.3f}"
    ece = calibration_error(highest, is_right)
    name = f"logistic regression, {encode.name}"
    print(f"{name:46}{is_right[inside].mean():9.3f}{'–':>9}{'–':>9}{auroc}{ece:9.3f}")


def logistic_regression(
    task: Task, encode: CachedEncoder, asked: Sequence[str] = ()
) -> tuple[NDArray[np.intp], Matrix, list[str]]:
    from sklearn.linear_model import LogisticRegression

    inside = [one for one in task.train if one.intent]
    rows = dict(
        zip((one.text for one in task.train), encode([o.text for o in task.train]), strict=True)
    )
    model = LogisticRegression(C=10, max_iter=200, tol=1e-3)
    model.fit(np.stack([rows[one.text] for one in inside]), labels(inside))
    likely = model.predict_proba(encode(list(asked) or [one.text for one in task.asked]))
    return likely.argmax(axis=1), likely.max(axis=1), [str(name) for name in model.classes_]


def noisy(task: Task, encoders: Sequence[CachedEncoder], sample: int) -> None:
    """Share of in-scope sentences whose likeliest intent is right when words are misheard."""
    inside = [one for one in task.asked if one.intent]
    some = random.Random(0).sample(inside, min(sample, len(inside)))
    print(
        f"\n{task.name}, {len(some)} sentences, words wrong:" + "".join(f"{w:>8.0%}" for w in WERS)
    )
    heard = [
        [mishear(one.text, wer=wer, chance=random.Random(place)) for place, one in enumerate(some)]
        for wer in WERS
    ]
    wanted = np.array(labels(some))
    for encode in encoders:
        reader = reader_of(task.train, encode([one.text for one in task.train]))
        names = np.array([intent.id for intent in reader.intents])
        ridge, regression = [], []
        for texts in heard:
            likely, _ = reader.probabilities(encode(texts))
            ridge.append((names[likely.argmax(axis=1)] == wanted).mean())
            best, _, known = logistic_regression(task, encode, texts)
            regression.append((np.array(known)[best] == wanted).mean())
        for name, shares in (("logistic regression", regression), ("kernel ridge", ridge)):
            print(f"{f'{name}, {encode.name}':46}" + "".join(f"{share:8.3f}" for share in shares))


def labels(examples: Sequence[IntentExample]) -> list[str]:
    return [example.intent for example in examples]


if __name__ == "__main__":
    typer.run(main)
