"""Every text a person reads goes through `tr`: English in the code, other languages in files.

A catalogue is a folder `resources/translations/<language>/` of JSON files (one a view), each
an object of English text to translated text. Choose the language before widgets are made.
"""

from pathlib import Path

import msgspec

from agent_desktop.settings import RESOURCES

_catalogue: dict[str, str] = {}


class BadCatalogue(ValueError):
    """A file of translations cannot be used; the text names it."""

    code = "translation.bad"


def read_catalogue(folder: Path) -> dict[str, str]:
    """All texts of a language: English to translated. Raises `BadCatalogue`."""
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            texts |= msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        except msgspec.DecodeError as error:
            raise BadCatalogue(f"{path}: {error}") from error
    return texts


def choose_language(language: str) -> None:
    """Use a language (`en`, `zh_CN`) for everything said from now on."""
    _catalogue.clear()
    if language != "en":
        _catalogue.update(read_catalogue(RESOURCES / "translations" / language))


def tr(text: str, /, **values: object) -> str:
    """The text in the chosen language, with `{name}` filled from `values`."""
    found = _catalogue.get(text, text)
    return found.format(**values) if values else found
