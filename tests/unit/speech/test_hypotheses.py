"""What Vosk does in the field, one by one."""

import pytest

from assist_engine.contract.values import Word
from assist_engine.speech.engine import HeardFinal, HeardPartial
from assist_engine.speech.hypotheses import Hypotheses, is_noise


def spoken(
    text: str, *, from_ms: int = 0, each_ms: int = 250, confidence: float = 1.0
) -> list[Word]:
    return [
        Word(word, from_ms + at * each_ms, from_ms + (at + 1) * each_ms, confidence)
        for at, word in enumerate(text.split())
    ]


def show(hypotheses: Hypotheses, *partials: str, from_ms: int = 0) -> list[tuple[str, str]]:
    """Feed partials 100 ms apart; what was shown."""
    shown: list[tuple[str, str]] = []
    for number, text in enumerate(partials, start=1):
        for heard in hypotheses.partial(
            text, heard_ms=from_ms + number * 100, voice_from_ms=from_ms
        ):
            assert isinstance(heard, HeardPartial)
            shown.append((heard.stable, heard.tail))
    return shown


def test_a_word_settles_when_it_lasts_and_others_follow() -> None:
    assert show(
        Hypotheses(), "i", "i lost", "i lost a", "i lost my", "i lost my card", "i lost my card"
    ) == [
        ("", "i"),
        ("", "i lost"),
        ("i", "lost a"),
        ("i lost", "my"),
        ("i lost", "my card"),
        ("i lost my", "card"),
    ]


def test_the_last_word_settles_after_a_pause() -> None:
    shown = show(Hypotheses(), *["cancel my"], *["cancel my service"] * 6)
    assert shown[-1] == ("cancel my service", "")


def test_a_lone_word_never_settles_by_itself() -> None:
    assert show(Hypotheses(), *["yes"] * 20) == [("", "yes")]


def test_nothing_new_is_not_repeated() -> None:
    assert len(show(Hypotheses(), *["good morning"] * 30)) == 3


def test_an_empty_final_after_good_partials_promotes_what_had_settled() -> None:
    hypotheses = Hypotheses()
    show(hypotheses, *["i want to cancel"] * 8, "i want to cancel it")
    (final,) = hypotheses.final([], heard_ms=1000)
    assert final == HeardFinal(
        turn=1, text="i want to cancel", words=(), start_ms=0, end_ms=900, is_promoted=True
    )


def test_an_empty_final_after_nothing_is_nothing() -> None:
    assert Hypotheses().final([], heard_ms=5000) == []


def test_a_turn_that_came_to_nothing_is_taken_back_and_closed() -> None:
    hypotheses = Hypotheses()
    show(hypotheses, "the")
    (ending,) = hypotheses.final([], heard_ms=1000)
    assert isinstance(ending, HeardPartial)
    assert (ending.turn, ending.stable, ending.tail) == (1, "", "")
    (second,) = hypotheses.partial("hello", heard_ms=2000, voice_from_ms=1800)
    assert (second.turn, second.start_ms) == (2, 1800)


def test_a_partial_that_goes_empty_takes_nothing_back() -> None:
    hypotheses = Hypotheses()
    assert show(hypotheses, *["where is my order"] * 6, "")[-1] == ("where is my order", "")
    assert hypotheses.is_open


def test_a_turn_does_not_begin_before_the_last_one_ended() -> None:
    hypotheses = Hypotheses()
    hypotheses.final(spoken("good morning", from_ms=1000), heard_ms=2000)
    (heard,) = hypotheses.partial("i", heard_ms=2300, voice_from_ms=900)
    assert heard.start_ms == 1500


def test_endless_speech_is_cut_at_a_pause_and_at_last_anywhere() -> None:
    hypotheses = Hypotheses()
    show(hypotheses, "and then", from_ms=1000)
    assert not hypotheses.is_overdue(heard_ms=15_900, silent_ms=900)
    assert not hypotheses.is_overdue(heard_ms=16_000, silent_ms=100)
    assert hypotheses.is_overdue(heard_ms=16_000, silent_ms=200)
    assert hypotheses.is_overdue(heard_ms=26_000, silent_ms=0)


def test_nothing_said_is_never_overdue() -> None:
    assert not Hypotheses().is_overdue(heard_ms=600_000, silent_ms=600_000)


@pytest.mark.parametrize("text", ["yes", "no", "okay", "i do", "b k seven", "it is", "oh no"])
def test_short_answers_are_speech(text: str) -> None:
    assert not is_noise(spoken(text))


@pytest.mark.parametrize(
    "words",
    [
        [Word("m", 14_070, 14_130, 0.9)],  # a drum
        [Word("huh", 100, 400, 1.0)],
        [Word("the", 100, 400, 1.0)],  # breath
        [Word("no", 100, 300, 0.5)],
        # What the demo model hears in a plucked melody, and in drums.
        [Word("oh", 1260, 1390, 0.69), Word("oh", 1970, 2090, 0.87), Word("oh", 3770, 3890, 0.89)],
        [Word("a", 7770, 7800, 0.62), Word("t", 8760, 8820, 0.54), Word("m", 9750, 9810, 0.59)],
    ],
)
def test_scraps_heard_in_noise_are_dropped(words: list[Word]) -> None:
    assert is_noise(words)
    assert Hypotheses().final(words, heard_ms=30_000) == []
