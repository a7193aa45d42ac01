"""How everything looks: colours, sizes, fonts, and the style sheet made of them; nowhere else.

Widgets name a *look* (`label.setProperty("look", "caption")`) or a *tone* (chips, dots) and
the style sheet does the rest; painters ask the `Theme` for colours and fonts.
"""

from enum import StrEnum
from pathlib import Path
from string import Template

import msgspec
from PySide6.QtGui import QColor, QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from agent_desktop.settings import RESOURCES

GAP_TINY, GAP_SMALL, GAP, GAP_LARGE = 4, 8, 12, 16
RADIUS_PANEL, RADIUS_BUTTON = 8, 6
FAMILIES = ("Inter", "Noto Sans CJK SC", "Noto Sans CJK JP", "sans-serif")


class Tone(StrEnum):
    """What a colour says; words always say it too."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    POSITIVE = "positive"
    WARNING = "warning"
    NEGATIVE = "negative"


class Size(StrEnum):
    """Text sizes."""

    CAPTION = "caption"
    BODY = "body"
    NAME = "name"
    FIGURE = "figure"


_PIXELS = {Size.CAPTION: 11, Size.BODY: 13, Size.NAME: 15, Size.FIGURE: 22}


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """Colours as `#rrggbb`; `scale` multiplies text and everything that holds text."""

    name: str
    background: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    accent_surface: str
    on_accent: str
    positive: str
    positive_surface: str
    warning: str
    warning_surface: str
    negative: str
    negative_surface: str
    answer_surface: str  # behind the answer sentence of an article
    ribbon: str  # beside an utterance that reads neutral
    scale: float = 1.0

    def px(self, size: float) -> int:
        """A length at scale 1.0 as pixels at this scale."""
        return round(size * self.scale)

    def pixels(self, size: Size) -> int:
        """The height of a text size in pixels."""
        return self.px(_PIXELS[size])

    def font(self, size: Size = Size.BODY, *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The font of a size, for painters."""
        font = QFont(list(FAMILIES))
        font.setPixelSize(self.pixels(size))
        font.setWeight(weight)
        return font

    def tone(self, tone: Tone) -> QColor:
        """The text colour of a tone."""
        return QColor(self._tones()[tone][0])

    def tone_surface(self, tone: Tone) -> QColor:
        """The surface colour of a tone."""
        return QColor(self._tones()[tone][1])

    def _tones(self) -> dict[Tone, tuple[str, str]]:
        return {
            Tone.NEUTRAL: (self.muted, self.raised),
            Tone.ACCENT: (self.accent, self.accent_surface),
            Tone.POSITIVE: (self.positive, self.positive_surface),
            Tone.WARNING: (self.warning, self.warning_surface),
            Tone.NEGATIVE: (self.negative, self.negative_surface),
        }


DARK = Theme(
    name="dark",
    background="#111418",
    panel="#181c22",
    raised="#20262e",
    line="#2b323c",
    text="#e8ecf2",
    muted="#95a1b2",
    accent="#62a8ff",
    accent_surface="#16304f",
    on_accent="#0b1623",
    positive="#48c78e",
    positive_surface="#173528",
    warning="#f0b64a",
    warning_surface="#3a2f17",
    negative="#f2716d",
    negative_surface="#3a2024",
    answer_surface="#2c3f1f",
    ribbon="#575f6a",
)

LIGHT = Theme(
    name="light",
    background="#eef1f5",
    panel="#ffffff",
    raised="#f6f8fb",
    line="#dbe1e9",
    text="#182130",
    muted="#5b687b",
    accent="#1c62d1",
    accent_surface="#e4eefc",
    on_accent="#ffffff",
    positive="#18794e",  # the sketched #1c8757 reads only 4.0:1 on its chip
    positive_surface="#e4f5ec",
    warning="#9a6400",
    warning_surface="#fff4dc",
    negative="#c2302b",
    negative_surface="#fdebea",
    answer_surface="#fff2b8",
    ribbon="#adb3bd",
)

THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def load_fonts(folder: Path = RESOURCES / "fonts") -> tuple[str, ...]:
    """Make the shipped fonts known to Qt (needs an application); the file names not usable."""
    failed = [
        path.name
        for path in sorted(folder.glob("*.otf"))
        if QFontDatabase.addApplicationFont(str(path)) < 0
    ]
    return tuple(failed)


def dress(application: QApplication, theme: Theme) -> None:
    """Give the whole application its fonts and colours."""
    load_fonts()
    application.setStyle("Fusion")
    application.setFont(theme.font())
    application.setStyleSheet(style_sheet(theme))


def style_sheet(theme: Theme) -> str:
    """The style sheet of a theme."""
    sizes = {f"size_{size.value}": f"{theme.pixels(size)}px" for size in Size}
    lengths = {f"px{n}": f"{theme.px(n)}px" for n in (1, 2, 4, 5, 6, 7, 8, 10, 12, 16, 24, 30)}
    colours = {
        field: getattr(theme, field) for field in theme.__struct_fields__ if field != "scale"
    }
    return Template(_STYLE).substitute(
        colours | sizes | lengths, chip_radius=f"{theme.px(20) // 2}px"
    )


_STYLE = (RESOURCES / "themes" / "desktop.qss").read_text(encoding="utf-8")
