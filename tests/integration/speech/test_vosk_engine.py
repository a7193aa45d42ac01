"""The real recogniser on real recordings: what comes when, and what goes wrong in the field."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assist_engine.audio.pcm import Recording
from assist_engine.audio.resample import resampler
from assist_engine.errors import BadInput
from assist_engine.speech.admission import measure_capacity
from assist_engine.speech.clip import Clip, hear_all, load_clip, split_blocks
from assist_engine.speech.engine import Heard, HeardFinal, HeardPartial
from assist_engine.speech.vosk_engine import VoskEngine, self_test
from assist_engine.speech.word_errors import count_word_errors

pytestmark = pytest.mark.integration
RATE_HZ = 8000


def cut(pcm: bytes, *, from_s: float, to_s: float) -> bytes:
    return pcm[2 * int(from_s * RATE_HZ) : 2 * int(to_s * RATE_HZ)]


def listen(
    engine: VoskEngine, pcm: bytes, *, rate_hz: int = RATE_HZ, start_ms: int = 0
) -> list[Heard]:
    """Everything heard in some audio, as a call hears it."""
    listener = engine.listen(source_rate_hz=rate_hz, start_ms=start_ms)
    heard = [new for block in split_blocks(pcm, rate_hz=rate_hz) for new in listener.hear(block)]
    return heard + list(listener.finish())


def finals(heard: list[Heard]) -> list[HeardFinal]:
    return [new for new in heard if isinstance(new, HeardFinal)]


def test_partials_come_while_people_talk_and_the_final_has_times(
    engine: VoskEngine, call: Recording
) -> None:
    # "yes hello i ordered a coffee maker two weeks ago ..." from 5.34 to 9.69 s
    heard = listen(engine, cut(call.channels[0], from_s=5.0, to_s=12.0), start_ms=5000)
    (final,) = finals(heard)
    assert final.text.startswith("yes hello i ordered a coffee maker two weeks ago")
    assert final.start_ms == pytest.approx(5340, abs=150)
    assert final.end_ms == pytest.approx(9690, abs=250)
    assert [word.text for word in final.words] == final.text.split()
    assert all(0 < word.confidence <= 1 for word in final.words)
    partials = [new for new in heard if isinstance(new, HeardPartial)]
    assert len(partials) > 8
    assert partials[0].heard_ms < 6800
    assert partials[0].start_ms == pytest.approx(final.start_ms, abs=300)
    assert partials[-1].stable.startswith("yes hello i ordered a coffee")


def test_no_last_word_is_lost_when_the_line_goes_dead(engine: VoskEngine, call: Recording) -> None:
    (final,) = finals(listen(engine, cut(call.channels[0], from_s=5.0, to_s=9.69)))
    assert final.text.endswith("arrived")


def test_finish_says_things_once(engine: VoskEngine, call: Recording) -> None:
    listener = engine.listen(source_rate_hz=RATE_HZ, start_ms=0)
    listener.hear(cut(call.channels[0], from_s=5.0, to_s=8.0))
    assert len(finals(list(listener.finish()))) == 1
    assert listener.finish() == []


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
def test_any_rate_is_heard_like_8_khz(engine: VoskEngine, rate_hz: int) -> None:
    clip = load_clip()
    text = hear_all(engine, pcm=clip.at_rate(rate_hz), rate_hz=rate_hz)
    assert count_word_errors(text, said=clip.text).rate < 0.15


def test_block_sizes_change_the_words_little(engine: VoskEngine) -> None:
    clip = load_clip()
    listener = engine.listen(source_rate_hz=RATE_HZ, start_ms=0)
    heard: list[Heard] = []
    for at in range(0, len(clip.pcm), 320):  # 20 ms, as telephony sends
        heard += listener.hear(clip.pcm[at : at + 320])
    heard += listener.finish()
    (final,) = finals(heard)
    assert count_word_errors(final.text, said=clip.text).rate < 0.15


def test_endless_speech_is_cut_and_nothing_is_lost(engine: VoskEngine) -> None:
    clip = load_clip()
    speech = cut(clip.pcm, from_s=0.3, to_s=4.6) + bytes(2 * RATE_HZ // 4)  # pauses of 250 ms
    said = " ".join([clip.text] * 8)
    heard = finals(listen(engine, speech * 8))
    assert len(heard) >= 2
    assert max(final.end_ms - final.start_ms for final in heard) < 21_000
    assert count_word_errors(" ".join(final.text for final in heard), said=said).rate < 0.2
    assert [final.turn for final in heard] == list(range(1, len(heard) + 1))


def hold_music(seconds: int) -> bytes:
    """A plucked melody over and over, of which the model makes "oh oh oh"."""
    notes = [262, 330, 392, 523, 392, 330, 294, 349, 440, 587, 440, 349]
    time = np.arange(RATE_HZ // 4) / RATE_HZ
    melody = [
        sum(2500 / part * np.sin(2 * np.pi * pitch * part * time) for part in (1, 2, 3, 4))
        * np.exp(-12 * time)
        for pitch in notes
    ]
    bars = np.tile(np.concatenate(melody), seconds // 3)
    return bars.clip(-32768, 32767).astype("<i2").tobytes()


def test_hold_music_and_noise_are_not_taken_for_speech(engine: VoskEngine) -> None:
    random = np.random.default_rng(0)
    noise = random.normal(0, 1000, RATE_HZ * 8).astype("<i2").tobytes()
    clicks = np.zeros(RATE_HZ * 8, dtype="<i2")
    clicks[random.integers(0, RATE_HZ * 8, 30)] = 20_000
    for pcm in (hold_music(24), noise, clicks.tobytes()):
        assert finals(listen(engine, pcm)) == []


def test_dead_air_costs_nothing_and_keeps_the_times(engine: VoskEngine) -> None:
    clip = load_clip()
    speech = clip.pcm + bytes(2 * RATE_HZ)
    first, second = finals(listen(engine, speech + bytes(2 * RATE_HZ * 600) + clip.pcm))
    assert second.start_ms - first.start_ms == pytest.approx(len(speech) // 16 + 600_000, abs=100)
    assert second.text == first.text


def test_a_quiet_line_is_spared_and_the_next_words_are_whole(engine: VoskEngine) -> None:
    clip = load_clip()
    hiss = np.random.default_rng(0).normal(0, 20, RATE_HZ * 20).astype("<i2").tobytes()
    speech = clip.pcm + bytes(2 * RATE_HZ)
    listener = engine.listen(source_rate_hz=RATE_HZ, start_ms=0)
    first, second = finals(
        [
            heard
            for block in split_blocks(speech + hiss + clip.pcm, rate_hz=RATE_HZ)
            for heard in listener.hear(block)
        ]
        + list(listener.finish())
    )
    assert second.text == first.text
    assert second.start_ms - first.start_ms == pytest.approx(len(speech) // 16 + 20_000, abs=100)
    assert listener.skipped_ms > 15_000


def test_channels_are_heard_at_once_by_several_threads(engine: VoskEngine, call: Recording) -> None:
    pcm = cut(call.channels[0], from_s=5.0, to_s=12.0)
    alone = [final.text for final in finals(listen(engine, pcm))]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: listen(engine, pcm), range(4)))
    assert all([final.text for final in finals(heard)] == alone for heard in together)


def test_half_a_sample_and_a_wrong_rate_are_refused(engine: VoskEngine) -> None:
    listener = engine.listen(source_rate_hz=RATE_HZ, start_ms=0)
    with pytest.raises(BadInput, match="even number of bytes, got 3"):
        listener.hear(b"abc")
    with pytest.raises(BadInput, match="the channel has 4000 samples in a second"):
        engine.listen(source_rate_hz=4000, start_ms=0)


def test_the_shipped_model_says_what_it_is(engine: VoskEngine) -> None:
    assert (engine.name, engine.is_demo, engine.sample_rate_hz) == ("demo-en-us", True, 8000)


def test_self_test_hears_the_clip_at_8_and_16_khz(engine: VoskEngine) -> None:
    assert set(self_test(engine).heard) == {8000, 16000}


def test_self_test_refuses_an_engine_that_hears_something_else(engine: VoskEngine) -> None:
    clip = load_clip()
    wrong = Clip(
        pcm=clip.pcm, sample_rate_hz=RATE_HZ, text="please leave a message", language="en-US"
    )
    with pytest.raises(BadInput, match="at 8000 Hz the speech model demo-en-us heard"):
        self_test(engine, wrong)


def test_capacity_is_measured(engine: VoskEngine) -> None:
    assert measure_capacity(engine, measure_s=0.3) >= 2


def test_the_resampler_in_front_is_the_one_that_is_tested(engine: VoskEngine) -> None:
    """A 48 kHz tone of 1 kHz reaches the recogniser at its own rate."""
    stream = resampler(from_hz=48_000, to_hz=engine.sample_rate_hz)
    assert len(stream.resample(bytes(96_000)) + stream.finish()) == 16_000


@pytest.mark.parametrize(
    "name",
    ["am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst", "conf/model.conf", "conf/mfcc.conf"],
)
def test_a_model_with_a_missing_file_is_refused_by_the_name_of_the_file(
    model_copy: Path, name: str
) -> None:
    (model_copy / name).unlink()
    with pytest.raises(BadInput) as refused:
        VoskEngine.load(model_copy)
    assert str(refused.value) == f"the speech model in {model_copy} lacks the file {name}"


def test_a_model_that_is_cut_off_or_empty_is_refused(model_copy: Path) -> None:
    cut_off = model_copy / "graph" / "Gr.fst"
    cut_off.write_bytes(cut_off.read_bytes()[:1000])
    with pytest.raises(BadInput, match=r"the file graph/Gr\.fst .* has 1000 bytes instead of"):
        VoskEngine.load(model_copy)
    (model_copy / "conf" / "model.conf").write_bytes(b"")
    with pytest.raises(BadInput, match=r"has an empty file conf/model\.conf"):
        VoskEngine.load(model_copy)


def test_a_model_that_would_end_the_process_ends_only_the_trial(model_copy: Path) -> None:
    """Vosk aborts on this one: an unrecorded folder is therefore tried in another process."""
    (model_copy / "attune-model.json").unlink()
    table = model_copy / "graph" / "disambig_tid.int"
    table.write_bytes(table.read_bytes()[: table.stat().st_size // 2])
    with pytest.raises(BadInput, match="does not load, a file in it is damaged"):
        VoskEngine.load(model_copy)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no speech model at"):
        VoskEngine.load(tmp_path / "nowhere")
