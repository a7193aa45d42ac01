"""Guidance by what a person does: hints, checklist, rules, mode, actions, and what is recorded."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from agent_desktop.app.browser import Browser
from agent_desktop.app.kept_choice import KeptChoice
from agent_desktop.settings import DesktopSettings, load_settings, save_settings
from agent_desktop.view_models.compliance_model import due_words
from agent_desktop.widgets.agent.checklist_panel import StepRow
from agent_desktop.widgets.agent.quiet_card import QuietCard
from agent_desktop.widgets.agent.suggestion_card import ActionCard, ArticleCard, ReminderCard
from assist_engine.contract import actions, commands, events
from assist_engine.contract.actions import ActionFailed, OpenPage
from assist_engine.contract.ids import SuggestionId
from assist_engine.contract.values import GuidanceMode
from tests.gui import agent_sample as sample
from tests.gui import guidance_sample as guide
from tests.gui.agent_seat import Desk

pytestmark = pytest.mark.gui
Key = Qt.Key
T = TypeVar("T")


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    seat = Desk(qtbot)
    seat.happen(*sample.offered(), *sample.talk(), *guide.guided())
    return seat


def words(desk: Desk, inside: type) -> str:
    texts = (label for part in desk.visible(inside) for label in part.findChildren(QLabel))
    return " ".join(label.accessibleName() or label.text() for label in texts)


def press(desk: Desk, text: str) -> None:
    next(b for b in desk.visible(QAbstractButton) if b.text() == text).click()


def settled(desk: Desk, look: Callable[[], T]) -> T:
    """What there is to see once it no longer moves: a busy machine lays out late."""
    seen = look()
    for _ in range(40):
        desk.qtbot.wait(50)
        before, seen = seen, look()
        if seen == before:
            return seen
    raise AssertionError(f"it still moves: {seen}")


def test_a_hint_is_a_quiet_line_with_its_reason_a_click_away(desk: Desk) -> None:
    (hint,) = desk.visible(QuietCard)
    assert hint.accessibleName() == "Coach: acknowledge the wait before the policy."
    assert "because" not in " ".join(w.text() for w in desk.visible(QLabel) if hint.isAncestorOf(w))
    low = hint.height()
    hint.why.click()
    desk.qtbot.waitUntil(lambda: hint.height() > low)
    desk.press(Key.Key_U)
    desk.press(Key.Key_H)
    sid = guide.HINT.suggestion_id
    assert desk.sayings == [
        commands.UseSuggestion(call_id=sample.CALL, suggestion_id=sid),
        commands.RateSuggestion(call_id=sample.CALL, suggestion_id=sid, is_helpful=True),
    ]


def test_only_one_button_has_the_accent(desk: Desk) -> None:
    desk.happen(events.SuggestionMade(suggestion=guide.NOTICE))
    loud = [b for b in desk.visible(QAbstractButton) if b.property("look") == "primary"]
    assert [button.text() for button in loud] == ["Start replacement"]


def test_cards_stay_while_others_come_and_go(desk: Desk) -> None:
    def places() -> list[tuple[str, object]]:
        cards = desk.visible(ActionCard) + desk.visible(ArticleCard)
        corners = [card.mapTo(desk.view, card.rect().topLeft()) for card in cards]
        return [
            (card.suggestion.title, at.toTuple()) for card, at in zip(cards, corners, strict=True)
        ]

    action, before = desk.visible(ActionCard), settled(desk, places)
    desk.happen(events.SuggestionUsed(suggestion_id=guide.HINT.suggestion_id))
    desk.happen(events.SuggestionMade(suggestion=guide.NOTICE))
    assert desk.visible(ActionCard) == action
    assert settled(desk, places) == before


def test_a_primary_reminder_counts_down_and_is_said_by_return(desk: Desk) -> None:
    urgent = replace(guide.NOTICE, is_primary=True)
    desk.happen(events.SuggestionMade(suggestion=urgent))
    assert "within 12 s" in words(desk, ReminderCard)
    desk.model.audio_sent(86_500)
    desk.qtbot.waitUntil(lambda: "within 3 s" in words(desk, ReminderCard))
    desk.press(Key.Key_Return)
    sid = urgent.suggestion_id
    assert desk.sayings == [commands.UseSuggestion(call_id=sample.CALL, suggestion_id=sid)]


@pytest.mark.parametrize(
    ("now_ms", "said"),
    [(0, "within 30 s"), (1_000, "within 30 s"), (18_000, "within 12 s"), (30_000, "due now")],
)
def test_the_countdown_is_calm(now_ms: int, said: str) -> None:
    assert due_words(30_000, now_ms=now_ms) == said
    assert due_words(None, now_ms=now_ms) == ""


def test_steps_tell_how_they_were_ticked_and_are_ticked_by_hand(desk: Desk) -> None:
    rows: list[StepRow] = desk.visible(StepRow)
    assert [row.step.is_done for row in rows] == [True, False, True, False, False]
    assert "heard: “this call is recorded for quality”" in rows[0].accessibleName()
    assert "by hand" in rows[2].accessibleName()
    assert "2 of 5" in [label.text() for label in desk.visible(QLabel)]
    rows[1].click()
    QTest.keyClick(desk.view, Key.Key_1, Qt.KeyboardModifier.AltModifier)
    rows[3].setFocus()
    desk.press(Key.Key_Return, on=rows[3])
    step, list_id = guide.ACTION.checklist, guide.PLAYBOOK
    assert desk.sayings == [
        commands.TickChecklist(
            call_id=sample.CALL, playbook_id=list_id, item=step[1], is_done=True
        ),
        commands.TickChecklist(
            call_id=sample.CALL, playbook_id=list_id, item=step[0], is_done=False
        ),
        commands.TickChecklist(
            call_id=sample.CALL, playbook_id=list_id, item=step[3], is_done=True
        ),
    ]
    assert [row.isChecked() for row in rows] == [True, False, True, False, False]
    desk.happen(guide.tick(step[1]))
    assert desk.visible(StepRow) == rows
    assert rows[1].isChecked()


def test_the_rules_stand_calmly_with_their_words(desk: Desk) -> None:
    panel = desk.view.guidance.compliance
    told = " ".join(label.text() for label in panel.findChildren(QLabel))
    assert "Recording notice: met" in told
    assert "No guarantees: not met" in told
    desk.happen(events.SuggestionMade(suggestion=guide.NOTICE))
    told = " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())
    assert "Identity before details: due" in told


def test_a_mode_is_chosen_from_the_palette_kept_and_sent(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "desktop.toml"
    save_settings(DesktopSettings(theme="light"), path=path)
    kept = KeptChoice(path)
    desk.model.mode_chosen.connect(kept.keep)
    desk.chord(Key.Key_K)
    field = desk.view.palette_sheet.field
    QTest.keyClicks(field, "guidance: quiet")
    desk.press(Key.Key_Return, on=field)
    mode = GuidanceMode.QUIET
    assert desk.sayings == [commands.SetGuidanceMode(call_id=sample.CALL, mode=mode)]
    assert load_settings(path) == DesktopSettings(theme="light", guidance_mode=mode)
    desk.happen(events.GuidanceModeSet(mode=mode))
    assert desk.view.guidance.mode.currentData() == mode
    desk.model.leave_call()
    assert desk.model.guidance_mode is mode
    assert "costs nothing" in desk.view.guidance.mode.toolTip()


@pytest.mark.logs("is not kept")
def test_a_broken_settings_file_is_left_alone(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "desktop.toml"
    path.write_text("theme =", encoding="utf-8")
    KeptChoice(path).keep(GuidanceMode.QUIET)
    assert path.read_text(encoding="utf-8") == "theme ="


def test_an_action_is_shown_before_return_confirms_it(desk: Desk) -> None:
    desk.press(Key.Key_Return)
    sid, action_id = guide.ACTION.suggestion_id, guide.REPLACE.action_id
    preview = actions.PreviewAction(call_id=sample.CALL, suggestion_id=sid, action_id=action_id)
    assert desk.sayings == [preview]
    desk.model.apply([guide.PREVIEW])
    sheet = desk.view.action
    told = " ".join(label.accessibleName() or label.text() for label in sheet.findChildren(QLabel))
    assert "orders.harbor.example" in told
    assert "order: 8841" in told
    desk.press(Key.Key_Return, on=sheet.confirm)
    run = actions.RunAction(
        call_id=sample.CALL, suggestion_id=sid, action_id=action_id, key=guide.KEY
    )
    assert desk.sayings == [preview, run]
    assert not sheet.isVisible()
    assert desk.model.previewed is None


def test_what_is_missing_keeps_an_action_from_running(desk: Desk) -> None:
    lacking = replace(guide.PREVIEW, missing=("order",), key="")
    desk.model.apply([lacking])
    assert not desk.view.action.confirm.isEnabled()
    desk.press(Key.Key_Escape)
    assert desk.sayings == []
    assert not desk.view.action.isVisible()


def test_a_note_is_previewed_before_it_is_sent(desk: Desk) -> None:
    desk.model.apply([guide.PREVIEW])
    note = desk.view.action.note
    note.setFocus()
    QTest.keyClicks(note, "leave at the door")
    desk.press(Key.Key_Return, on=note)
    assert not desk.view.action.confirm.isEnabled()
    assert [saying.note for saying in desk.sayings] == ["leave at the door"]
    desk.model.apply([guide.PREVIEW])
    assert desk.view.action.confirm.isEnabled()
    assert note.text() == "leave at the door"


def test_an_action_tells_its_progress_and_offers_what_fits(desk: Desk) -> None:
    desk.happen(guide.started())
    assert "waiting for orders.harbor.example" in words(desk, ActionCard)
    desk.happen(ActionFailed(key=guide.KEY, code="action.http_503", message="it answered 503"))
    assert "it answered 503. Nothing was done: try again" in words(desk, ActionCard)
    press(desk, "Try again")
    assert isinstance(desk.sayings.pop(), actions.PreviewAction)
    desk.happen(*guide.acted()[2:])
    assert "✓ Start replacement: Replacement R-77 created" in words(desk, ActionCard)
    assert "503" not in words(desk, ActionCard)
    press(desk, "Undo")
    assert desk.sayings == [actions.UndoAction(call_id=sample.CALL, key=guide.KEY)]


class OpenedPages:
    """Takes the place of the computer's browser: remembers what it would show."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def open(self, url: QUrl) -> bool:
        self.urls.append(url.toString())
        return True


