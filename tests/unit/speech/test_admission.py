"""Who may come in."""

import pytest

from assist_engine.errors import EngineBusy
from assist_engine.speech.admission import MOST_BACKLOG_MS, Admission


def test_calls_come_in_while_there_is_room() -> None:
    admission = Admission(4)
    admission.admit(2)
    admission.admit(2)
    with pytest.raises(EngineBusy, match="decodes 4 channels in real time and 4 are running"):
        admission.admit(1)
    admission.leave(2)
    admission.admit(2)
    assert admission.running == 4


def test_a_call_that_does_not_fit_whole_takes_no_place() -> None:
    admission = Admission(3)
    admission.admit(2)
    with pytest.raises(EngineBusy):
        admission.admit(2)
    admission.admit(1)


def test_nobody_new_comes_in_while_running_calls_are_late() -> None:
    admission = Admission(100)
    admission.admit(2)
    admission.observe_backlog(MOST_BACKLOG_MS + 1)
    with pytest.raises(EngineBusy, match="decodes 2 channels in real time and 2 are running"):
        admission.admit(2)
    admission.observe_backlog(100)
    admission.admit(2)


def test_an_old_backlog_does_not_close_an_empty_engine() -> None:
    admission = Admission(2)
    admission.admit(2)
    admission.observe_backlog(60_000)
    admission.leave(2)
    admission.admit(2)
