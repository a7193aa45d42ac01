"""The tokens: readable in both themes, complete, scaling; the shipped fonts are usable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtGui import QFontDatabase
from pytestqt.qtbot import QtBot

from agent_desktop.settings import RESOURCES
from agent_desktop.theme import DARK, LIGHT, Size, Theme, Tone, load_fonts, style_sheet

SURFACES = ("background", "panel", "raised", "accent_surface")
TONES = ("positive", "warning", "negative", "accent")


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def pairs(theme: Theme) -> list[tuple[str, str]]:
    plain = [(text, surface) for text in ("text", "muted") for surface in SURFACES]
    toned = [(tone, surface) for tone in TONES for surface in ("panel", "raised")]
    chips = [(tone, f"{tone}_surface") for tone in TONES]
    marked = [(text, "answer_surface") for text in ("text",)]
    on_notices = [("text", f"{tone}_surface") for tone in TONES]
    return [*plain, *toned, *chips, *marked, *on_notices, ("on_accent", "accent")]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_text_stands_out_from_what_is_behind_it(theme: Theme) -> None:
    weak = {
        (text, surface): round(contrast(getattr(theme, text), getattr(theme, surface)), 2)
        for text, surface in pairs(theme)
        if contrast(getattr(theme, text), getattr(theme, surface)) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_style_sheet_has_no_gap(theme: Theme) -> None:
    sheet = style_sheet(theme)
    assert "$" not in sheet
    assert set(re.findall(r"#[0-9a-f]{6}", sheet)) <= {
        getattr(theme, field) for field in theme.__struct_fields__ if field not in {"name", "scale"}
    }


@given(scale=st.floats(1.0, 2.0))
def test_all_text_grows_with_the_scale(scale: float) -> None:
    theme = replace(DARK, scale=scale)
    for size in Size:
        assert abs(theme.pixels(size) - DARK.pixels(size) * scale) <= 0.5


def test_shipped_fonts_are_usable(qtbot: QtBot) -> None:
    assert load_fonts() == ()
    assert "Inter" in QFontDatabase.families()
    assert {"Regular", "Medium", "SemiBold", "Bold"} == {
        path.stem.removeprefix("Inter-") for path in (RESOURCES / "fonts").glob("*.otf")
    }
    assert "SIL OPEN FONT LICENSE" in (RESOURCES / "fonts" / "OFL.txt").read_text()


def test_every_tone_has_its_colours() -> None:
    for tone in Tone:
        assert DARK.tone(tone) != DARK.tone_surface(tone)
