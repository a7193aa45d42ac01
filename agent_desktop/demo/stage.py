"""The windows of the demo: the agent's, and where nobody watches all the others too."""

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from agent_desktop.app.agent_desk import AgentDesk
from agent_desktop.app.desk import Desk
from agent_desktop.app.engine_place import EnginePlace
from agent_desktop.app.roles import (
    HEIGHT,
    WIDTH,
    Person,
    open_agent_desk,
    open_knowledge_desk,
    open_wall_desk,
)
from agent_desktop.sound.demo_call import DemoCall
from agent_desktop.theme import DARK, LIGHT, Theme, style_sheet
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.view_models.wall_model import WallModel
from agent_desktop.widgets.agent.agent_view import AgentView
from agent_desktop.widgets.knowledge.try_pane import TryPane
from assist_engine.contract.ids import AgentId


@dataclass(kw_only=True)
class Stage:
    """`wall` and `knowledge` are there only where the demo runs by itself."""

    agent: AgentDesk
    desks: list[Desk]
    windows: dict[str, QWidget]
    wall: WallModel | None = None
    knowledge: KnowledgeModel | None = None
    try_pane: TryPane | None = None


def set_stage(
    call: DemoCall, *, engine: EnginePlace, theme: Theme, speed: float, is_alone: bool
) -> Stage:
    """Open the windows. `is_alone`: nobody watches, so show every role and both themes."""
    person = Person(agent_id=AgentId(call.agent_id), name=call.agent_name)
    agent = open_agent_desk(person, engine=engine, theme=theme, speed=speed, is_aloud=not is_alone)
    stage = Stage(agent=agent, desks=[agent], windows={f"agent-{theme.name}": agent.window})
    if is_alone:
        _add_others(stage, engine=engine, theme=theme)
    return stage


def _add_others(stage: Stage, *, engine: EnginePlace, theme: Theme) -> None:
    supervisor = Person(agent_id=AgentId("maria"), name="Maria Santos")
    manager = Person(agent_id=AgentId("lee"), name="Lee Wong")
    wall, stage.wall = open_wall_desk(supervisor, engine=engine, theme=theme)
    knowledge, stage.knowledge = open_knowledge_desk(manager, engine=engine, theme=theme)
    stage.try_pane = knowledge.window.findChild(TryPane)
    stage.desks += [wall, knowledge]
    stage.windows |= {
        f"wall-{theme.name}": wall.window,
        f"knowledge-{theme.name}": knowledge.window,
        f"agent-{_other(theme).name}": _second_view(stage.agent, theme=_other(theme)),
    }


def _other(theme: Theme) -> Theme:
    return LIGHT if theme.name == DARK.name else DARK


def _second_view(agent: AgentDesk, *, theme: Theme) -> QWidget:
    view = AgentView(agent.model, theme=theme)
    view.setStyleSheet(style_sheet(theme))
    view.resize(WIDTH, HEIGHT)
    view.show()
    return view
