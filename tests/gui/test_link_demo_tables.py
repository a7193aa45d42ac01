"""What the demo prints, of a golden call; crashes and pictures."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from rich.console import Console

from agent_desktop.capture import save_picture
from agent_desktop.demo.album import Album
from agent_desktop.demo.lateness import lateness_ms, lateness_words, words_end_ms
from agent_desktop.demo.narrator import Narrator
from agent_desktop.demo.report import print_cards, print_expected, print_latency
from agent_desktop.sound.demo_call import Expected
from agent_desktop.view_models.call_model import CallModel
from assist_engine.call.fold import fold
from assist_engine.call.latency import LatencyMeter
from assist_engine.call.state import CallState
from assist_engine.contract.answers import EngineStatus
from assist_engine.contract.events import Recorded
from assist_engine.contract.wire import decode_recorded

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "calls" / "parcel-missing" / "events.jsonl"

pytestmark = pytest.mark.gui


def golden() -> tuple[list[Recorded], CallState]:
    recorded = [decode_recorded(line) for line in GOLDEN.read_text().splitlines()]
    return recorded, fold(recorded, CallState(call_id=recorded[0].call_id))


def paper() -> Console:
    return Console(file=io.StringIO(), width=200)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_narrator_tells_each_kind_worth_a_line_once() -> None:
    recorded, state = golden()
    console = paper()
    narrator = Narrator(console)
    status = EngineStatus(is_ready=False, stage="loading [models]")
    narrator.tell([status, status], state=None)
    narrator.tell(recorded, state=state)
    text = printed(console)
    assert text.count("engine: loading [models]") == 1
    for told in ("Maria Lopez", "customer", "agent", "wrap-up", "call released"):
        assert told in text
    for utterance in state.utterances:
        assert utterance.final.text in text
    for card in state.cards:
        assert card.suggestion.title in text


def test_a_card_is_late_or_early_by_the_customers_last_word() -> None:
    _, state = golden()
    card = state.cards[0]
    end_ms = words_end_ms(card.suggestion, state)
    assert lateness_ms(card, state) == card.made_ms - (card.asked_ms if end_ms is None else end_ms)
    assert words_end_ms(card.suggestion, CallState(call_id=state.call_id)) is None
    assert lateness_words(-640) == "0.6 s before the customer stopped"
    assert lateness_words(1_250) == "1.2 s after the customer stopped"


def test_the_tables_hold_cards_expectations_and_percentiles() -> None:
    recorded, state = golden()
    meter = LatencyMeter()
    for item in recorded:
        meter.observe(item)
    card = state.cards[0]
    key = card.suggestion.playbook_id or (
        card.suggestion.article.article_id if card.suggestion.article else ""
    )
    expected = [
        Expected(kind=card.suggestion.kind, ids=(key,), asked_start=0, asked_end=3_600),
        Expected(kind="article", ids=("nothing-of-the-kind",), asked_start=1, asked_end=2),
    ]
    console = paper()
    print_cards(console, state)
    print_expected(console, expected, state)
    print_latency(console, meter.rows())
    text = printed(console)
    assert card.suggestion.title in text
    assert "in time" in text
    (missing,) = [line for line in text.splitlines() if "nothing-of-the-kind" in line]
    assert missing.strip("│ ").split()[-1] == "no"
    assert all(f" {row.p50_ms} │" in text for row in meter.rows())


def test_a_moment_is_pictured_once_of_the_windows_meant(qtbot: QtBot, tmp_path: Path) -> None:
    windows = {name: QLabel(name) for name in ("agent-dark", "agent-light", "wall-dark")}
    for window in windows.values():
        qtbot.addWidget(window)
    album = Album(tmp_path / "pictures", windows=windows, call=CallModel())
    album.take("1-pop", of="agent", delay_ms=0)
    album.take("1-pop", of=("wall", "agent"), delay_ms=0)
    assert album.has("1-pop")
    qtbot.waitUntil(lambda: len(album.pictures) == 2)
    names = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert names == ["1-pop-agent-dark.png", "1-pop-agent-light.png"]


def test_a_picture_that_cannot_be_written_is_an_error(qtbot: QtBot, tmp_path: Path) -> None:
    window = QLabel("hello")
    qtbot.addWidget(window)
    (tmp_path / "taken.png").mkdir()
    with pytest.raises(OSError, match="cannot be written"):
        save_picture(window, tmp_path / "taken.png")


def test_what_nobody_caught_is_counted_and_logged_wherever_it_came_from(tmp_path: Path) -> None:
    program = f"""
import sys, threading
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer, qWarning
from agent_desktop.app.crash_log import CrashLog, write_log
write_log(Path({str(tmp_path)!r}) / "desktop.log")
crashes = CrashLog()
crashes.install()
application = QCoreApplication([])
def in_slot():
    raise ValueError("in a slot")
def in_thread():
    raise KeyError("in a thread")
QTimer.singleShot(0, in_slot)
QTimer.singleShot(50, application.quit)
thread = threading.Thread(target=in_thread)
thread.start()
thread.join()
qWarning("from Qt")
qWarning("This plugin does not support propagateSizeHints()")
application.exec()
print(sorted(crashes.crashes))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout == """["KeyError: 'in a thread'", 'ValueError: in a slot']\n"""
    logged = (tmp_path / "desktop.log").read_text()
    assert 'raise ValueError("in a slot")' in logged or "ValueError: in a slot" in logged
    assert "Qt: from Qt" in logged
    assert "propagateSizeHints" not in logged
