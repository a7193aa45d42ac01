"""Word errors on a shipped call, beside bare Vosk in the same run."""

import json
import wave
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from assist_engine.cli.evaluate_speech import evaluate_speech
from assist_engine.errors import BadInput
from assist_engine.settings import RESOURCES
from assist_engine.speech.evaluation import evaluate
from assist_engine.speech.recording import read_script, read_wav
from assist_engine.speech.vosk_engine import VoskEngine

pytestmark = pytest.mark.integration
CALLS = RESOURCES / "demo" / "calls"
CALL = "call-b-card-lost-abroad"
SECONDS = 20


@pytest.fixture
def one_call(tmp_path: Path) -> Path:
    """The first 20 seconds of a shipped call, to save time; it ends between two turns."""
    script = json.loads((CALLS / f"{CALL}.json").read_text())
    script["turns"] = [turn for turn in script["turns"] if turn["end"] < SECONDS]
    (tmp_path / f"{CALL}.json").write_text(json.dumps(script))
    with wave.open(str(CALLS / f"{CALL}.wav")) as whole:
        frames = whole.readframes(SECONDS * whole.getframerate())
        with wave.open(str(tmp_path / f"{CALL}.wav"), "wb") as start:
            start.setparams(whole.getparams())
            start.writeframes(frames)
    return tmp_path


def test_words_are_heard_as_well_as_by_bare_vosk_at_its_price(one_call: Path) -> None:
    app = typer.Typer()
    app.command()(evaluate_speech)
    result = CliRunner().invoke(app, [str(one_call), "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert [channel["speaker"] for channel in report["channels"]] == ["customer", "agent"]
    total = report["total"]
    assert total["words"] > 40
    assert total["word_error_rate"] <= 0.08
    assert total["word_error_rate"] <= total["bare_word_error_rate"]
    # 1.00 to 1.02 on a quiet machine; the room is for a busy one.
    assert total["cpu_ratio"] < 1.10


def test_a_folder_without_calls_is_refused(tmp_path: Path, engine: VoskEngine) -> None:
    with pytest.raises(BadInput, match=r"holds no NAME\.wav with its script"):
        evaluate(tmp_path, engine=engine)
    with pytest.raises(BadInput, match="is not a folder"):
        evaluate(tmp_path / "nowhere", engine=engine)


def test_a_broken_recording_or_script_is_named(one_call: Path, engine: VoskEngine) -> None:
    (one_call / f"{CALL}.json").write_text('{"turns": 3}')
    with pytest.raises(BadInput, match=f"{CALL}.json is not the script of a call"):
        evaluate(one_call, engine=engine)
    (one_call / f"{CALL}.wav").write_bytes(b"RIFF")
    with pytest.raises(BadInput, match=f"{CALL}.wav is not a WAV file"):
        read_wav(one_call / f"{CALL}.wav")
    with pytest.raises(BadInput, match=r"cannot read .*: No such file"):
        read_script(one_call / "none.json")
    with pytest.raises(BadInput, match=r"cannot read .*: No such file"):
        read_wav(one_call / "none.wav")
