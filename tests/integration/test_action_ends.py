"""Each action that began ends, and none begins too late or without a place."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from msgspec import structs

from assist_engine.call.decide import Refusal
from assist_engine.call.state import ActionStatus
from assist_engine.contract.actions import ActionDone, ActionFailed
from assist_engine.contract.answers import Accepted
from assist_engine.contract.commands import CompleteWrapUp, ReleaseCall
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import WrapUp
from assist_engine.guidance.action import ActionPolicy
from assist_engine.guidance.playbook import admitted
from assist_engine.guidance.playbook_reader import load_playbooks
from assist_engine.session.action_runner import ActionRunner
from assist_engine.session.knowledge_finder import KnowledgeFinder
from assist_engine.session.lanes import DecodingLanes
from assist_engine.session.secrets import Secrets
from assist_engine.session.stages import Stages
from assist_engine.speech.scripted_engine import ScriptedEngine
from tests.fakes.faulty_server import FaultyServer, faulty_server
from tests.integration.test_actions import PLAYBOOK, ActionHouse, Desk, known
from tests.integration.test_sessions import CALL, KIM, opening, until

pytestmark = pytest.mark.integration

HEADER = '      headers: {Authorization: "Bearer ${ATTUNE_ACTION_SHOP}"}\n'


@dataclass
class KeyringHouse(ActionHouse):
    """Live calls whose actions have a secret in a keyring that waits for somebody."""

    most: int = 32
    asked: list[str] = field(default_factory=list)
    somebody: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        text = PLAYBOOK.format(origin=self.origin, what=self.what)
        text = text.replace("      result: message\n", f"      result: message\n{HEADER}")
        policy = ActionPolicy(hosts=frozenset({self.origin}), unattended=frozenset())
        self.playbooks = admitted(load_playbooks(text, source="orders.yaml"), policy)

    def _stages(self, finder: KnowledgeFinder, lanes: DecodingLanes) -> Stages:
        secrets = Secrets(environment={}, in_keyring=self._in_keyring)
        runner = ActionRunner(playbooks=lambda: self.playbooks, most=self.most, secrets=secrets)
        return replace(super()._stages(finder, lanes), actions=runner)

    def _in_keyring(self, service: str, name: str) -> str:
        self.asked.append(name)
        self.somebody.wait(10)
        return "s3cret"


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as running:
        yield running


async def test_half_a_character_in_an_answer_ends_its_action(
    tmp_path: Path, server: FaultyServer
) -> None:
    house = ActionHouse(tmp_path, ScriptedEngine([], []), origin=server.origin)
    server.answer = b'{"message": "\\ud800x", "ticket": {"id": "T\\udc00"}}'
    async with house.call() as desk:
        for action in ("replace", "ticket"):
            key = (await desk.preview(action)).key
            await desk.run(key, action)
            assert (await desk.ended(key)).status is ActionStatus.DONE
        first = desk.state.actions[0].outcome
        assert isinstance(first, ActionDone)
        assert first.text == "?x"


@pytest.mark.logs("nobody knows what became of .*: ValueError at ")
async def test_an_error_that_nobody_foresaw_ends_its_action(
    tmp_path: Path, server: FaultyServer
) -> None:
    house = ActionHouse(tmp_path, ScriptedEngine([], []), origin=server.origin)
    (playbook,) = house.playbooks
    action = playbook.actions[0]
    url = structs.replace(action.request.url, origin="http://127.0.0.1:99999")  # no such port
    odd = structs.replace(action, request=structs.replace(action.request, url=url))
    house.playbooks = [structs.replace(playbook, actions=(odd,))]
    async with house.call() as desk:
        key = (await desk.preview()).key
        await desk.run(key)
        run = await desk.ended(key)
        assert run.status is ActionStatus.UNKNOWN
        assert isinstance(run.outcome, ActionFailed)
        assert run.outcome.code == "action.unforeseen"


async def test_nothing_begins_once_the_wrap_up_is_complete(
    tmp_path: Path, server: FaultyServer
) -> None:
    house = KeyringHouse(tmp_path, ScriptedEngine([], []), origin=server.origin)
    async with house.call() as desk:
        key = (await desk.preview()).key
        running = asyncio.create_task(desk.run(key))
        await until(lambda: bool(house.asked))
        await desk.session.command(ReleaseCall(call_id=CALL), KIM)
        done = WrapUp(lines=(), disposition="Late", outcome="Solved")
        await desk.session.command(CompleteWrapUp(call_id=CALL, wrap_up=done), KIM)
        house.somebody.set()
        with pytest.raises(Refusal, match="this call is wrapped up"):
            await running
        assert not desk.state.actions
    assert not server.got


async def test_no_more_than_the_most_run_of_all_calls(tmp_path: Path, server: FaultyServer) -> None:
    house = KeyringHouse(tmp_path, ScriptedEngine([], []), origin=server.origin, most=1)
    async with house.call() as first:
        session, _ = await first.calls.open(opening(CallId("another")), KIM)
        shown = structs.replace(house.card, suggestion=house.card.suggestion)
        await session.commit([*known()[session.state.customer is not None :], shown])
        second = Desk(first.calls, session)
        keys = [(await desk.preview()).key for desk in (first, second)]
        both = asyncio.gather(first.run(keys[0]), second.run(keys[1]), return_exceptions=True)
        await until(lambda: bool(house.asked))
        house.somebody.set()
        begun, refused = sorted(await both, key=lambda one: isinstance(one, Refusal))
        assert isinstance(begun, Accepted)
        assert isinstance(refused, Refusal)
        assert refused.code == "action.busy"
        assert len(house.asked) == 1  # both waited for one answer
        ran = next(desk for desk in (first, second) if desk.state.actions)
        await ran.ended(ran.state.actions[0].started.key)
        left = second if ran is first else first
        await left.run((await left.preview()).key)  # its place is free again
        await left.ended(left.state.actions[0].started.key)
    assert len(server.got) == 2
