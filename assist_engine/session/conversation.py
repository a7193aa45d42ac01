"""Written conversations: who says what when, and what should be on the screen at each moment."""

from pathlib import Path
from typing import Annotated, Final

import msgspec

from assist_engine.contract.values import GuidanceMode, Role, Suggestion, SuggestionKind
from assist_engine.customers.yaml_lines import read_struct
from assist_engine.errors import BadInput

CARDS: Final = ("article", "next_action", "coaching", "compliance")
BOOK: Final = ("tick", "met", "breach")  # of a checklist, of compliance

_BEFORE_NAME: Final = {
    SuggestionKind.ARTICLE: "article-",
    SuggestionKind.NEXT_ACTION: "action-",
    SuggestionKind.COMPLIANCE: "compliance-",
}


class Expectation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of these must come with the words it stands at; an optional one may."""

    kind: str
    any_of: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    optional: bool = False

    def __post_init__(self) -> None:
        if self.kind not in {*CARDS, *BOOK}:
            accepted = ", ".join((*CARDS, *BOOK))
            raise ValueError(f"kind is one of {accepted}, not {self.kind!r}")


class Deed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the agent does with a card when they have said it; nothing where it is not there.

    The names are those of expectations.
    """

    use: str = ""
    dismiss: str = ""

    @property
    def card(self) -> str:
        """The name of the card."""
        return self.use or self.dismiss

    def __post_init__(self) -> None:
        if bool(self.use) == bool(self.dismiss):
            raise ValueError("a deed is `use` or `dismiss` with the name of a card")


class Turn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says, from `at[0]` to `at[1]` (s from the start of the call).

    `confidences`: how sure recognition is of each word, 0 to 1; none: of all.
    """

    who: Role
    at: tuple[float, float]
    says: str
    confidences: tuple[float, ...] = ()
    expect: tuple[Expectation, ...] = ()
    does: tuple[Deed, ...] = ()

    @property
    def start_ms(self) -> int:
        """When it begins, ms."""
        return int(self.at[0] * 1000)

    @property
    def end_ms(self) -> int:
        """When it ends, ms."""
        return int(self.at[1] * 1000)

    def __post_init__(self) -> None:
        if not 0 <= self.at[0] < self.at[1]:
            raise ValueError(f"at is [start, end] in seconds, not {list(self.at)}")
        if self.confidences and len(self.confidences) != len(self.says.split()):
            raise ValueError("confidences are as many as words, or none")
        if self.does and self.who is not Role.AGENT:
            raise ValueError("only the agent has cards: `does` is of their turns")


class Conversation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call as text."""

    title: str
    caller_number: str
    queue: str
    turns: Annotated[tuple[Turn, ...], msgspec.Meta(min_length=1)]
    agent_id: str = "agent"
    mode: GuidanceMode = GuidanceMode.STANDARD


def name_of(card: Suggestion) -> str:
    """A card as conversations name it: by its article, playbook or rule."""
    return card.topic.removeprefix(_BEFORE_NAME.get(card.kind, ""))


def read_conversations(folder: Path) -> dict[str, Conversation]:
    """The conversations of a folder by name; raises `BadInput`."""
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise BadInput(f"{folder} holds no conversations: NAME.yaml with title, queue and turns")
    return {path.stem: _read(path) for path in paths}


def _read(path: Path) -> Conversation:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from error
    return read_struct(text, source=str(path), kind=Conversation)
