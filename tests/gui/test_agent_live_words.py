"""Words as said and as stored: who sees which, for how long, and that nothing keeps them."""

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from agent_desktop.link.inbox import Inbox
from agent_desktop.view_models.call_model import CallModel
from agent_desktop.view_models.live_words import unredacted
from agent_desktop.view_models.marked_words import (
    MarkedWords,
    MarkKind,
    mark_quotes,
    marked,
    readable,
)
from agent_desktop.view_models.transcript_model import TranscriptModel
from assist_engine.contract import events
from assist_engine.contract.answers import EntityHeard, FinalHeard
from assist_engine.contract.ids import CallId, UtteranceId
from assist_engine.contract.values import EntityType, Redaction
from tests.gui import agent_sample as sample

SAID = "my card is four two four two four two four two thanks"
STORED = "my card is [CARD:4242] thanks"
U7 = UtteranceId("u7")


def redacted_final() -> events.UtteranceFinal:
    start = STORED.index("[")
    return events.UtteranceFinal(
        utterance_id=U7,
        participant_id=sample.ANA,
        text=STORED,
        start_ms=80_000,
        end_ms=84_000,
        redactions=(Redaction(EntityType.CARD, start, STORED.index("]") + 1),),
    )


def heard(text: str = SAID) -> FinalHeard:
    return FinalHeard(call_id=sample.CALL, utterance_id=U7, text=text)


def transcript_of(model: CallModel, transcript: TranscriptModel) -> str:
    transcript.update_from(model.state, model.partials, model.live_words)
    return transcript.line(transcript.rowCount() - 1).text


def marks_in(words: MarkedWords) -> list[tuple[str, MarkKind]]:
    return [(words.text[m.start : m.end], m.kind) for m in words.marks]


class TestMarkedWords:
    def test_a_redaction_says_what_it_removed(self) -> None:
        words = marked(STORED, redacted_final().redactions)
        assert marks_in(words) == [("card\xa0number\xa0…4242", MarkKind.REDACTED)]
        assert words.plain == "my card is [card number …4242] thanks"

    def test_quotes_have_no_redactions_and_read_the_same(self) -> None:
        assert readable(STORED) == marked(STORED, redacted_final().redactions).plain
        assert readable("no [LATER] thing [card]") == "no [LATER] thing [card]"

    def test_dropped_words_leave_no_chip(self) -> None:
        words = marked("my card is thanks", (Redaction(EntityType.CARD, 11, 11),))
        assert words == MarkedWords(text="my card is thanks")

    @given(
        st.lists(
            st.one_of(
                st.text(alphabet="ab ", max_size=6),
                st.sampled_from([f"[{kind.value.upper()}]" for kind in EntityType]),
            ),
            max_size=6,
        )
    )
    def test_no_placeholder_is_left_and_marks_lie_on_names(self, parts: list[str]) -> None:
        words = marked("".join(parts))
        assert not [p for p in parts if p.startswith("[") and p in words.text]
        assert len(words.marks) == sum(part.startswith("[") for part in parts)
        assert [m.start for m in words.marks] == sorted(m.start for m in words.marks)
        assert all(0 <= m.start < m.end <= len(words.text) for m in words.marks)

    def test_named_things_are_marked_beside_what_was_redacted(self) -> None:
        words = mark_quotes(marked(f"Order Eight Eight and {STORED}"), ("eight eight", "my card"))
        assert marks_in(words) == [
            ("Eight Eight", MarkKind.ENTITY),
            ("my card", MarkKind.ENTITY),
            ("card\xa0number\xa0…4242", MarkKind.REDACTED),
        ]


class TestUnredacted:
    def test_what_the_log_does_not_keep_is_marked_in_what_was_said(self) -> None:
        assert marks_in(unredacted(redacted_final(), SAID)) == [
            ("four two four two four two four two", MarkKind.ENTITY)
        ]

    def test_words_that_do_not_fit_get_no_mark(self) -> None:
        assert unredacted(redacted_final(), "something else").marks == ()

    @given(
        st.lists(st.text(alphabet="xyz", min_size=1, max_size=4), min_size=1, max_size=4),
        st.lists(st.text(alphabet="123", min_size=1, max_size=4), min_size=1, max_size=4),
    )
    def test_every_redaction_is_found_again(self, kept: list[str], secret: list[str]) -> None:
        text, said, redactions = "", "", []
        for plain, digits in zip(kept, secret, strict=False):
            text, said = f"{text}{plain} ", f"{said}{plain} "
            redactions.append(Redaction(EntityType.PHONE, len(text), len(text) + len("[PHONE]")))
            text, said = f"{text}[PHONE] ", f"{said}{digits} "
        final = replace(redacted_final(), text=text, redactions=tuple(redactions))
        found = [said[m.start : m.end] for m in unredacted(final, said).marks]
        assert found == [digits for _, digits in zip(kept, secret, strict=False)]


def test_the_agent_reads_what_was_said_until_the_call_is_released() -> None:
    model, transcript = CallModel(), TranscriptModel()
    model.apply(sample.recorded(sample.offered()))
    model.apply([heard(), *sample.recorded([redacted_final()], after=5)])
    assert transcript_of(model, transcript) == SAID
    model.apply(sample.recorded([events.CallReleased()], after=6))
    assert transcript_of(model, transcript) == "my card is card\xa0number\xa0…4242 thanks"
    assert len(model.live_words) == 0
    model.apply([heard()])
    assert len(model.live_words) == 0, "what comes after the end is not kept"


def test_words_that_come_late_are_shown_too() -> None:
    model, transcript = CallModel(), TranscriptModel()
    model.apply(sample.recorded([*sample.offered(), redacted_final()]))
    assert "card\xa0number" in transcript_of(model, transcript)
    model.apply([heard()])
    assert transcript_of(model, transcript) == SAID


def test_words_of_other_calls_are_not_kept() -> None:
    model = CallModel()
    model.apply([heard()])
    model.apply(sample.recorded(sample.offered()))
    model.apply([replace(heard(), call_id=CallId("other"))])
    model.apply([EntityHeard(call_id=CallId("other"), entity_id="e1", value="4242")])
    assert len(model.live_words) == 0


def test_what_is_copied_after_the_call_is_redacted() -> None:
    model, transcript = CallModel(), TranscriptModel()
    model.apply(sample.recorded([*sample.offered(), redacted_final(), *sample.hang_up()]))
    transcript.update_from(model.state, model.partials, model.live_words)
    assert str(transcript.index(0).data()).endswith("my card is [card number …4242] thanks")


def test_nothing_said_is_logged_or_written(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)
    model, box = CallModel(), Inbox()
    box.arrived.connect(model.apply)
    for item in (*sample.recorded(sample.offered()), heard(), sample.partial(SAID, "")):
        box.put(item)
    box.put(EntityHeard(call_id=sample.CALL, entity_id="e1", value="4242424242424242"))
    with qtbot.waitSignal(box.arrived):
        pass
    assert len(model.live_words) == 2
    assert "four two" not in caplog.text
    assert "4242" not in caplog.text
    assert list(tmp_path.rglob("*")) == []
