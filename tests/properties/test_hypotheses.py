"""However a recogniser changes its mind: stable words only grow, and every turn ends once."""

from hypothesis import given
from hypothesis import strategies as st

from assist_engine.contract.values import Word
from assist_engine.speech.engine import Heard, HeardFinal, HeardPartial
from assist_engine.speech.hypotheses import Hypotheses

texts = st.lists(st.sampled_from(["i", "lost", "my", "card", "the", "order", "yes"]), max_size=6)
steps = st.lists(
    st.tuples(st.sampled_from(["partial", "partial", "partial", "final"]), texts), max_size=60
)


def run(script: list[tuple[str, list[str]]]) -> list[Heard]:
    """Feed 100 ms steps; words last 200 ms and end where the step is."""
    hypotheses, heard = Hypotheses(), list[Heard]()
    began_ms = 0
    for number, (kind, words) in enumerate(script, start=1):
        now_ms = number * 100
        if kind == "partial":
            heard += hypotheses.partial(
                " ".join(words), heard_ms=now_ms, voice_from_ms=max(0, now_ms - 300)
            )
            continue
        each_ms = (now_ms - began_ms) // max(1, len(words))
        heard += hypotheses.final(
            [
                Word(word, began_ms + at * each_ms, began_ms + (at + 1) * each_ms, 0.9)
                for at, word in enumerate(words)
            ],
            heard_ms=now_ms,
        )
        began_ms = now_ms
    return heard + hypotheses.final([], heard_ms=(len(script) + 1) * 100)


@given(steps)
def test_stable_words_only_grow_within_a_turn(script: list[tuple[str, list[str]]]) -> None:
    stable: dict[int, list[str]] = {}
    for heard in run(script):
        if isinstance(heard, HeardPartial) and (heard.stable or heard.tail):
            before, now = stable.get(heard.turn, []), heard.stable.split()
            assert now[: len(before)] == before
            stable[heard.turn] = now


@given(steps)
def test_every_turn_that_was_shown_ends_exactly_once(
    script: list[tuple[str, list[str]]],
) -> None:
    ended: set[int] = set()
    shown: set[int] = set()
    for heard in run(script):
        assert heard.turn not in ended
        shown.add(heard.turn)
        came_to_nothing = isinstance(heard, HeardPartial) and not (heard.stable or heard.tail)
        if isinstance(heard, HeardFinal) or came_to_nothing:
            ended.add(heard.turn)
    assert ended == shown == set(range(1, len(shown) + 1))


@given(steps)
def test_times_go_forward(script: list[tuple[str, list[str]]]) -> None:
    finals = [heard for heard in run(script) if isinstance(heard, HeardFinal)]
    for final in finals:
        assert final.start_ms <= final.end_ms
    assert [final.start_ms for final in finals] == sorted(final.start_ms for final in finals)


@given(steps)
def test_stable_words_are_never_lost_without_a_final(
    script: list[tuple[str, list[str]]],
) -> None:
    """When the recogniser's final is empty, what had settled becomes the final."""
    without_words = [(kind, words if kind == "partial" else []) for kind, words in script]
    stable = ""
    for heard in run(without_words):
        if isinstance(heard, HeardFinal):
            assert heard.is_promoted
            assert heard.text.startswith(stable)
            stable = ""
        elif heard.stable or heard.tail:
            stable = heard.stable
        else:
            assert not stable
