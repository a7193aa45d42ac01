"""Actions of a call in the engine: previewed, confirmed, sent once, undone, told in the log."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from msgspec import structs

from assist_engine.call.decide import Caller, Refusal
from assist_engine.call.state import ActionRun, ActionStatus, CallState, CardStatus
from assist_engine.contract import events
from assist_engine.contract.actions import (
    ActionDone,
    ActionFailed,
    ActionPreviewed,
    ActionStarted,
    OpenPage,
    PreviewAction,
    RunAction,
    UndoAction,
)
from assist_engine.contract.answers import Accepted, Answer
from assist_engine.contract.commands import ReleaseCall
from assist_engine.contract.events import Event, Unrecognised
from assist_engine.contract.ids import (
    ActionId,
    ActionKey,
    AgentId,
    CustomerId,
    PlaybookId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import (
    CustomerProfile,
    EntityType,
    Evidence,
    Suggestion,
    SuggestionKind,
)
from assist_engine.customers.directory import Directory
from assist_engine.guidance.action import ActionPolicy
from assist_engine.guidance.playbook import Playbook, admitted
from assist_engine.guidance.playbook_reader import load_playbooks
from assist_engine.session.action_runner import ActionRunner
from assist_engine.session.call_session import CallSession
from assist_engine.session.fan_out import Subscriber
from assist_engine.session.knowledge_finder import KnowledgeFinder
from assist_engine.session.lanes import DecodingLanes
from assist_engine.session.live_calls import LiveCalls
from assist_engine.session.stages import Stages
from assist_engine.settings import RESOURCES
from assist_engine.speech.scripted_engine import ScriptedEngine
from tests.fakes.faulty_server import FaultyServer, faulty_server, said
from tests.integration.test_sessions import CALL, KIM, House, opening, until

pytestmark = pytest.mark.integration

CARD = SuggestionId("action-lost-parcel")
PLAYBOOK = """
- id: lost-parcel
  title: Replace it
  body: Offer a replacement
  when: {{intents: [late-parcel]}}
  actions:
    - id: replace
      label: Order the replacement
      url: {origin}/{what}/{{order}}
      json: {{customer: "{{customer.id}}", note: "{{note}}"}}
      undo: {{url: "{origin}/undone/{{key}}"}}
      result: message
    - id: tell
      label: Send a message
      url: {origin}/messages
      json: {{to: "{{customer.email}}"}}
      result: message
    - id: page
      label: Open the order
      kind: open
      url: {origin}/orders/{{order}}?agent={{agent.name}}
    - id: log
      label: Log the contact
      url: {origin}/contacts
      json: {{call: "{{call.id}}"}}
      asks_first: false
    - id: ticket
      label: Open a ticket
      url: {origin}/tickets
      json: {{call: "{{call.id}}"}}
      undo: {{url: "{origin}/tickets/{{answer.ticket.id}}", json: {{id: "{{answer.ticket.id}}"}}}}
