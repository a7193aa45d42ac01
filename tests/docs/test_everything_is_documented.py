"""Every kind, setting, setting of the desktop and command appears in docs/."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import typer
from typer.main import get_command

from agent_desktop.__main__ import cli as desktop_app
from agent_desktop.settings import DesktopSettings
from assist_engine.__main__ import app as engine_app
from assist_engine.contract import wire
from assist_engine.server.access import ROLES
from assist_engine.settings import Settings, Token, load_settings
from knowledge_base.cli import app as knowledge_app

DOCS = Path(__file__).resolve().parents[2] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def setting_names(kind: type[msgspec.Struct], *, inside: str = "") -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        name = inside + field.name
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from setting_names(field.type, inside=f"{name}.")
        else:
            yield name


def command_names(app: typer.Typer, name: str) -> Iterator[str]:
    yield from _walk(get_command(app), name)


def _walk(command: object, name: str) -> Iterator[str]:
    inner = getattr(command, "commands", {})
    if not inner:
        yield name
    for word, each in inner.items():
        yield from _walk(each, f"{name} {word}")


@pytest.mark.parametrize("kind", sorted(wire.EVENT_KINDS | wire.SAYING_KINDS | wire.ANSWER_KINDS))
def test_kinds(kind: str) -> None:
    assert f"`{kind}`" in page("protocol.md")


@pytest.mark.parametrize("name", list(setting_names(Settings)))
def test_settings_of_the_engine(name: str) -> None:
    assert re.search(rf"^\| `{re.escape(name)}` \|", page("administrator.md"), re.MULTILINE)


def test_no_setting_is_made_up() -> None:
    told = re.findall(r"^\| `([a-z_]+(?:\.[a-z_]+)*)` \| .* \| ", page("administrator.md"), re.M)
    assert sorted(told) == sorted(setting_names(Settings))


def test_the_example_of_the_settings_is_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", page("administrator.md"), re.DOTALL)
    file = tmp_path / "attune.toml"
    file.write_text(example, encoding="utf-8")
    settings = load_settings(file)
    assert settings.server.host == "10.0.0.5"
    assert [type(token) for token in settings.access.tokens] == [Token]


@pytest.mark.parametrize("name", [field.name for field in msgspec.structs.fields(DesktopSettings)])
def test_settings_of_the_desktop(name: str) -> None:
    assert f"`{name}`" in page("administrator.md")


@pytest.mark.parametrize("name", list(command_names(engine_app, "attune-engine")))
def test_commands_of_the_engine(name: str) -> None:
    assert f"| `{name}" in page("administrator.md")


@pytest.mark.parametrize("name", ["attune", *command_names(desktop_app, "attune")])
def test_commands_of_the_desktop(name: str) -> None:
    assert f"| `{name}` |" in page("administrator.md")


@pytest.mark.parametrize("name", list(command_names(knowledge_app, "attune-kb")))
def test_commands_of_the_knowledge_base(name: str) -> None:
    assert f"| `{name}" in page("knowledge-manager.md")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_roles(role: str) -> None:
    assert f"`{role}`" in page("administrator.md")
