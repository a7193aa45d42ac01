"""Real windows of agent, supervisor and knowledge manager on one real engine: they help each other.

What a person does is done with keys in the real widgets; what the others see is read from theirs.
"""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.app.agent_desk import AgentDesk
from agent_desktop.app.desk import Desk
from agent_desktop.app.roles import Person, open_agent_desk, open_knowledge_desk, open_wall_desk
from agent_desktop.link.embedded import EmbeddedEngine
from agent_desktop.theme import DARK, dress
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.view_models.start import StartDemoCall
from agent_desktop.view_models.status_model import can_start
from agent_desktop.widgets.agent.search_sheet import SearchSheet
from agent_desktop.widgets.agent.wrap_up_sheet import WrapUpSheet
from agent_desktop.widgets.knowledge.markdown_editor import MarkdownEditor
from agent_desktop.widgets.knowledge.publish_sheet import PublishSheet
from agent_desktop.widgets.shared.choice_row import ChoiceRow
from agent_desktop.widgets.supervisor.figures_row import FiguresRow
from agent_desktop.widgets.supervisor.needs_you import NeedsYou
from agent_desktop.widgets.supervisor.needy_call import NeedyCall
from agent_desktop.widgets.supervisor.story_list import StoryList
from assist_engine.call.state import CardStatus, Phase
from assist_engine.contract.ids import AgentId
from assist_engine.contract.knowledge_answers import ArticleState

pytestmark = [pytest.mark.end2end, pytest.mark.gui, pytest.mark.timeout(240)]

LINDA = Person(agent_id=AgentId("linda"), name="Linda Moreno")
MARIA = Person(agent_id=AgentId("maria"), name="Maria Santos")
LEE = Person(agent_id=AgentId("lee"), name="Lee Wong")
SPEED = 4.0  # times real time
CALL_MS = 60_000
WHISPER = "offer her the express replacement, it is free"
NEW_WORDS = "A pelican delivery to the lighthouse island takes nine days by ferry."
QUESTION = "how long does a pelican delivery to the lighthouse island take"
Key = Qt.Key
W = TypeVar("W", bound=QWidget)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    folder: Path = tmp_path_factory.mktemp("engine")
    place = EmbeddedEngine(data=folder / "data", log_file=folder / "engine.log", is_demo=True)
    place.start()
    yield place
    place.stop()


@pytest.fixture
def agent(qtbot: QtBot, qapp: QApplication, engine: EmbeddedEngine) -> Iterator[AgentDesk]:
    dress(qapp, DARK)
    desk = open_agent_desk(LINDA, engine=engine, theme=DARK, speed=SPEED)
    qtbot.addWidget(desk.window)
    desk.start()
    qtbot.waitUntil(lambda: can_start(desk.model), timeout=90_000)
    yield desk
    desk.close()