@pytest.mark.parametrize(
    ("url", "is_opened"),
    [
        ("https://orders.example/8841?name=Ana%20Ruiz", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("", False),
    ],
)
def test_only_web_pages_are_opened(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, url: str, is_opened: bool
) -> None:
    pages, browser = OpenedPages(), Browser()
    monkeypatch.setattr(QDesktopServices, "openUrl", pages.open)
    desk.model.page_opened.connect(browser.open)
    page = OpenPage(
        ref=1, call_id=sample.CALL, action_id=guide.REPLACE.action_id, label="x", url=url
    )
    desk.model.apply([page])
    assert bool(pages.urls) is is_opened


def test_agents_see_what_is_recorded_about_them(desk: Desk) -> None:
    desk.happen(*guide.acted(), *guide.overseen())
    desk.chord(Key.Key_K)
    field = desk.view.palette_sheet.field
    QTest.keyClicks(field, "recorded about me")
    desk.press(Key.Key_Return, on=field)
    sheet = desk.view.recorded
    desk.qtbot.waitUntil(sheet.isVisible)
    told = " ".join(label.accessibleName() or label.text() for label in sheet.findChildren(QLabel))
    for part in (
        "Recording notice: met",
        "acknowledge the wait before the policy. · used",
        "Your supervisor sees",
        "you talk",
        "Replacement R-77 created",
        "Acknowledge the wait · ticked by hand",
        "heard: “this call is recorded for quality”",
        "late-or-lost-parcel",
        "you may waive express",
        "4 of 5",
        "Upset customer · judged useful",
    ):
        assert part in told
    desk.press(Key.Key_Escape)
    assert not sheet.isVisible()


def test_an_older_action_makes_room_as_a_quiet_line(desk: Desk) -> None:
    other = replace(
        sample.ACTION, suggestion_id=SuggestionId("other"), topic="other", title="Offer a refund"
    )
    desk.happen(events.SuggestionMade(suggestion=other))
    assert [card.suggestion.title for card in desk.visible(ActionCard)] == ["Offer a refund"]
    assert guide.ACTION.title in [card.accessibleName() for card in desk.visible(QuietCard)]
