"""How well steps tick themselves: precision and recall on held-out sentences, also misheard.

python -m benchmarks.checklist_ticks [--wrong]: each sentence is judged against every checklist of
the demo organisation that has its step (of none: against all). `--wrong` prints what is judged
wrongly in the half to choose on.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from assist_engine.guidance.checklist_rule import THRESHOLD, SaidSteps
from assist_engine.guidance.playbook import Playbook
from assist_engine.guidance.playbook_reader import read_playbooks
from assist_engine.guidance.rule import Vector
from knowledge_base.embedding import load_embedder
from knowledge_base.recognition_noise import mishear

ROOT: Final = Path(__file__).resolve().parents[1]
HELD_OUT: Final = ROOT / "tests" / "held_out"
DEMO: Final = ROOT / "resources" / "demo" / "playbooks"
WERS: Final = (0.0, 0.1, 0.2, 0.3)


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A step that a sentence may say: whether it does, and how probable the rule thinks it."""

    is_said: bool
    probability: float
    score: float
    margin: float
    step: str
    text: str


def read_sentences(name: str) -> list[tuple[str, str]]:
    """Pairs of a step (`-`: none) and a sentence."""
    lines = (HELD_OUT / f"checklist-{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [(step, text) for step, _, text in (line.partition("\t") for line in lines)]


def demo_playbooks() -> tuple[Playbook, ...]:
    return read_playbooks((p.name, p.read_text(encoding="utf-8")) for p in sorted(DEMO.glob("*")))


class Judge:
    """The rule's own steps with the real embedding model."""

    def __init__(self) -> None:
        self._embedder = load_embedder(threads=1)
        self.playbooks = demo_playbooks()
        self.said = SaidSteps(self.playbooks, embed=self.embed)

    def embed(self, texts: Sequence[str]) -> Vector:
        return np.asarray(self._embedder.encode(list(texts)), np.float32)

    def judge(self, sentences: Sequence[tuple[str, str]]) -> list[Judged]:
        vectors = self.embed([text for _, text in sentences])
        return [
            judged
            for (step, text), vector in zip(sentences, vectors, strict=True)
            for judged in self._of(step, text, vector)
        ]

    def _of(self, said: str, text: str, vector: Vector) -> Iterator[Judged]:
        for playbook in self.playbooks:
            if said != "-" and said not in playbook.checklist:
                continue
            for step in playbook.steps:
                score, margin = self.said.rate(step, vector)
                yield Judged(
                    is_said=step.text == said,
                    probability=self.said.probability(playbook.playbook_id, step, text, vector),
                    score=score,
                    margin=margin,
                    step=step.text,
                    text=text,
                )


def figures(judged: Sequence[Judged], threshold: float = THRESHOLD) -> tuple[float, float, int]:
    """Precision, recall and false ticks."""
    ticked = [one for one in judged if one.probability >= threshold]
    right = sum(one.is_said for one in ticked)
    said = sum(one.is_said for one in judged)
    return right / max(1, len(ticked)), right / max(1, said), len(ticked) - right


def main() -> None:
    judge = Judge()
    dev, report = (read_sentences(name) for name in ("dev", "report"))
    judged = judge.judge(dev)
    for threshold in (0.5, 0.6, 0.7, 0.8, 0.9):
        precision, recall, wrong = figures(judged, threshold)
        print(
            f"dev, from {threshold}: precision {precision:.3f}, recall {recall:.3f}, {wrong} false"
        )
    chance = random.Random(5)
    for wer in WERS:
        heard = [
            (step, mishear(text, wer=wer, chance=chance) if wer else text) for step, text in report
        ]
        precision, recall, wrong = figures(judge.judge(heard))
        told = f"precision {precision:.3f}, recall {recall:.3f}, {wrong} false ticks"
        print(f"report, {wer:.0%} of words misheard, from {THRESHOLD}: {told}")
    if "--wrong" in sys.argv:
        for one in judge.judge(dev):
            if (one.probability >= THRESHOLD) is not one.is_said:
                print(f"{one.probability:.2f}", one.is_said, one.step, "|", one.text)


if __name__ == "__main__":
    main()
