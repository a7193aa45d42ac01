"""Secrets of actions: from the environment, or a keyring that may be empty, locked or stuck."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from assist_engine.call.decide import Refusal
from assist_engine.guidance.action import PreparedRequest, SecretHeader
from assist_engine.session.action_runner import ActionRunner
from assist_engine.session.secrets import SERVICE, MissingSecret, Secrets
from tests.fakes.faulty_server import faulty_server

pytestmark = pytest.mark.integration

SHOP = "ATTUNE_ACTION_SHOP"


class MemoryKeyring(KeyringBackend):
    """A keyring as `keyring` uses it, that forgets all when the test ends."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@contextmanager
def using(backend: KeyringBackend) -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield
    finally:
        keyring.set_keyring(before)


async def found(environment: Mapping[str, str]) -> dict[str, str]:
    return await Secrets(environment=environment).find([SHOP])


async def test_the_environment_comes_first_and_the_keyring_next() -> None:
    with using(MemoryKeyring()):
        keyring.set_password(SERVICE, SHOP, "of-the-keyring")
        assert await found({}) == {SHOP: "of-the-keyring"}
        assert await found({SHOP: "of-the-environment"}) == {SHOP: "of-the-environment"}
        keyring.set_password(SERVICE, SHOP, "another")  # it is asked each time
        assert await found({}) == {SHOP: "another"}


async def test_a_secret_that_is_nowhere_is_told_with_both_places() -> None:
    with using(MemoryKeyring()), pytest.raises(MissingSecret) as told:
        await found({})
    assert str(told.value) == (
        "the secret ATTUNE_ACTION_SHOP is not in the engine's environment, and the keyring has "
        "none; python -m keyring set attune ATTUNE_ACTION_SHOP puts it there"
    )


async def test_a_machine_without_a_keyring_works() -> None:
    with using(NoKeyring()):  # type: ignore[no-untyped-call]
        assert await found({SHOP: "s3cret"}) == {SHOP: "s3cret"}
        with pytest.raises(MissingSecret, match="environment, and this machine has no keyring"):
            await found({})


def locked(service: str, name: str) -> str:
    raise KeyringLocked("Failed to unlock the collection!")


def broken(service: str, name: str) -> str:
    raise RuntimeError("of a keyring's own")


@pytest.mark.parametrize(
    ("in_keyring", "told"),
    [
        (locked, r"the keyring cannot be read \(KeyringLocked\)"),
        (broken, r"the keyring cannot be read \(RuntimeError\)"),
        (lambda service, name: "s3cret\r\nX: y", "no header can have"),
        (lambda service, name: "s3cret" * 1000, "no header can have"),
    ],
)
async def test_no_keyring_harms(in_keyring: Callable[[str, str], str], told: str) -> None:
    with pytest.raises(MissingSecret, match=told) as missing:
        await Secrets(environment={}, in_keyring=in_keyring).find([SHOP])
    assert "s3cret" not in str(missing.value)


async def test_a_keyring_that_waits_for_somebody_is_left() -> None:
    somebody = threading.Event()

    def stuck(service: str, name: str) -> str:
        somebody.wait(60)
        return ""

    with pytest.raises(MissingSecret, match="did not answer within"):
        await Secrets(environment={}, in_keyring=stuck, most_s=0.1).find([SHOP])
    somebody.set()


async def test_a_keyring_that_is_stuck_is_asked_once_until_it_answers() -> None:
    somebody, asked = threading.Event(), []

    def stuck(service: str, name: str) -> str:
        asked.append(name)
        somebody.wait(60)
        return "s3cret"

    secrets = Secrets(environment={}, in_keyring=stuck, most_s=0.05)
    for _ in range(3):
        with pytest.raises(MissingSecret, match="did not answer within"):
            await secrets.find([SHOP])
    with pytest.raises(MissingSecret, match="did not answer within"):
        await secrets.find([f"{SHOP}_2"])
    assert asked == [SHOP, f"{SHOP}_2"]
    somebody.set()
    await asyncio.sleep(0.2)
    assert await secrets.find([SHOP]) == {SHOP: "s3cret"}
    assert len(asked) == 3


class OddError(Exception):
    """What a keyring of another maker raises."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_keyring_that_fails_in_its_own_way_is_asked_again() -> None:
    answers = ["s3cret"]

    def odd(service: str, name: str) -> str:
        if service not in answers:
            answers.append(service)
            raise OddError
        return answers[0]

    secrets = Secrets(environment={}, in_keyring=odd)
    with pytest.raises(MissingSecret, match="the keyring cannot be read"):
        await secrets.find([SHOP])
    assert await secrets.find([SHOP]) == {SHOP: "s3cret"}
    for thread in threading.enumerate():  # that tells its error when it ends
        if thread.name == "daemon":
            thread.join(5)


async def test_an_action_is_refused_before_it_starts_or_sends_the_secret() -> None:
    header = SecretHeader(name="Authorization", prefix="Bearer", variable=SHOP)
    with faulty_server() as server, using(MemoryKeyring()):
        asked = PreparedRequest(
            method="POST",
            origin=server.origin,
            url=f"{server.origin}/done",
            headers=(header,),
            body=b"{}",
            shown="{}",
        )
        runner = ActionRunner(secrets=Secrets(environment={}))
        with pytest.raises(Refusal, match="environment, and the keyring has none"):
            await runner.admit(asked)
        keyring.set_password(SERVICE, SHOP, "s3cret")
        assert (await runner.send(asked, "k", await runner.admit(asked))).status == 200
        assert server.got[0].headers["Authorization"] == "Bearer s3cret"


FILE_KEYRING = """
import os, pathlib
from keyring.backend import KeyringBackend

class FileKeyring(KeyringBackend):
    priority = 1
    folder = pathlib.Path(os.environ["KEPT_IN"])

    def get_password(self, service, username):
        kept = self.folder / f"{service}.{username}"
        return kept.read_text() if kept.is_file() else None

    def set_password(self, service, username, password):
        (self.folder / f"{service}.{username}").write_text(password)
"""
ASK = f"""
import asyncio
from assist_engine.session.secrets import Secrets
print(asyncio.run(Secrets().find(["{SHOP}"])))
"""


def test_what_the_documented_command_puts_in_is_found(tmp_path: Path) -> None:
    (tmp_path / "file_keyring.py").write_text(FILE_KEYRING)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), os.getcwd()]),
        "PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring",
        "KEPT_IN": str(tmp_path),
    }

    def run(*arguments: str, said: str = "") -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            input=said,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    run("-m", "keyring", "set", SERVICE, SHOP, said="of-a-file\n")
    assert run("-c", ASK) == f"{{'{SHOP}': 'of-a-file'}}\n"
