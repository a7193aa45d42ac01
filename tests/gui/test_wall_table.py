"""The wall's table: every change announced as Qt wants it, and a thousand calls in time."""

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from agent_desktop.theme import DARK, dress
from agent_desktop.view_models.calls_table_model import ROW_ROLE, CallsTableModel, Column
from agent_desktop.view_models.keyed_list_model import KeyedListModel
from agent_desktop.view_models.runs import runs
from agent_desktop.view_models.story_model import StoryModel
from agent_desktop.view_models.wall_model import WallModel
from agent_desktop.widgets.supervisor.wall_view import WallView
from assist_engine.contract.ids import CallId
from tests.gui.wall_scene import Scene, calm_call, everything, upset_call

pytestmark = pytest.mark.gui

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


def text(model: CallsTableModel, line: int, column: Column, role: int = 0) -> Any:
    return model.data(model.index(line, column), role or int(Qt.ItemDataRole.DisplayRole))


def test_cells_say_it_in_words(qtbot: QtBot) -> None:
    wall = WallModel()
    wall.apply(upset_call().take())
    model = CallsTableModel(wall)
    shown = [text(model, 0, column) for column in Column]
    assert shown == ["Ana Ruiz", "Kim", "Orders", "06:32", "", "late parcel", "40 %", "", ""]
    spoken = int(Qt.ItemDataRole.AccessibleTextRole)
    assert text(model, 0, Column.MOOD, spoken) == "mood low (−0.4)"
    assert text(model, 0, Column.RISK, spoken).startswith("risk high · open alert · mood low")
    tip = int(Qt.ItemDataRole.ToolTipRole)
    assert text(model, 0, Column.TALK, tip) == "customer 60 % · agent 40 %"
    assert text(model, 0, Column.CUSTOMER, ROW_ROLE) == wall.rows[0]
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in Column]
    assert heads[0] == "Customer"
    assert heads[-1] == "Risk"


def test_lines_follow_the_wall(qtbot: QtBot) -> None:
    wall = WallModel()
    model = CallsTableModel(wall)
    QAbstractItemModelTester(model, FATAL)
    scenes = [calm_call(f"c{n}", customer=f"Customer {n}", offered_ms=n) for n in range(6)]
    wall.apply(everything(scenes))
    model.refresh()
    watched = QPersistentModelIndex(model.index(4, Column.CUSTOMER))
    scenes[4].alert("bad", quote="x")
    scenes[1].release()
    wall.apply(everything([*scenes, calm_call("new", offered_ms=9)]))
    model.refresh()
    assert [model.row(n).call_id for n in range(model.rowCount()) if model.row(n)] == [  # type: ignore[union-attr]
        "c4",
        "c0",
        "c2",
        "c3",
        "c5",
        "new",
    ]
    assert watched.row() == 0
    assert model.line_of(CallId("c5")) == 4
    assert model.line_of(CallId("gone")) == -1


def test_filter_finds_names_and_words(qtbot: QtBot) -> None:
    wall = WallModel()
    wall.apply(everything([upset_call(), calm_call("calm", customer="M. Chen")]))
    model = CallsTableModel(wall)
    QAbstractItemModelTester(model, FATAL)
    for wanted, found in (("CHEN", ["calm"]), ("voucher", ["ana"]), ("nobody", []), ("", 2)):
        model.set_filter(wanted)
        ids = [row.call_id for n in range(model.rowCount()) if (row := model.row(n))]
        assert ids == found if isinstance(found, list) else len(ids) == found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.lists(st.integers(0, 9), unique=True), max_size=6))
def test_list_shows_whatever_it_is_shown(qtbot: QtBot, shows: list[list[int]]) -> None:
    model = KeyedListModel[tuple[int, int]](lambda line: line[0])
    QAbstractItemModelTester(model, FATAL)
    for version, show in enumerate(shows):
        wanted = [(number, version) for number in show]
        model.show(wanted)
        assert list(model.lines) == wanted


@given(st.sets(st.integers(0, 30)))
def test_runs_cover_exactly_the_lines(lines: set[int]) -> None:
    found = runs(sorted(lines))
    assert {n for first, last in found for n in range(first, last + 1)} == lines
    assert all(a[1] + 1 < b[0] for a, b in pairwise(found))


def test_story_lines_are_announced(qtbot: QtBot) -> None:
    wall = WallModel()
    scene = upset_call()
    recorded = scene.take()
    story = StoryModel(wall)
    QAbstractItemModelTester(story, FATAL)
    wall.apply(recorded[:6])
    wall.open_call(CallId("ana"))
    for one in recorded[6:]:
        wall.apply([one])
    spoken = story.data(story.index(0), int(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken == "Ana 00:20, pleased hi it's about my order eight eight four one"
    wall.close_call()
    assert story.rowCount() == 0


def test_wall_of_a_thousand_calls_repaints_within_200_ms(
    qtbot: QtBot, record_property: Any, qapp: Any
) -> None:
    dress(qapp, DARK)
    wall = WallModel()
    scenes = [calm_call(f"c{n}", customer=f"Customer {n}", offered_ms=n) for n in range(1_000)]
    wall.apply(everything(scenes))
    view = WallView(wall, theme=DARK)
    qtbot.addWidget(view)
    view.resize(1440, 900)
    view.show()
    qtbot.wait(50)
    for scene in scenes:
        scene.customer("and another thing", at_ms=40_000, score=-0.6)
    batch = everything(scenes)
    started = time.process_time()
    wall.apply(batch)
    folded = time.process_time()
    wall.changed.emit()
    view.grab()
    painted = time.process_time()
    record_property("fold_ms", round((folded - started) * 1000, 1))
    record_property("repaint_ms", round((painted - folded) * 1000, 1))
    print(f"fold {folded - started:.3f} s, repaint {painted - folded:.3f} s")
    assert painted - folded < 0.2


def test_ended_call_says_so_while_the_mouse_holds_it(qtbot: QtBot) -> None:
    wall = WallModel()
    scene = Scene("c")
    wall.apply(scene.take())
    model = CallsTableModel(wall)
    wall.hold_order()
    scene.release()
    wall.apply(scene.take())
    model.refresh()
    assert text(model, 0, Column.TIME) == "ended"
