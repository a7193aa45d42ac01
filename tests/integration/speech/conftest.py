"""The shipped speech model, loaded once, and the demo calls."""

import shutil
from pathlib import Path

import pytest

from assist_engine.audio.pcm import Recording
from assist_engine.settings import RESOURCES
from assist_engine.speech.recording import read_wav
from assist_engine.speech.vosk_engine import VoskEngine

DEMO_MODEL = RESOURCES / "models" / "speech" / "demo-en-us"


@pytest.fixture(scope="session")
def engine() -> VoskEngine:
    return VoskEngine.load(DEMO_MODEL)


@pytest.fixture(scope="session")
def call() -> Recording:
    """Left the customer, right the agent; 8 kHz."""
    return read_wav(RESOURCES / "demo" / "calls" / "call-a-order-not-delivered.wav")


@pytest.fixture
def model_copy(tmp_path: Path) -> Path:
    """The demo model as a folder that may be broken."""
    copy = tmp_path / "demo-en-us"
    shutil.copytree(DEMO_MODEL, copy)
    return copy
