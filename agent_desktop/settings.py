"""Where the desktop finds its resources, and what a person chose: theme, language, guidance."""

from pathlib import Path

import msgspec
from platformdirs import user_config_path

from assist_engine.contract.values import GuidanceMode

RESOURCES = Path(__file__).resolve().parents[1] / "resources"


class BadSettings(ValueError):
    """The settings file cannot be used; the text says where and why."""

    code = "settings.bad"


class DesktopSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person chose. `text_scale`: 1.0 to 2.0; `theme`: dark or light.

    `guidance_mode`: guide_me, standard or quiet; the next call begins with it.
    """

    theme: str = "dark"
    text_scale: float = 1.0
    language: str = "en"
    guidance_mode: GuidanceMode = GuidanceMode.STANDARD

    def __post_init__(self) -> None:
        if self.theme not in {"dark", "light"}:
            raise ValueError(f"theme is dark or light, not {self.theme!r}")
        if not 1.0 <= self.text_scale <= 2.0:
            raise ValueError(f"text_scale is 1.0 to 2.0, not {self.text_scale}")
        if self.language not in {"en", "zh_CN"}:
            raise ValueError(f"language is en or zh_CN, not {self.language!r}")


def settings_path() -> Path:
    """The settings file of this person; it may not exist."""
    return user_config_path("attune") / "desktop.toml"


def engine_settings_path() -> Path:
    """The settings file of an engine that this person's desktop runs; it may not exist."""
    return user_config_path("attune") / "engine.toml"


def load_settings(path: Path) -> DesktopSettings:
    """Read the settings; defaults where the file does not exist. Raises `BadSettings`."""
    if not path.exists():
        return DesktopSettings()
    try:
        return msgspec.toml.decode(path.read_bytes(), type=DesktopSettings)
    except msgspec.DecodeError as error:
        raise BadSettings(f"{path}: {error}") from error


def save_settings(settings: DesktopSettings, *, path: Path) -> None:
    """Write the settings, making the folder where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        f'theme = "{settings.theme}"',
        f"text_scale = {settings.text_scale}",
        f'language = "{settings.language}"',
        f'guidance_mode = "{settings.guidance_mode}"',
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