"""
PROFILE = CustomerProfile(
    customer_id=CustomerId("c-1"),
    name="[PERSON]",
    organisation="Harbor Shop",
    email="[EMAIL]",
)


@dataclass
class ActionHouse(House):
    """Live calls whose playbook's actions go to one server."""

    origin: str = ""
    what: str = "done"
    unattended: frozenset[str] = frozenset()
    timeout_s: float = 5.0
    caller_number: str = "+15550100"
    playbooks: Sequence[Playbook] = field(init=False, default=())

    def __post_init__(self) -> None:
        text = PLAYBOOK.format(origin=self.origin, what=self.what)
        policy = ActionPolicy(hosts=frozenset({self.origin}), unattended=self.unattended)
        self.playbooks = admitted(load_playbooks(text, source="orders.yaml"), policy)

    def _stages(self, finder: KnowledgeFinder, lanes: DecodingLanes) -> Stages:
        runner = ActionRunner(playbooks=lambda: self.playbooks, timeout_s=self.timeout_s)
        customers = Directory.load(RESOURCES / "demo" / "customers", now_ms=0)
        return replace(super()._stages(finder, lanes), actions=runner, customers=customers)

    @property
    def card(self) -> events.SuggestionMade:
        (playbook,) = self.playbooks
        suggestion = Suggestion(
            suggestion_id=CARD,
            kind=SuggestionKind.NEXT_ACTION,
            topic="lost-parcel",
            title="Replace it",
            body="Offer a replacement",
            probability=0.9,
            evidence=(Evidence(quote="my parcel is late"),),
            playbook_id=PlaybookId("lost-parcel"),
            actions=tuple(action.offer for action in playbook.actions),
        )
        return events.SuggestionMade(suggestion=suggestion)

    @asynccontextmanager
    async def call(self) -> AsyncIterator["Desk"]:
        """A call on which an order was named and the card is shown."""
        async with self.open() as calls:
            asked = structs.replace(opening(), caller_number=self.caller_number)
            session, _ = await calls.open(asked, KIM)
            if not session.state.cards:
                unknown = known() if session.state.customer is None else known()[1:]
                await session.commit([*unknown, self.card])
            yield Desk(calls, session)


def known(order: str = "BK749205") -> list[Event]:
    identified = events.CustomerIdentified(profile=PROFILE, identified_by="caller number")
    named = events.EntityRead(
        entity_id="order-1",
        utterance_id=UtteranceId("customer-0"),
        type=EntityType.ORDER,
        value=order,
        is_valid=True,
        probability=0.9,
    )
    return [identified, named]


@dataclass
class Desk:
    """What the call's own agent asks."""

    calls: LiveCalls
    session: CallSession

    async def preview(
        self, action: str = "replace", note: str = "", *, card: SuggestionId = CARD
    ) -> ActionPreviewed:
        asked = PreviewAction(
            call_id=CALL, suggestion_id=card, action_id=ActionId(action), note=note
        )
        previewed = await self.session.actions.answer(1, asked, KIM)
        assert isinstance(previewed, ActionPreviewed)
        return previewed

    async def run(
        self, key: ActionKey, action: str = "replace", *, card: SuggestionId = CARD
    ) -> Answer:
        asked = RunAction(call_id=CALL, suggestion_id=card, action_id=ActionId(action), key=key)
        return await self.session.actions.answer(2, asked, KIM)

    async def undo(self, key: ActionKey) -> Answer:
        return await self.session.actions.answer(3, UndoAction(call_id=CALL, key=key), KIM)

    async def ended(self, key: ActionKey) -> ActionRun:
        async with asyncio.timeout(10):
            await until(lambda: self._has_ended(key))
        run = self.state.action(key)
        assert run is not None
        return run

    def _has_ended(self, key: ActionKey) -> bool:
        run = self.state.action(key)
        return run is not None and run.outcome is not None

    @property
    def state(self) -> CallState:
        return self.session.state


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, server: FaultyServer) -> ActionHouse:
    return ActionHouse(tmp_path, ScriptedEngine([], []), origin=server.origin)


async def logged(house: ActionHouse) -> list[Event | Unrecognised]:
    return [recorded.event for recorded in await house.log.read(CALL)]


async def test_previewed_confirmed_sent_and_told(house: ActionHouse, server: FaultyServer) -> None:
    server.answer = said({"message": "Replacement R1 ordered for BK749205"})
    async with house.call() as desk:
        previewed = await desk.preview(note="fragile, please")
        assert previewed.url == f"{server.origin}/done/BK749205"
        assert {f.name: f.value for f in previewed.fields} == {
            "order": "BK749205",
            "customer.id": "c-1",
            "note": "fragile, please",
        }
        assert '"note": "fragile, please"' in previewed.content
        assert (previewed.method, previewed.missing, previewed.can_undo) == ("POST", (), True)
        assert not server.got  # a preview sends nothing
        assert isinstance(await desk.run(previewed.key), Accepted)
        run = await desk.ended(previewed.key)
        assert run.status is ActionStatus.DONE
        assert desk.state.cards[0].status is CardStatus.USED
    (got,) = server.got
    assert (got.path, got.body) == (
        "/done/BK749205",
        b'{"customer":"c-1","note":"fragile, please"}',
    )
    log = await logged(house)
    started = next(e for e in log if isinstance(e, ActionStarted))
    done = next(e for e in log if isinstance(e, ActionDone))
    assert (started.action_id, started.by, started.is_confirmed) == ("replace", "kim", True)
    assert (done.key, done.status) == (started.key, 200)
    assert done.text == "Replacement R1 ordered for BK749205"
    assert "fragile" not in repr(log)  # what is sent is not stored


