"""Values of the contract for hypothesis, made from the types themselves: one place."""

import types
from enum import Enum
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from assist_engine.call.decide import Caller
from assist_engine.contract import answers, commands, events, ids
from assist_engine.contract.events import Event, Recorded, Unrecognised
from assist_engine.contract.ids import AgentId, CallId

CALL = CallId("call-1")
AGENT = AgentId("agent-1")

# Few ids, so that what is generated refers to what was generated before.
_IDS: dict[object, list[str]] = {
    ids.CallId: ["call-1"],
    ids.ParticipantId: ["customer", "agent"],
    ids.UtteranceId: ["customer-1", "customer-2", "agent-1"],
    ids.SuggestionId: ["refund", "card-stop"],
    ids.AlertId: ["alert-1", "alert-2"],
    ids.AgentId: [AGENT, "supervisor-1"],
    ids.CustomerId: ["c-1", "c-2"],
    ids.ArticleId: ["orders/refund", "cards/lost"],
    ids.PlaybookId: ["lost-card", "missing-parcel"],
    ids.GapId: ["gap-1", "gap-2"],
    ids.ActionId: ["order-replacement", "block-card"],
    ids.ActionKey: ["key-1", "key-2"],
}
_LEAVES: dict[object, SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(min_value=0, max_value=2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
    bytes: st.binary(max_size=64),
}


@cache
def of_type(kind: Any) -> SearchStrategy[Any]:
    """Values of a type used in the contract."""
    if isinstance(kind, NewType):
        return st.sampled_from(_IDS[kind])
    if kind in _LEAVES:
        return _LEAVES[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return struct(kind)
    return _generic(get_origin(kind), get_args(kind))


def _generic(origin: Any, args: tuple[Any, ...]) -> SearchStrategy[Any]:
    if origin is tuple:
        return st.lists(of_type(args[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(of_type(args[0]), of_type(args[1]), max_size=3)
    assert origin in {Union, types.UnionType}, f"no strategy for {origin}[{args}]"
    return st.one_of([of_type(arg) for arg in args])


def struct(kind: type[msgspec.Struct]) -> SearchStrategy[Any]:
    """A struct; fields with a default keep it half of the time."""
    fields = msgspec.structs.fields(kind)
    required = {f.name: of_type(f.type) for f in fields if f.required}
    optional = {f.name: of_type(f.type) for f in fields if not f.required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda given: kind(**given))


def members(union: object) -> tuple[type[msgspec.Struct], ...]:
    """The structs of a tagged union."""
    return get_args(union)


EVENTS: SearchStrategy[Event] = of_type(Event)
SAYINGS: SearchStrategy[commands.Saying] = of_type(commands.Saying)
CALL_COMMANDS: SearchStrategy[commands.CallCommand] = of_type(commands.CallCommand)
ANSWERS: SearchStrategy[answers.Answer] = of_type(answers.Answer)
AUDIO_SIDE = st.sampled_from(
    [
        commands.PauseCall(call_id=CALL),
        commands.ContinueCall(call_id=CALL),
        commands.ReleaseCall(call_id=CALL),
    ]
)
CALLERS = st.builds(
    Caller, role=st.sampled_from(["agent", "supervisor", "admin"]), agent_id=st.just(AGENT)
)


@st.composite
def unrecognised(draw: st.DrawFn) -> Unrecognised:
    """An event of an engine newer than this one."""
    kind = "later." + draw(st.text("abcdefgh", min_size=1, max_size=8))
    fields = draw(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5)))
    body = {name: value for name, value in fields.items() if name != "kind"}
    return Unrecognised(kind=kind, raw=msgspec.json.encode({"kind": kind, **body}))


def offered() -> events.CallOffered:
    """The first event of the generated calls."""
    return events.CallOffered(caller_number="+15550142", agent_id=AGENT, queue="orders")


@st.composite
def event_logs(draw: st.DrawFn, *, max_size: int = 20) -> list[Recorded]:
    """The log of one call: offered first, seq without holes, any events in any order."""
    drawn = draw(st.lists(EVENTS | unrecognised(), max_size=max_size))
    return [
        Recorded(call_id=CALL, seq=seq, recorded_ms=1_000 * seq, audio_ms=draw(_MS), event=event)
        for seq, event in enumerate([offered(), *drawn], start=1)
    ]


_MS = st.integers(min_value=0, max_value=600_000)
