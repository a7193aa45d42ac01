"""Secrets that actions send: from the environment, or else from this machine's keyring.

A keyring may ask somebody for a password or not answer at all, so it is asked on a thread, for a
time; whoever wants the same secret meanwhile waits for the same answer. The keyring's entry has
the service `attune` and the name of the variable:
`python -m keyring set attune ATTUNE_ACTION_SHOP`.
"""

import asyncio
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import keyring
from keyring.errors import KeyringError, NoKeyringError

from assist_engine.session.daemon_thread import WorkFailed, on_daemon

SERVICE: Final = "attune"
_MOST_S: Final = 5.0
_SAFE: Final = re.compile(r"[\x21-\x7e]{1,4096}")


class MissingSecret(ValueError):
    """A secret that a header wants is nowhere, or is no header's value; the text has no secret."""


class Secrets:
    """Looks secrets up by the name of their variable."""

    def __init__(
        self,
        *,
        environment: Mapping[str, str] = os.environ,
        in_keyring: Callable[[str, str], str | None] = keyring.get_password,
        most_s: float = _MOST_S,
    ) -> None:
        """`in_keyring` gets the service and the name; it may block, and is left after `most_s`."""
        self._environment = environment
        self._in_keyring = in_keyring
        self._most_s = most_s
        self._asking: dict[str, asyncio.Task[tuple[str, str]]] = {}

    async def find(self, names: Iterable[str]) -> dict[str, str]:
        """The values by name; raises `MissingSecret`."""
        found: dict[str, str] = {}
        for name in names:
            value = self._environment.get(name, "") or await self._of_keyring(name)
            if not _SAFE.fullmatch(value):
                raise MissingSecret(f"the secret {name} has characters that no header can have")
            found[name] = value
        return found

    async def _of_keyring(self, name: str) -> str:
        try:
            async with asyncio.timeout(self._most_s):
                value, why = await asyncio.shield(self._asked(name))
        except TimeoutError:
            value, why = "", f"the keyring did not answer within {self._most_s:.0f} s"
        if not value:
            raise MissingSecret(f"the secret {name} is not in the engine's environment, and {why}")
        return value

    def _asked(self, name: str) -> "asyncio.Task[tuple[str, str]]":
        """The one question for a name that waits for the keyring's answer."""

        def forget(task: "asyncio.Task[tuple[str, str]]") -> None:
            del self._asking[name]

        if name not in self._asking:
            self._asking[name] = asyncio.create_task(self._ask_beside(name), name="keyring")
            self._asking[name].add_done_callback(forget)
        return self._asking[name]

    async def _ask_beside(self, name: str) -> tuple[str, str]:
        try:
            return await on_daemon(lambda: self._ask(name))
        except WorkFailed:
            return "", "the keyring cannot be read"

    def _ask(self, name: str) -> tuple[str, str]:
        """What the keyring has under a name, or nothing and why."""
        try:
            value = self._in_keyring(SERVICE, name)
        except NoKeyringError:
            return "", "this machine has no keyring"
        except (KeyringError, OSError, RuntimeError, ValueError) as error:
            return "", f"the keyring cannot be read ({type(error).__name__})"
        return (
            value or "",
            f"the keyring has none; python -m keyring set {SERVICE} {name} puts it there",
        )