async def test_nothing_is_sent_before_its_start_is_durable(
    house: ActionHouse, server: FaultyServer
) -> None:
    async with house.call() as desk:
        previewed = await desk.preview()
        await desk.run(previewed.key)
        started = [e for e in await logged(house) if isinstance(e, ActionStarted)]
        assert [e.key for e in started] == [previewed.key]


async def test_the_same_key_is_sent_once(house: ActionHouse, server: FaultyServer) -> None:
    async with house.call() as desk:
        key = (await desk.preview()).key
        assert (await desk.preview()).key == key
        await asyncio.gather(*(desk.run(key) for _ in range(5)))
        await desk.ended(key)
        await desk.run(key)
        assert len(server.got) == 1
        again = (await desk.preview()).key
        assert again != key  # a second one is a second confirmation
        await desk.run(again)
        await desk.ended(again)
    keys = [got.headers["Idempotency-Key"] for got in server.got]
    assert len(keys) == len(set(keys)) == 2


async def test_what_was_previewed_is_what_is_sent(house: ActionHouse, server: FaultyServer) -> None:
    async with house.call() as desk:
        key = (await desk.preview()).key
        await desk.session.commit(known(order="BK000000")[1:])
        await desk.run(key)
        await desk.ended(key)
    assert [got.path for got in server.got] == ["/done/BK749205"]


async def test_what_is_not_previewed_offered_or_ours_is_refused(house: ActionHouse) -> None:
    async with house.call() as desk:
        with pytest.raises(Refusal, match="previewed first"):
            await desk.run(ActionKey("made-up"))
        with pytest.raises(Refusal, match="offers no action"):
            await desk.preview("delete-everything")
        with pytest.raises(Refusal, match="no action under the key"):
            await desk.undo(ActionKey("made-up"))
        asked = PreviewAction(call_id=CALL, suggestion_id=CARD, action_id=ActionId("replace"))
        ben = Caller(role="agent", agent_id=AgentId("ben"))
        for caller in (ben, Caller(role="supervisor", agent_id=AgentId("sue"))):
            with pytest.raises(Refusal, match="own agent"):
                await desk.session.actions.answer(1, asked, caller)


async def test_a_placeholder_is_never_sent(house: ActionHouse, server: FaultyServer) -> None:
    async with house.call() as desk:
        previewed = await desk.preview("tell")
        assert (previewed.missing, previewed.key) == (("customer.email",), "")
        with pytest.raises(Refusal, match="previewed first"):
            await desk.run(previewed.key, "tell")
    assert not server.got


