"""How well the demo organisation's compliance rules hear what was said: precision and recall.

python -m benchmarks.compliance_words: each sentence of the held-out file is held against every
rule, also as recognition would mishear it.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from assist_engine.call.state import Utterance
from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.guidance.compliance import ComplianceDuty, Wording
from assist_engine.guidance.compliance_reader import read_compliance
from assist_engine.guidance.compliance_words import ComplianceWords
from assist_engine.guidance.rule import Vector
from knowledge_base.embedding import load_embedder
from knowledge_base.recognition_noise import mishear

ROOT: Final = Path(__file__).resolve().parents[1]
HELD_OUT: Final = ROOT / "tests" / "held_out"
DEMO: Final = ROOT / "resources" / "demo" / "compliance"
WERS: Final = (0.0, 0.1, 0.2, 0.3)


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over sentence and rule."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was heard that was said."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of what was said that was heard."""
        return self.right / max(1, self.right + self.missed)


def read_sentences(name: str) -> list[tuple[str, str]]:
    """Pairs of a rule (`-`: none) and a sentence."""
    lines = (HELD_OUT / f"compliance-{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [(rule, text) for rule, _, text in (line.partition("\t") for line in lines)]


def demo_duties() -> tuple[ComplianceDuty, ...]:
    """The compliance rules of the demo organisation."""
    files = sorted(DEMO.glob("*.yaml"))
    return read_compliance((path.name, path.read_text(encoding="utf-8")) for path in files)


class Ears:
    """The demo organisation's rules with the real embedding model and behaviours."""

    def __init__(self) -> None:
        self._embedder = load_embedder(threads=1)
        self.duties = demo_duties()
        self.words = ComplianceWords(self.duties, embed=self.embed)

    def embed(self, texts: Sequence[str]) -> Vector:
        """Sentence vectors, a row each."""
        return np.asarray(self._embedder.encode(list(texts)), np.float32)

    def hear(self, text: str, vector: Vector) -> set[str]:
        """The rules whose words a sentence of an agent holds."""
        spoken = self.utterance(text)
        return {
            duty.rule_id
            for duty in self.duties
            if self.words.find(wording_of(duty), spoken, vector) is not None
        }

    def measure(self, sentences: Sequence[tuple[str, str]]) -> Figures:
        """Each sentence against each rule."""
        vectors = self.embed([text for _, text in sentences])
        right = wrong = missed = 0
        for (rule, text), vector in zip(sentences, vectors, strict=True):
            heard = self.hear(text, vector)
            right += rule in heard
            missed += rule != "-" and rule not in heard
            wrong += len(heard - {rule})
        return Figures(right=right, wrong=wrong, missed=missed)

    def ratings(self, sentences: Sequence[tuple[str, str]]) -> Iterator[tuple[bool, float, float]]:
        """Whether said, score and margin, of each sentence and rule that no phrase decides."""
        vectors = self.embed([text for _, text in sentences])
        for (rule, text), vector in zip(sentences, vectors, strict=True):
            for duty in self.duties:
                wording = wording_of(duty)
                if self.words.find(wording, self.utterance(text), None) is None:
                    yield rule == duty.rule_id, *self.words.rate(wording, vector)

    @staticmethod
    def utterance(text: str) -> Utterance:
        """A sentence as an agent's utterance."""
        final = UtteranceFinal(
            utterance_id=UtteranceId("agent-1"),
            participant_id=ParticipantId("agent"),
            text=text,
            start_ms=0,
            end_ms=1000,
        )
        return Utterance(final=final, role=Role.AGENT)


def wording_of(duty: ComplianceDuty) -> Wording:
    """What a rule requires or forbids."""
    wording = duty.requires or duty.forbids
    assert wording is not None
    return wording


def misheard(sentences: Sequence[tuple[str, str]], wer: float) -> list[tuple[str, str]]:
    """The sentences with a share of their words misheard."""
    chance = random.Random(7)
    return [(rule, mishear(text, wer=wer, chance=chance)) for rule, text in sentences]


def main() -> None:
    """Print the figures."""
    ears = Ears()
    for name in ("dev", "report"):
        sentences = read_sentences(name)
        for wer in WERS:
            got = ears.measure(misheard(sentences, wer) if wer else sentences)
            print(
                f"{name:6} {len(sentences)} sentences, {wer:.0%} misheard: "
                f"precision {got.precision:.2f}, recall {got.recall:.2f}"
            )


if __name__ == "__main__":
    main()
