"""What every speech engine keeps to, ours and those of others."""

from collections.abc import Sequence

import pytest

from assist_engine.settings import RESOURCES
from assist_engine.speech.clip import Clip, load_clip, split_blocks
from assist_engine.speech.engine import Heard, HeardFinal, HeardPartial, SpeechEngine
from assist_engine.speech.scripted_engine import ScriptedEngine, ScriptedUtterance
from assist_engine.speech.vosk_engine import VoskEngine

CLIP = load_clip()
SCRIPT = [ScriptedUtterance(text=CLIP.text, start_ms=300, end_ms=4600)]


@pytest.fixture(params=["scripted", "vosk"])
def engine(request: pytest.FixtureRequest) -> SpeechEngine:
    if request.param == "vosk":
        return VoskEngine.load(RESOURCES / "models" / "speech" / "demo-en-us")
    return ScriptedEngine(SCRIPT, SCRIPT)


def listen(engine: SpeechEngine, clip: Clip, *, start_ms: int = 0) -> list[Heard]:
    listener = engine.listen(source_rate_hz=clip.sample_rate_hz, start_ms=start_ms)
    heard: list[Heard] = []
    for block in split_blocks(clip.pcm, rate_hz=clip.sample_rate_hz):
        heard += listener.hear(block)
    heard += listener.finish()
    assert not listener.finish()
    return heard


def partials(heard: Sequence[Heard]) -> list[HeardPartial]:
    return [new for new in heard if isinstance(new, HeardPartial)]


def test_it_says_what_it_is(engine: SpeechEngine) -> None:
    assert engine.name
    assert engine.sample_rate_hz >= 8000
    assert engine.is_demo in (True, False)


def test_partials_lead_to_one_final_of_the_same_turn(engine: SpeechEngine) -> None:
    heard = listen(engine, CLIP)
    final = heard[-1]
    assert isinstance(final, HeardFinal)
    assert final.turn == 1
    assert {new.turn for new in heard} == {1}
    assert final.text == " ".join(word.text for word in final.words)
    assert len(partials(heard)) > 5


def test_stable_words_only_grow_and_time_goes_forward(engine: SpeechEngine) -> None:
    stable = ""
    heard_ms = 0
    for partial in partials(listen(engine, CLIP)):
        assert partial.stable.startswith(stable)
        assert partial.heard_ms > heard_ms
        assert partial.start_ms <= partial.heard_ms
        stable, heard_ms = partial.stable, partial.heard_ms
    assert len(stable.split()) > 8


def test_times_count_from_the_start_of_the_call(engine: SpeechEngine) -> None:
    if isinstance(engine, ScriptedEngine):
        later = ScriptedUtterance(text=CLIP.text, start_ms=60_300, end_ms=64_600)
        engine = ScriptedEngine([later])
    heard = listen(engine, CLIP, start_ms=60_000)
    final = heard[-1]
    assert isinstance(final, HeardFinal)
    assert 60_000 < final.start_ms < final.end_ms <= 65_200
    assert all(60_000 < word.start_ms < word.end_ms <= 65_200 for word in final.words)
    assert all(new.start_ms >= 60_000 for new in heard)


def test_silence_says_nothing(engine: SpeechEngine) -> None:
    # The script begins at 300 ms of the call: here the call has long gone on.
    listener = engine.listen(source_rate_hz=8000, start_ms=60_000)
    assert not [new for _ in range(30) for new in listener.hear(bytes(1600))]
    assert not listener.finish()