async def test_what_is_private_is_sent_and_never_stored(
    tmp_path: Path, server: FaultyServer
) -> None:
    server.answer = said({"message": "Sent to ana.ruiz@example.com, card 4111 1111 1111 1111"})
    house = ActionHouse(
        tmp_path, ScriptedEngine([], []), origin=server.origin, caller_number="+14155550117"
    )
    async with house.call() as desk:
        assert desk.state.customer is not None
        assert desk.state.customer.email == "[EMAIL]"
        previewed = await desk.preview("tell")
        assert [field.value for field in previewed.fields] == ["ana.ruiz@example.com"]
        kim, supervisor = Subscriber(limit=100), Subscriber(limit=100)
        await desk.session.catch_up(kim, desk.state.seq, is_own=True)
        await desk.session.catch_up(supervisor, desk.state.seq)
        await desk.run(previewed.key, "tell")
        run = await desk.ended(previewed.key)
        assert isinstance(run.outcome, ActionDone)
        told = b"".join(await kim.take())
        assert b'"action.told"' in told
        assert b"Sent to ana.ruiz@example.com, card 4111" in told
        assert b"ana.ruiz" not in b"".join(await supervisor.take())
        assert run.outcome.text == "Sent to […], card [CARD]"
        await desk.session.command(ReleaseCall(call_id=CALL), KIM)
        assert (await desk.preview("tell")).missing == ("customer.email",)  # forgotten
    assert [got.body for got in server.got] == [b'{"to":"ana.ruiz@example.com"}']
    log = repr(await logged(house))
    assert "ana.ruiz" not in log
    assert "4111" not in log


async def test_a_value_that_would_change_the_address_is_refused(house: ActionHouse) -> None:
    async with house.call() as desk:
        await desk.session.commit(known(order="../../admin")[1:])
        with pytest.raises(Refusal, match="order: slashes"):
            await desk.preview()


async def test_a_page_is_opened_by_the_desktop(house: ActionHouse, server: FaultyServer) -> None:
    async with house.call() as desk:
        previewed = await desk.preview("page")
        page = await desk.run(previewed.key, "page")
        assert page == OpenPage(
            ref=2,
            call_id=CALL,
            action_id=ActionId("page"),
            label="Open the order",
            url=f"{server.origin}/orders/BK749205?agent=Kim",
        )
        assert desk.state.actions[0].status is ActionStatus.DONE
    assert not server.got
    assert "agent=Kim" not in repr(await logged(house))


async def test_undone_once(house: ActionHouse, server: FaultyServer) -> None:
    async with house.call() as desk:
        key = (await desk.preview()).key
        with pytest.raises(Refusal, match="no action under"):
            await desk.undo(key)
        await desk.run(key)
        await desk.ended(key)
        await asyncio.gather(*(desk.undo(key) for _ in range(3)))
        await desk.ended(desk.state.actions[1].started.key)
        await desk.undo(key)
        assert desk.state.actions[0].status is ActionStatus.UNDONE
        assert desk.state.actions[1].started.undoes == key
    assert [got.method for got in server.got] == ["POST", "DELETE"]
    sent = server.got[0].headers["Idempotency-Key"]
    assert server.got[1].path == f"/undone/{sent}"


@pytest.mark.parametrize(
    ("ticket", "is_restarted"),
    [(1017, False), ("T1017", False), ("T1017", True)],
)
async def test_undone_by_what_the_other_system_answered(
    tmp_path: Path, server: FaultyServer, ticket: str | int, is_restarted: bool
) -> None:
    house = ActionHouse(tmp_path, ScriptedEngine([], []), origin=server.origin)
    server.answer = said({"Ticket": {"ID": ticket}, "message": "open"})
    async with house.call() as desk:
        key = (await desk.preview("ticket")).key
        await desk.run(key, "ticket")
        await desk.ended(key)
        if not is_restarted:
            await desk.undo(key)
            await desk.ended(desk.state.actions[1].started.key)
    if is_restarted:
        again = ActionHouse(
            tmp_path / "again", ScriptedEngine([], []), log=house.log, origin=server.origin
        )
        async with again.call() as desk:
            await desk.undo(key)
            await desk.ended(desk.state.actions[1].started.key)
    assert desk.state.actions[0].status is ActionStatus.UNDONE
    assert [(got.method, got.path) for got in server.got] == [
        ("POST", "/tickets"),
        ("DELETE", f"/tickets/{ticket}"),
    ]
    assert json.loads(server.got[1].body) == {"id": ticket}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({}, "is not known: answer.ticket.id"),
        ({"ticket": "T1"}, "is not known: answer.ticket.id"),
        ({"ticket": {"id": ["T1"]}}, "is not known: answer.ticket.id"),
        ({"ticket": {"id": "../../admin"}}, "this cannot be sent: answer.ticket.id: slashes"),
        ({"ticket": {"id": ".."}}, "this cannot be sent: answer.ticket.id: only dots"),
    ],
)
async def test_an_answer_that_will_not_do_is_told_when_it_is_to_be_undone(
    house: ActionHouse, server: FaultyServer, answer: dict[str, object], told: str
) -> None:
    server.answer = said(answer)
    async with house.call() as desk:
        key = (await desk.preview("ticket")).key
        await desk.run(key, "ticket")
        assert (await desk.ended(key)).status is ActionStatus.DONE
        with pytest.raises(Refusal, match=told):
            await desk.undo(key)
    assert len(server.got) == 1


