"""Actions of all calls: which there are, how many run at once, and what became of each request."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from assist_engine.call.decide import Refusal
from assist_engine.contract.ids import ActionId, PlaybookId
from assist_engine.errors import SettingsError
from assist_engine.guidance.action import Action, ActionPolicy, PreparedRequest
from assist_engine.guidance.action_reader import origin_of
from assist_engine.guidance.playbook import Playbook
from assist_engine.session.action_sender import Sent, send
from assist_engine.session.secrets import MissingSecret, Secrets
from assist_engine.settings import ActionSettings


def policy_of(settings: ActionSettings) -> ActionPolicy:
    """What the settings allow; raises `SettingsError` for what is no host."""
    try:
        hosts = frozenset(origin_of(host) for host in settings.hosts)
    except ValueError as error:
        raise SettingsError(f"actions.hosts: {error}") from error
    return ActionPolicy(hosts=hosts, unattended=frozenset(settings.unattended))


def runner_of(
    settings: ActionSettings, playbooks: Callable[[], Sequence[Playbook]]
) -> "ActionRunner":
    """A runner within the bounds of the settings."""
    return ActionRunner(
        playbooks=playbooks,
        timeout_s=settings.timeout_s,
        most_of_call=settings.most_of_call,
        most=settings.most,
    )


MESSAGES: Final[Mapping[str, str]] = {
    "action.timeout": "the other system did not answer in time",
    "action.connection": "the connection to the other system failed",
    "action.certificate": "the certificate of the other system cannot be trusted",
    "action.garbage": "the other system answered with something that is not HTTP",
    "action.redirect": "the other system sends elsewhere; nothing was sent there",
    "action.unforeseen": "something went wrong here",
    "action.interrupted": "the engine ended while this ran",
}
CHECK: Final = "it may have been done: check there before you try again"


@dataclass(kw_only=True)
class ActionRunner:
    """Sends requests of actions off the event loop, a bounded number at once."""

    playbooks: Callable[[], Sequence[Playbook]] = tuple  # those in use now
    timeout_s: float = 10.0
    most_of_call: int = 3  # requests in flight
    most: int = 32
    secrets: Secrets = field(default_factory=Secrets)
    _places: int = 0  # that are taken
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def find(self, playbook_id: PlaybookId | None, action_id: ActionId) -> Action:
        """The action of a playbook in use; raises `Refusal`."""
        for playbook in self.playbooks():
            if playbook.playbook_id == playbook_id:
                for action in playbook.actions:
                    if action.action_id == action_id:
                        return action
        raise Refusal("action.unknown", f"no playbook in use has the action {action_id}")

    async def admit(self, request: PreparedRequest) -> Mapping[str, str]:
        """The secrets that it needs; raises `Refusal` for what could not be sent now."""
        self._check_room()
        try:
            return await self.secrets.find(header.variable for header in request.headers)
        except MissingSecret as error:
            raise Refusal("action.secret", str(error)) from error

    def take_place(self) -> None:
        """Take one of the places of all that are sent at once; raises `Refusal` where none is."""
        self._check_room()
        self._places += 1

    def leave_place(self) -> None:
        """Let another one have it."""
        self._places -= 1

    def _check_room(self) -> None:
        if self._places >= self.most:
            raise Refusal("action.busy", f"{self.most} actions are running: try again shortly")

    def start(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        """Run it beside the calls."""
        task = asyncio.create_task(work, name="action")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def send(self, request: PreparedRequest, key: str, secrets: Mapping[str, str]) -> Sent:
        """Send it; whatever goes wrong is an outcome."""
        return await send(request, key=key, timeout_s=self.timeout_s, secrets=secrets)


def message_of(sent: Sent, said: str = "") -> str:
    """Why it was not done, for people; `said`: by the other system."""
    why = MESSAGES.get(sent.code) or f"the other system refused it (status {sent.status})"
    if sent.status >= 500:
        why = f"the other system failed (status {sent.status})"
    why = f"{why}: {said}" if said else why
    return f"{why}; {CHECK}" if sent.is_unknown else why
