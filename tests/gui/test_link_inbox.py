"""The inbox: every item, in order, in frames; partials of one utterance coalesced."""

import threading

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from agent_desktop.link.inbox import Inbox
from assist_engine.contract.answers import PartialHeard
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId

pytestmark = pytest.mark.gui


def partial(utterance: str, *, heard_ms: int) -> PartialHeard:
    return PartialHeard(
        call_id=CallId("c"),
        utterance_id=UtteranceId(utterance),
        participant_id=ParticipantId("customer"),
        stable="",
        tail="",
        start_ms=0,
        heard_ms=heard_ms,
    )


def test_twenty_thousand_items_of_a_thread_arrive_in_order(qtbot: QtBot) -> None:
    inbox = Inbox()
    batches: list[list[object]] = []
    threads: list[bool] = []

    def take(batch: list[object]) -> None:
        batches.append(batch)
        threads.append(QThread.currentThread() is inbox.thread())

    inbox.arrived.connect(take)

    def write() -> None:
        for number in range(20_000):
            inbox.put(number)

    writer = threading.Thread(target=write)
    writer.start()
    qtbot.waitUntil(lambda: sum(map(len, batches)) == 20_000, timeout=20_000)
    writer.join()
    assert [item for batch in batches for item in batch] == list(range(20_000))
    assert len(batches) < 2_000
    assert all(threads)


def test_the_newest_partial_of_an_utterance_wins_and_keeps_its_place(qtbot: QtBot) -> None:
    inbox = Inbox()
    with qtbot.waitSignal(inbox.arrived) as arrived:
        for item in (
            partial("u1", heard_ms=100),
            "event",
            partial("u2", heard_ms=100),
            partial("u1", heard_ms=200),
            "later event",
        ):
            inbox.put(item)
    assert arrived.args == [
        ["event", partial("u2", heard_ms=100), partial("u1", heard_ms=200), "later event"]
    ]


def test_draining_by_hand_hands_over_what_waits(qtbot: QtBot) -> None:
    inbox = Inbox()
    batches: list[list[object]] = []
    inbox.arrived.connect(batches.append)
    inbox.put("last")
    inbox.drain()
    qtbot.wait(50)  # the frame that was due finds nothing and says nothing
    assert batches == [["last"]]
    inbox.put("next")
    qtbot.waitUntil(lambda: batches == [["last"], ["next"]])