@pytest.mark.parametrize(
    "private", ["ana.ruiz@example.com", "4111111111111111", "078051120", "4155550117"]
)
async def test_of_an_answer_nothing_private_is_stored(
    house: ActionHouse, server: FaultyServer, private: str
) -> None:
    server.answer = said({"ticket": {"id": private}})
    async with house.call() as desk:
        key = (await desk.preview("ticket")).key
        await desk.run(key, "ticket")
        await desk.ended(key)
        await desk.undo(key)
        await desk.ended(desk.state.actions[1].started.key)
    assert server.got[1].path == f"/tickets/{private.replace('@', '%40')}"
    assert private not in repr(await logged(house))


async def test_what_has_no_undo_is_not_undone(house: ActionHouse) -> None:
    async with house.call() as desk:
        key = (await desk.preview("log")).key
        await desk.run(key, "log")
        await desk.ended(key)
        with pytest.raises(Refusal, match="cannot be taken back"):
            await desk.undo(key)


@pytest.mark.parametrize(
    ("what", "code", "status"),
    [
        ("hang", "action.timeout", ActionStatus.UNKNOWN),
        ("dribble", "action.timeout", ActionStatus.UNKNOWN),
        ("garbage", "action.garbage", ActionStatus.UNKNOWN),
        ("status-500", "action.http_500", ActionStatus.UNKNOWN),
        ("status-422", "action.http_422", ActionStatus.FAILED),
        ("redirect", "action.redirect", ActionStatus.FAILED),
    ],
)
async def test_a_webhook_that_fails_never_holds_a_call(
    tmp_path: Path, server: FaultyServer, what: str, code: str, status: ActionStatus
) -> None:
    house = ActionHouse(
        tmp_path, ScriptedEngine([], []), origin=server.origin, what=what, timeout_s=0.5
    )
    async with house.call() as desk:
        key = (await desk.preview()).key
        async with asyncio.timeout(0.3):  # less than the webhook is waited for
            await desk.run(key)
            await desk.session.commit([events.NoteTaken(text="the call goes on")])
        run = await desk.ended(key)
        assert isinstance(run.outcome, ActionFailed)
        assert (run.status, run.outcome.code) == (status, code)
        assert ("check" in run.outcome.message) is (status is ActionStatus.UNKNOWN)


async def test_once_nobody_knows_the_key_stays_until_it_is_done(
    tmp_path: Path, server: FaultyServer
) -> None:
    house = ActionHouse(
        tmp_path, ScriptedEngine([], []), origin=server.origin, what="garbage", timeout_s=2
    )
    server.answer = said({"message": "the card 4111 1111 1111 1111 is unknown"})
    outcomes = []
    async with house.call() as desk:
        for what in ("garbage", "status-422", "done", "status-422", "done"):
            house.what = what
            house.__post_init__()
            key = (await desk.preview()).key
            await desk.run(key)
            run = await desk.ended(key)
            outcomes.append(run.status)
            if what == "status-422":
                assert isinstance(run.outcome, ActionFailed)
                told = "the other system refused it (status 422): the card [CARD] is unknown"
                assert run.outcome.message == told
    unknown, failed, done = ActionStatus.UNKNOWN, ActionStatus.FAILED, ActionStatus.DONE
    assert outcomes == [unknown, failed, done, failed, done]
    keys = [got.headers["Idempotency-Key"] for got in server.got]
    # After it was done, a new one; after a sure failure, a new one.
    assert [keys.index(key) for key in keys] == [0, 0, 0, 3, 4]


