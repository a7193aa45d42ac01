"""How well behaviours of agents are found: by patterns, by examples and by both.

python -m benchmarks.behaviours: sentences written for it, one half to choose on (`dev`), one to
report.
"""

from collections.abc import Sequence
from typing import Final

from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.understanding.behaviour_examples import THRESHOLD
from assist_engine.understanding.behaviours import behaviour_exemplars, find_behaviours
from benchmarks.drivers import held_out
from knowledge_base.embedding import load_embedder

WAYS: Final = ("patterns", "examples", "both")


def main() -> None:
    embed = load_embedder(threads=1).encode
    exemplars = behaviour_exemplars(lambda texts: embed(list(texts)))
    for half in ("dev", "report"):
        said = held_out(f"behaviours-{half}.tsv")
        vectors = embed([text for _, text in said])
        found = []
        for (_, text), vector in zip(said, vectors, strict=True):
            words = {behaviour.name for behaviour, _ in find_behaviours(final_of(text))}
            match = exemplars.nearest(vector)
            meant = {match.label} if match.probability >= THRESHOLD else set()
            found.append((words, meant, words | meant))
        show(half, [label for label, _ in said], found)


def final_of(text: str) -> UtteranceFinal:
    return UtteranceFinal(
        utterance_id=UtteranceId("u"),
        participant_id=ParticipantId("agent"),
        text=text,
        start_ms=0,
        end_ms=1,
    )


def show(half: str, labels: list[str], found: Sequence[tuple[set[str], ...]]) -> None:
    wanted = sum(bool(label) for label in labels)
    print(f"\n{half}: {len(labels)} sentences, {wanted} with one")
    print(f"{'':10}{'precision':>10}{'recall':>8}{'false alarms':>14}")
    for at, way in enumerate(WAYS):
        pairs = [(label, one[at]) for label, one in zip(labels, found, strict=True)]
        right = sum(label in names for label, names in pairs)
        claimed = sum(len(names) for _, names in pairs)
        alarms = sum(bool(names) for label, names in pairs if not label)
        print(f"{way:10}{right / max(1, claimed):10.3f}{right / wanted:8.3f}{alarms:>14}")


if __name__ == "__main__":
    main()
