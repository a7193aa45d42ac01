"""Who may connect, and as what. Without tokens only this machine may."""

import hmac
import re
from hashlib import sha256
from ipaddress import ip_address
from typing import Final, get_args

from assist_engine.call.decide import SURVEYORS, Caller, Refusal
from assist_engine.contract.commands import GiveSatisfaction, Hello, OpenCall, Saying, WatchAll
from assist_engine.contract.knowledge_requests import (
    KnowledgeRequest,
    ReadArticle,
    SearchKnowledge,
)
from assist_engine.errors import SettingsError
from assist_engine.settings import AccessSettings

_SHA256: Final = re.compile("[0-9a-f]{64}")
_PEOPLE: Final = frozenset({"agent", "supervisor", "knowledge", "admin"})
SURVEY: Final = "survey"  # brings in what customers say; is told only how its engine is
ROLES: Final = _PEOPLE | {SURVEY}

WRITERS: Final = frozenset({"knowledge", "admin"})
_ROLES_FOR: Final[dict[type, frozenset[str]]] = {
    OpenCall: frozenset({"agent", "admin"}),
    WatchAll: frozenset({"supervisor", "admin"}),
    GiveSatisfaction: SURVEYORS,
    # Whoever is on a call searches and reads; all else of the knowledge base is its writers'.
    **dict.fromkeys(get_args(KnowledgeRequest), WRITERS),
    SearchKnowledge: _PEOPLE,
    ReadArticle: _PEOPLE,
}


class Access:
    """Checks the first message of a connection, and each later one against its role."""

    def __init__(self, settings: AccessSettings, *, host: str) -> None:
        if not settings.tokens and not is_loopback(host):
            raise SettingsError(
                f"server.host is {host}: listening beyond this machine needs [[access.tokens]]"
            )
        for token in settings.tokens:
            if not _SHA256.fullmatch(token.sha256):
                raise SettingsError(
                    f"access.tokens: sha256 of {token.name} is 64 hexadecimal digits in lower case"
                )
        self._tokens = settings.tokens

    def admit(self, hello: Hello) -> Caller:
        """Who this is; raises `Refusal`."""
        if hello.role not in ROLES:
            raise Refusal("access.role", f"roles are {', '.join(sorted(ROLES))}, not {hello.role}")
        if self._tokens:
            self._check_token(hello)
        return Caller(role=hello.role, agent_id=hello.agent_id, agent_name=hello.agent_name)

    def _check_token(self, hello: Hello) -> None:
        given = sha256(hello.token.encode()).hexdigest()
        known = [t for t in self._tokens if hmac.compare_digest(t.sha256, given)]
        if not known:
            raise Refusal("access.token", "the token is not known to this engine")
        fitting = [token for token in known if token.role in {hello.role, "admin"}]
        if not fitting:
            roles = ", ".join(token.role for token in known)
            raise Refusal("access.role", f"this token is for role {roles}")
        if not any(token.agent_id in {"", hello.agent_id} for token in fitting):
            whose = ", ".join(token.agent_id for token in fitting)
            raise Refusal("access.agent", f"this token is for {whose}, not for {hello.agent_id}")


def check_role(saying: Saying, caller: Caller) -> None:
    """Refuse what the caller's role may not ask."""
    allowed = _ROLES_FOR.get(type(saying), _PEOPLE)
    if caller.role not in allowed:
        raise Refusal("access.role", f"this is for {', '.join(sorted(allowed))}, not {caller.role}")


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
