"""Opens the desk of a role: model, view and link put together."""

from enum import StrEnum
from pathlib import Path

import msgspec
from PySide6.QtWidgets import QWidget

from agent_desktop.app.agent_desk import AgentDesk
from agent_desktop.app.browser import Browser
from agent_desktop.app.desk import Desk
from agent_desktop.app.engine_place import EnginePlace
from agent_desktop.app.kept_choice import KeptChoice
from agent_desktop.theme import Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.call_model import CallModel
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.view_models.wall_model import WallModel
from agent_desktop.widgets.agent.agent_view import AgentView
from agent_desktop.widgets.knowledge.knowledge_view import KnowledgeView
from agent_desktop.widgets.supervisor.wall_view import WallView
from assist_engine.contract.commands import Hello, WatchAll
from assist_engine.contract.ids import AgentId
from assist_engine.contract.values import GuidanceMode

WIDTH, HEIGHT = 1440, 900


class DeskRole(StrEnum):
    """Who sits at a desk."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    KNOWLEDGE = "knowledge"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits there, as the engine is told."""

    agent_id: AgentId
    name: str
    token: str = ""

    def hello(self, role: DeskRole) -> Hello:
        """The first message to the engine."""
        return Hello(role=role, agent_id=self.agent_id, agent_name=self.name, token=self.token)


def open_agent_desk(
    person: Person,
    *,
    engine: EnginePlace,
    theme: Theme,
    speed: float = 1.0,
    is_aloud: bool = True,
    guidance_mode: GuidanceMode = GuidanceMode.STANDARD,
    settings: Path | None = None,
) -> AgentDesk:
    """The agent view. `speed` of recordings: 1 is real time, `math.inf` as fast as it goes.

    How much guidance is chosen is kept in the file `settings`, where one is given.
    """
    model = CallModel()
    model.choose_mode(guidance_mode)
    view = AgentView(model, theme=theme)
    desk = AgentDesk(
        hello=person.hello(DeskRole.AGENT),
        engine=engine,
        model=model,
        window=_sized(view, tr("Attune · call")),
        speed=speed,
        is_aloud=is_aloud,
    )
    view.start_requested.connect(desk.start_call)
    model.resume_wanted.connect(desk.post)
    model.page_opened.connect(Browser(desk).open)
    if settings is not None:
        model.mode_chosen.connect(KeptChoice(settings, desk).keep)
    return desk


def open_wall_desk(person: Person, *, engine: EnginePlace, theme: Theme) -> tuple[Desk, WallModel]:
    """The supervisor's wall, watching all live calls."""
    model = WallModel()
    desk = Desk(
        hello=person.hello(DeskRole.SUPERVISOR),
        engine=engine,
        model=model,
        window=_sized(WallView(model, theme=theme), tr("Attune · live calls")),
    )
    model.resume_wanted.connect(desk.watch_again)
    desk.post(WatchAll())
    return desk, model


def open_knowledge_desk(
    person: Person, *, engine: EnginePlace, theme: Theme
) -> tuple[Desk, KnowledgeModel]:
    """The knowledge manager's desk."""
    model = KnowledgeModel()
    desk = Desk(
        hello=person.hello(DeskRole.KNOWLEDGE),
        engine=engine,
        model=model,
        window=_sized(KnowledgeView(model, theme=theme), tr("Attune · knowledge")),
    )
    desk.posted.connect(model.number)
    return desk, model


def open_desk(
    role: DeskRole,
    person: Person,
    *,
    engine: EnginePlace,
    theme: Theme,
    guidance_mode: GuidanceMode = GuidanceMode.STANDARD,
    settings: Path | None = None,
) -> Desk:
    """The desk of a role; `guidance_mode` and where it is kept are for an agent's."""
    match role:
        case DeskRole.AGENT:
            return open_agent_desk(
                person,
                engine=engine,
                theme=theme,
                guidance_mode=guidance_mode,
                settings=settings,
            )
        case DeskRole.SUPERVISOR:
            return open_wall_desk(person, engine=engine, theme=theme)[0]
        case DeskRole.KNOWLEDGE:
            return open_knowledge_desk(person, engine=engine, theme=theme)[0]


def _sized(view: QWidget, title: str) -> QWidget:
    view.setWindowTitle(title)
    view.resize(WIDTH, HEIGHT)
    return view