async def test_a_call_ends_while_a_webhook_hangs(tmp_path: Path, server: FaultyServer) -> None:
    house = ActionHouse(
        tmp_path, ScriptedEngine([], []), origin=server.origin, what="hang", timeout_s=1.0
    )
    async with house.call() as desk:
        key = (await desk.preview()).key
        await desk.run(key)
        async with asyncio.timeout(0.9):
            await desk.session.command(ReleaseCall(call_id=CALL), KIM)
        assert not desk.state.is_live
        run = await desk.ended(key)
        assert run.status is ActionStatus.UNKNOWN


async def test_only_some_run_at_once(tmp_path: Path, server: FaultyServer) -> None:
    house = ActionHouse(
        tmp_path, ScriptedEngine([], []), origin=server.origin, what="hang", timeout_s=0.5
    )
    async with house.call() as desk:
        cards = [SuggestionId(f"card-{number}") for number in range(4)]
        shown = house.card.suggestion
        await desk.session.commit(
            [
                events.SuggestionMade(suggestion=structs.replace(shown, suggestion_id=card))
                for card in cards
            ]
        )
        keys = [(await desk.preview(card=card)).key for card in cards]
        for card, key in zip(cards[:3], keys, strict=False):
            await desk.run(key, card=card)
        with pytest.raises(Refusal, match="3 actions of this call are running"):
            await desk.run(keys[3], card=cards[3])
        for key in keys[:3]:
            await desk.ended(key)
        await desk.run(keys[3], card=cards[3])
        await desk.ended(keys[3])


async def test_nothing_runs_by_itself_unless_both_allow_it(
    tmp_path: Path, server: FaultyServer
) -> None:
    for allowed in (frozenset[str](), frozenset({"log", "replace"})):
        house = ActionHouse(
            tmp_path / str(len(allowed)),
            ScriptedEngine([], []),
            origin=server.origin,
            unattended=allowed,
        )
        async with house.call() as desk:
            await asyncio.sleep(0.05)
            if allowed:
                run = await desk.ended(desk.state.actions[0].started.key)
                assert (run.started.action_id, run.started.is_confirmed) == ("log", False)
                assert desk.state.cards[0].status is CardStatus.SHOWN  # the agent did nothing
        assert [got.path for got in server.got] == (["/contacts"] if allowed else [])


async def test_an_engine_that_ended_between_start_and_end_says_unknown(
    tmp_path: Path, server: FaultyServer
) -> None:
    house = ActionHouse(
        tmp_path, ScriptedEngine([], []), origin=server.origin, what="hang", timeout_s=30
    )
    async with house.call() as desk:
        key = (await desk.preview()).key
        await desk.run(key)
        await until(lambda: bool(server.got))
        for task in asyncio.all_tasks():
            if task.get_name() == "action":
                task.cancel()
    house.what = "done"
    house.__post_init__()
    async with house.call() as desk:
        run = desk.state.action(key)
        assert run is not None
        assert run.status is ActionStatus.UNKNOWN
        assert isinstance(run.outcome, ActionFailed)
        assert run.outcome.code == "action.interrupted"
        assert isinstance(await desk.run(key), Accepted)  # not sent again
        await asyncio.sleep(0.1)
        assert len(server.got) == 1
        second = (await desk.preview()).key
        assert second != key
        await desk.run(second)
        assert (await desk.ended(second)).status is ActionStatus.DONE
    # The agent tried again, under the key that the other system may have seen.
    assert server.got[0].headers["Idempotency-Key"] == server.got[1].headers["Idempotency-Key"]