def part(window: QWidget, kind: type[W]) -> W:
    """The one widget of a kind in a window."""
    found = window.findChild(kind)
    assert found is not None
    return found


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def press(qtbot: QtBot, window: QWidget, keys: str, *, on: QWidget | None = None) -> None:
    """Press a key with its modifiers, as on the keyboard, with the window in front."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keySequence(on or window.focusWidget() or window, keys)


def test_a_call_turns_bad_and_the_supervisor_helps(
    qtbot: QtBot, engine: EmbeddedEngine, agent: AgentDesk
) -> None:
    wall, model = open_wall_desk(MARIA, engine=engine, theme=DARK)
    qtbot.addWidget(wall.window)
    wall.start()
    qtbot.waitUntil(lambda: model.link is LinkPhase.CONNECTED, timeout=10_000)
    agent.start_call(StartDemoCall(number=1))
    line = alerted_line(qtbot, wall)
    words = said(line)
    assert "Karen Mitchell" in words
    assert "“i have been waiting for two weeks i want my money back" in words
    assert "Upset customer: " in words

    press(qtbot, wall.window, "Return", on=line)
    assert model.opened is not None
    assert agent.model.state is not None
    assert model.opened.call_id == agent.model.state.call_id
    whisper(qtbot, wall, line, to=agent)
    acknowledge(qtbot, wall, line)
    use_a_card(qtbot, agent, seen_by=wall)

    press(qtbot, agent.window, "F10")
    sheet = part(agent.window, WrapUpSheet)
    qtbot.waitUntil(lambda: sheet.isVisible() and sheet.wrap_up().disposition != "", timeout=20_000)
    press(qtbot, agent.window, "Ctrl+Return")
    qtbot.waitUntil(lambda: agent.model.state is None, timeout=10_000)
    qtbot.waitUntil(
        lambda: model.opened is not None and model.opened.phase is Phase.COMPLETED, timeout=10_000
    )
    assert model.opened.wrap_up is not None
    wall.close()


def alerted_line(qtbot: QtBot, wall: Desk) -> NeedyCall:
    needs_you = part(wall.window, NeedsYou)
    qtbot.waitUntil(lambda: needs_you.current is not None, timeout=CALL_MS)
    assert needs_you.current is not None
    line = needs_you.line(needs_you.current)
    assert line is not None
    assert line.isVisible()
    return line


def whisper(qtbot: QtBot, wall: Desk, line: NeedyCall, *, to: AgentDesk) -> None:
    press(qtbot, wall.window, "W", on=line)
    field = wall.window.focusWidget()
    assert field is not None
    assert field.accessibleName() == "Whisper to the agent"
    QTest.keyClicks(field, WHISPER)
    press(qtbot, wall.window, "Return")
    told = f"Maria Santos (supervisor): {WHISPER}"
    qtbot.waitUntil(lambda: told in said(to.window), timeout=5_000)


def acknowledge(qtbot: QtBot, wall: Desk, line: NeedyCall) -> None:
    figures = part(wall.window, FiguresRow)
    assert "0 useful · 0 noise · 1 open" in said(figures)
    press(qtbot, wall.window, "A", on=line)
    press(qtbot, wall.window, "U", on=line)
    qtbot.waitUntil(lambda: "1 useful · 0 noise · 0 open" in said(figures), timeout=5_000)
    assert part(wall.window, NeedsYou).current is None


def use_a_card(qtbot: QtBot, agent: AgentDesk, *, seen_by: Desk) -> None:
    story = part(seen_by.window, StoryList).model()

    def told() -> list[str]:
        lines = (story.index(row, 0) for row in range(story.rowCount()))
        return [str(line.data(Qt.ItemDataRole.AccessibleTextRole)) for line in lines]

    def used() -> list[str]:
        cards = agent.model.state.cards if agent.model.state else ()
        return [c.suggestion.title for c in cards if c.status is CardStatus.USED]

    assert used() == []
    assert any(text.endswith(" not used yet") for text in told())
    press(qtbot, agent.window, "C")
    qtbot.waitUntil(lambda: len(used()) == 1, timeout=5_000)
    qtbot.waitUntil(lambda: any(t.endswith(f" {used()[0]} used") for t in told()), timeout=5_000)


def test_new_words_of_an_article_are_found_within_two_seconds_of_publishing(
    qtbot: QtBot, engine: EmbeddedEngine, agent: AgentDesk
) -> None:
    desk, model = open_knowledge_desk(LEE, engine=engine, theme=DARK)
    qtbot.addWidget(desk.window)
    desk.start()
    qtbot.waitUntil(lambda: model.listing.is_listed, timeout=10_000)
    assert not is_found(qtbot, agent)
    release = model.listing.release

    press(qtbot, desk.window, "Ctrl+F")
    QTest.keyClicks(desk.window.focusWidget(), "delivery options")
    press(qtbot, desk.window, "Return")
    press(qtbot, desk.window, "Return")
    qtbot.waitUntil(lambda: model.editor.article is not None, timeout=5_000)
    editor = part(desk.window, MarkdownEditor)
    editor.setFocus()
    editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClick(editor, Key.Key_Return)
    QTest.keyClicks(editor, f"- {NEW_WORDS}")
    press(qtbot, desk.window, "Ctrl+P")
    qtbot.waitUntil(
        lambda: any(NEW_WORDS in passage.text for passage in model.trial.passages), timeout=10_000
    )
    for keys, state in (
        ("Ctrl+S", ArticleState.DRAFT),
        ("Ctrl+Shift+R", ArticleState.IN_REVIEW),
        ("Ctrl+Shift+A", ArticleState.APPROVED),
    ):
        press(qtbot, desk.window, keys)
        qtbot.waitUntil(partial(is_in, model, state), timeout=5_000)
    press(qtbot, desk.window, "Ctrl+Shift+P")
    qtbot.waitUntil(lambda: model.publishing.can_publish, timeout=30_000)
    assert "Release 2 changes 1 article" in said(part(desk.window, PublishSheet))
    press(qtbot, desk.window, "Return")
    qtbot.waitUntil(lambda: model.publishing.published is not None, timeout=20_000)

    published_s = time.monotonic()
    assert is_found(qtbot, agent)
    took_s = time.monotonic() - published_s
    assert took_s < 2, f"the engine found the new words {took_s:.1f} s after publishing"
    assert model.listing.release == release + 1

    press(qtbot, desk.window, "Shift+Tab")
    press(qtbot, desk.window, "Return")
    qtbot.waitUntil(lambda: model.listing.release == release, timeout=20_000)
    assert not is_found(qtbot, agent)
    desk.close()


def is_in(model: KnowledgeModel, state: ArticleState) -> bool:
    """Whether the article in work is there in its life, with everything typed saved."""
    editor = model.editor
    article = editor.article
    return article is not None and article.state is state and not editor.is_changed


def is_in_work(model: KnowledgeModel, state: ArticleState) -> bool:
    """Whether the article in the editor is in this state."""
    return model.editor.article is not None and model.editor.article.state is state


def is_found(qtbot: QtBot, agent: AgentDesk) -> bool:
    """Whether the agent's search shows the new words."""
    press(qtbot, agent.window, "Ctrl+F")
    QTest.keyClicks(agent.window.focusWidget(), QUESTION)
    press(qtbot, agent.window, "Return")
    sheet = part(agent.window, SearchSheet)
    qtbot.waitUntil(sheet.isVisible, timeout=5_000)
    # The rows of the search before are hidden, and may not be deleted yet.
    rows = [row for row in sheet.findChildren(ChoiceRow) if row.isVisibleTo(sheet)]
    is_there = any(NEW_WORDS in row.accessibleName() for row in rows)
    press(qtbot, agent.window, "Esc")
    qtbot.waitUntil(lambda: not sheet.isVisible())
    return is_there
