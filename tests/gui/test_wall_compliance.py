"""What a supervisor sees of the rules of a call: a column, the opened call, its verdicts."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_desktop.theme import DARK
from agent_desktop.view_models.call_story import EntryKind
from agent_desktop.view_models.calls_table_model import CallsTableModel, Column
from agent_desktop.view_models.story_model import StoryModel
from agent_desktop.view_models.wall_model import WallModel
from agent_desktop.widgets.supervisor.drill_in import DrillIn
from agent_desktop.widgets.supervisor.place_row import PlaceRow
from agent_desktop.widgets.supervisor.rule_list import RuleList
from assist_engine.contract import events
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import ComplianceOutcome, ComplianceVerdict, Evidence
from tests.gui import guidance_sample as guide
from tests.gui.wall_scene import Scene, everything, upset_call

pytestmark = pytest.mark.gui
NOTICE = Evidence(quote="this call is recorded", utterance_id=UtteranceId("u2"), start_ms=35_000)
PROMISE = Evidence(quote="i promise friday", utterance_id=UtteranceId("u5"), start_ms=180_000)


def scene() -> Scene:
    made = upset_call()
    made.add(events.ComplianceMet(rule="notice", title="Recording notice", evidence=(NOTICE,)))
    return made


def breach(made: Scene, title: str = "No guarantees") -> None:
    made.add(events.ComplianceBreached(rule=title, title=title, evidence=(PROMISE,)))


def test_the_column_says_how_a_call_stands(qtbot: QtBot) -> None:
    made, wall = scene(), WallModel()
    wall.apply(everything([made]))
    table = CallsTableModel(wall)

    def rules(role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> object:
        return table.data(table.index(0, Column.RULES), role)

    assert rules() == "✓"
    made.add(events.SuggestionMade(suggestion=guide.NOTICE))
    wall.apply(made.take())
    table.refresh()
    assert rules() == "○ due"
    breach(made)
    wall.apply(made.take())
    table.refresh()
    assert rules() == "△ No guarantees"
    breach(made, "Identity before details")
    wall.apply(made.take())
    table.refresh()
    assert rules() == "△ 2 not met"
    assert str(rules(Qt.ItemDataRole.AccessibleTextRole)).splitlines() == [
        "△  No guarantees: not met · 03:00",
        "△  Identity before details: not met · 03:00",
        "✓  Recording notice: met · 00:35",
    ]


def test_the_opened_call_lists_rules_with_their_places(qtbot: QtBot) -> None:
    made, wall = scene(), WallModel()
    breach(made)
    wall.apply(everything([made]))
    wall.open_call(made.call_id)
    drill = DrillIn(wall, theme=DARK)
    qtbot.addWidget(drill)
    drill.resize(420, 860)
    drill.show()
    (rules,) = drill.findChildren(RuleList)
    rows = [row for row in rules.findChildren(PlaceRow) if not row.isHidden()]
    assert [row.accessibleName() for row in rows] == [
        "△  No guarantees: not met · 03:00 · “i promise friday”",
        "✓  Recording notice: met · 00:35 · “this call is recorded”",
    ]
    asked: list[UtteranceId] = []
    rules.place_asked.connect(asked.append)
    QTest.keyClick(rows[0], Qt.Key.Key_Return)
    assert asked == [UtteranceId("u5")]
    wall.apply(made.take())
    assert [row for row in rules.findChildren(PlaceRow) if not row.isHidden()] == rows


def test_verdicts_are_in_the_story_of_an_ended_call_and_hints_are_not(qtbot: QtBot) -> None:
    made, wall = scene(), WallModel()
    hint = replace(guide.HINT, title="slow down")
    made.add(events.SuggestionMade(suggestion=hint))
    wall.apply(everything([made]))
    wall.open_call(made.call_id)
    story = StoryModel(wall)
    assert "slow down" not in [line.text for line in story.lines]
    made.release()
    verdicts = tuple(
        ComplianceVerdict(rule=outcome.value, title=outcome.value, outcome=outcome)
        for outcome in ComplianceOutcome
    )
    made.add(events.ComplianceJudged(verdicts=verdicts))
    wall.apply(made.take())
    judged = [line for line in story.lines if line.kind is EntryKind.JUDGED]
    assert [(line.text, line.detail) for line in judged] == [
        ("met", "met"),
        ("breached", "not met"),
        ("not_due", "was not due"),
    ]
