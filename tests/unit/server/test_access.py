from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from assist_engine.call.decide import Caller, Refusal
from assist_engine.contract.commands import GiveSatisfaction, Hello, Watch, WatchAll
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.knowledge_requests import (
    KnowledgeRequest,
    PublishRelease,
    ReadArticle,
    SearchKnowledge,
)
from assist_engine.errors import SettingsError
from assist_engine.server.access import ROLES, Access, check_role, is_loopback
from assist_engine.settings import AccessSettings, Token
from tests.strategies import of_type

SECRET = "a long secret"
TOKENS = AccessSettings(
    tokens=(
        Token(name="desk", role="agent", sha256=sha256(SECRET.encode()).hexdigest()),
        Token(name="ops", role="admin", sha256=sha256(b"root").hexdigest()),
    )
)


def hello(role: str = "agent", token: str = "") -> Hello:
    return Hello(role=role, agent_id=AgentId("kim"), agent_name="Kim", token=token)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_needs_no_token(host: str) -> None:
    caller = Access(AccessSettings(), host=host).admit(hello())
    assert caller == Caller(role="agent", agent_id=AgentId("kim"), agent_name="Kim")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "engine.example"])
def test_listening_beyond_this_machine_without_tokens_is_refused(host: str) -> None:
    with pytest.raises(SettingsError, match="tokens"):
        Access(AccessSettings(), host=host)
    assert not is_loopback(host)


def test_a_token_admits_for_its_role_only() -> None:
    access = Access(TOKENS, host="0.0.0.0")
    assert access.admit(hello(token=SECRET)).role == "agent"
    assert access.admit(hello("supervisor", token="root")).role == "supervisor"
    with pytest.raises(Refusal, match="for role agent") as wrong_role:
        access.admit(hello("supervisor", token=SECRET))
    assert wrong_role.value.code == "access.role"
    with pytest.raises(Refusal, match="not known") as wrong_token:
        access.admit(hello(token="guess"))
    assert wrong_token.value.code == "access.token"
    with pytest.raises(Refusal, match="not king"):
        access.admit(hello("king", token=SECRET))


def test_roles_may_ask_only_what_is_theirs() -> None:
    agent = Caller(role="agent", agent_id=AgentId("kim"))
    check_role(SearchKnowledge(query="x"), agent)
    for saying in (WatchAll(), PublishRelease()):
        with pytest.raises(Refusal, match="not agent"):
            check_role(saying, agent)
    check_role(PublishRelease(), Caller(role="knowledge", agent_id=AgentId("mia")))
    check_role(WatchAll(), Caller(role="supervisor", agent_id=AgentId("sam")))


def test_a_survey_only_gives_scores() -> None:
    survey = Caller(role="survey", agent_id=AgentId("kim"))
    given = GiveSatisfaction(call_id=CallId("c"), score=5)
    for saying in (SearchKnowledge(query="x"), WatchAll(), Watch(call_id=CallId("c"))):
        with pytest.raises(Refusal, match="not survey"):
            check_role(saying, survey)
    check_role(given, survey)
    check_role(given, Caller(role="supervisor", agent_id=AgentId("sam")))
    for role in ("agent", "knowledge"):
        with pytest.raises(Refusal, match="for admin, supervisor, survey"):
            check_role(given, Caller(role=role, agent_id=AgentId("kim")))


REQUESTS: SearchStrategy[KnowledgeRequest] = of_type(KnowledgeRequest)


@given(REQUESTS, st.sampled_from(sorted(ROLES)))
def test_all_search_and_read_and_the_rest_is_for_those_who_write(
    request: KnowledgeRequest, role: str
) -> None:
    caller = Caller(role=role, agent_id=AgentId("kim"))
    is_open = isinstance(request, SearchKnowledge | ReadArticle) and role != "survey"
    if role in {"knowledge", "admin"} or is_open:
        check_role(request, caller)
    else:
        with pytest.raises(Refusal, match=f"not {role}"):
            check_role(request, caller)


@pytest.mark.parametrize("digest", ["", SECRET, sha256(b"x").hexdigest().upper()])
def test_a_digest_that_no_token_can_have_is_told_at_the_start(digest: str) -> None:
    tokens = AccessSettings(tokens=(Token(name="desk", role="agent", sha256=digest),))
    with pytest.raises(SettingsError, match="sha256 of desk"):
        Access(tokens, host="127.0.0.1")


def test_a_token_of_one_person_admits_nobody_else() -> None:
    own = Token(
        name="kim", role="agent", sha256=sha256(SECRET.encode()).hexdigest(), agent_id="kim"
    )
    access = Access(AccessSettings(tokens=(own,)), host="0.0.0.0")
    assert access.admit(hello(token=SECRET)).agent_id == "kim"
    other = Hello(role="agent", agent_id=AgentId("ben"), agent_name="Ben", token=SECRET)
    with pytest.raises(Refusal, match="for kim, not for ben") as refused:
        access.admit(other)
    assert refused.value.code == "access.agent"
