"""Takes typed values out of YAML front matter; what is wrong is told with its line."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Any, Final

import yaml
from frontmatter.default_handlers import YAMLHandler

from knowledge_base.errors import ArticleError

_HANDLER: Final = YAMLHandler()
_DEEPEST: Final = 20
_MOST_ALIASES: Final = 10
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


# libyaml's, which is many times faster, wherever PyYAML was built with it.
_FASTEST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_FASTEST):  # type: ignore[misc]
    """Safe YAML in which a day that does not exist stays a text."""


def _timestamp(loader: _Loader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def split(text: str, *, source: str) -> tuple[str, int, str]:
    """Front matter, the line of the file it starts at, and the rest."""
    if not _HANDLER.detect(text):
        return "", 1, text
    try:
        front, content = _HANDLER.split(text)
    except ValueError as error:
        raise ArticleError(
            source=source, line=1, reason="the front matter is opened by --- but never closed"
        ) from error
    return front, line_at(text, text.index(front, 3)), content


def dump(front: Mapping[str, Any]) -> str:
    """YAML with one line a text: a folded line could read as the end of the front matter."""
    text: str = yaml.safe_dump(dict(front), sort_keys=False, allow_unicode=True, width=1_000_000)
    return text


def line_at(text: str, position: int) -> int:
    """The line of a position in a text, from 1."""
    return text.count("\n", 0, position) + 1


def one_line(text: str) -> str:
    """The text without line ends and doubled spaces."""
    return " ".join(text.split())


def is_date(text: str) -> bool:
    """Whether this is a day that exists, as YYYY-MM-DD."""
    if not _DATE.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_shape(front: str) -> None:
    """Refuse what would end the process: libyaml descends by recursion, and names expand."""
    depth = aliases = 0
    for event in yaml.parse(front, Loader=_FASTEST):
        depth += isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent)
        depth -= isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > _DEEPEST or aliases > _MOST_ALIASES:
            told = f"it is nested more than {_DEEPEST} deep, or uses *names more than"
            raise yaml.MarkedYAMLError(
                problem=f"{told} {_MOST_ALIASES} times",
                problem_mark=event.start_mark,  # type: ignore[arg-type]  # libyaml's, alike
            )


def _load(front: str) -> tuple[yaml.Node | None, Any]:
    """The tree of nodes, which knows the lines, and the values in it."""
    _check_shape(front)
    loader = _Loader(front)
    try:
        root: yaml.Node | None = loader.get_single_node()
        return root, None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()


class FieldReader:
    """The values of one article's front matter, by name."""

    def __init__(self, front: str, *, first_line: int, source: str) -> None:
        self._source = source
        self._first_line = first_line
        try:
            root, values = _load(front)
        except (yaml.YAMLError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or str(error)
            raise self._error(
                f"the front matter is not YAML: {problem}", mark.line if mark else 0
            ) from error
        self._values = {} if values is None else values
        if not isinstance(self._values, dict) or not all(isinstance(k, str) for k in self._values):
            raise self._error("the front matter must hold `name: value` lines", 0)
        pairs = root.value if isinstance(root, yaml.MappingNode) else []
        self._lines = {key.value: key.start_mark.line for key, _ in pairs}

    def _error(self, reason: str, line: int) -> ArticleError:
        return ArticleError(source=self._source, line=self._first_line + line, reason=reason)

    def _wrong(self, name: str, wanted: str) -> ArticleError:
        got = self._values[name]
        shown = got.isoformat() if isinstance(got, dt.date) else got
        return self._error(f"`{name}` must be {wanted}, not {shown!r}", self._lines.get(name, 0))

    def text(self, name: str) -> str:
        """A text on one line; empty where it is missing."""
        value = self._values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise self._wrong(name, "text")
        return one_line(str(value))

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; one text counts as a list of one."""
        value = self._values.get(name)
        if value is None:
            return ()
        texts = _texts([value] if isinstance(value, str) else value)
        if texts is None:
            raise self._wrong(name, "a list of texts")
        return texts

    def days(self, name: str) -> int:
        """A number of days; 0 where it is missing."""
        value = self._values.get(name, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._wrong(name, "a whole number of days")
        return value

    def date(self, name: str) -> str:
        """A day as YYYY-MM-DD; empty where it is missing."""
        value = self._values.get(name)
        if value is None or value == "":
            return ""
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value.isoformat()
        if not isinstance(value, str) or not is_date(value):
            raise self._wrong(name, "a date like 2026-01-31")
        return value

    def choices(self, name: str) -> dict[str, tuple[str, ...]]:
        """Accepted values by the name of a fact; a name without a value says nothing."""
        value = self._values.get(name)
        if value is None:
            return {}
        wanted = "facts with their accepted values, like `tier: [gold]`"
        if not isinstance(value, dict):
            raise self._wrong(name, wanted)
        found: dict[str, tuple[str, ...]] = {}
        for fact, accepted in value.items():
            entries = accepted if isinstance(accepted, list) else [accepted]
            texts = () if accepted is None else _texts(entries)
            if texts is None or not isinstance(fact, str) or not one_line(fact):
                raise self._wrong(name, wanted)
            if texts:
                found[one_line(fact)] = found.get(one_line(fact), ()) + texts
        return found

    def unknown(self, known: Collection[str]) -> dict[str, Any]:
        """What is not ours, plain enough to be stored as JSON."""
        return {name: plain(value) for name, value in self._values.items() if name not in known}


def plain(value: object) -> object:
    """Dates as ISO text, keys as text; the rest of YAML is plain already."""
    match value:
        case dict():
            return {str(key): plain(entry) for key, entry in value.items()}
        case list() | tuple() | set():
            return [plain(entry) for entry in value]
        case dt.date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case _:
            return value


def _texts(entries: object) -> tuple[str, ...] | None:
    """Texts and whole numbers, each on one line and none empty; None for anything else."""
    if not isinstance(entries, list):
        return None
    if not all(isinstance(e, str | int) and not isinstance(e, bool) for e in entries):
        return None
    return tuple(text for entry in entries if (text := one_line(str(entry))))
