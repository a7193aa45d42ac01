"""Every text of the desktop has a Chinese one with the same blanks to fill."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_desktop.settings import (
    RESOURCES,
    BadSettings,
    DesktopSettings,
    load_settings,
    save_settings,
)
from agent_desktop.translation import BadCatalogue, choose_language, read_catalogue, tr

DESKTOP = Path(__file__).resolve().parents[2] / "agent_desktop"
CHINESE = RESOURCES / "translations" / "zh_CN"


@pytest.fixture
def chinese() -> Iterator[None]:
    choose_language("zh_CN")
    yield
    choose_language("en")


def said() -> dict[str, str]:
    """Every text given to `tr`, and the file that says it."""
    texts: dict[str, str] = {}
    for path in sorted(DESKTOP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr":
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{path}:{node.lineno}: not a literal"
                texts[str(first.value)] = path.name
    return texts


def blanks(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_text_has_a_chinese_one() -> None:
    catalogue = read_catalogue(CHINESE)
    missing = {text: where for text, where in said().items() if not catalogue.get(text)}
    assert missing == {}


def test_translations_have_the_same_blanks() -> None:
    catalogue = read_catalogue(CHINESE)
    wrong = {t: c for t, c in catalogue.items() if blanks(t) != blanks(c)}
    assert wrong == {}


def test_no_translation_is_left_over() -> None:
    assert set(read_catalogue(CHINESE)) - set(said()) == set()


def test_a_chosen_language_is_spoken(chinese: None) -> None:
    assert tr("release {number}", number=19) == "发布版 19"
    assert tr("a text that nobody translated") == "a text that nobody translated"


def test_a_blank_may_be_called_text() -> None:
    assert tr("{name} (supervisor): {text}", name="Sam", text="x") == "Sam (supervisor): x"


def test_a_broken_catalogue_is_named(tmp_path: Path) -> None:
    (tmp_path / "agent.json").write_text('{"a": 1}', encoding="utf-8")
    with pytest.raises(BadCatalogue, match=r"agent\.json"):
        read_catalogue(tmp_path)


def test_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    path = tmp_path / "new" / "desktop.toml"
    assert load_settings(path) == DesktopSettings()
    chosen = DesktopSettings(theme="light", text_scale=1.5, language="zh_CN")
    save_settings(chosen, path=path)
    assert load_settings(path) == chosen


@pytest.mark.parametrize(
    "line", ['theme = "pink"', "text_scale = 9.0", 'language = "fr"', 'colour = "red"', "theme ="]
)
def test_bad_settings_name_the_file(tmp_path: Path, line: str) -> None:
    path = tmp_path / "desktop.toml"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(BadSettings, match=r"desktop\.toml"):
        load_settings(path)
