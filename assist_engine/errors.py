"""What can go wrong, as people and programs are told.

AssistError
├── Refusal              a command that cannot be done now
├── BadInput             something handed in is not what is accepted
├── EngineBusy           more calls than the machine can decode in real time
└── SettingsError        the settings file is wrong
"""

import traceback
from pathlib import Path
from typing import Final


class AssistError(Exception):
    """An error with a stable `code` and a text for people."""

    code = "engine.error"


# What work with files, models and other systems fails with.
FAILURES: Final = (
    AssistError,
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)


class BadInput(AssistError):
    """Something handed in is not what is accepted; the text says what is."""

    code = "input.bad"


class EngineBusy(AssistError):
    """More calls than the machine can decode in real time."""

    code = "speech.at_capacity"

    def __init__(self, *, running: int, capacity: int) -> None:
        super().__init__()
        self.running, self.capacity = running, capacity

    def __str__(self) -> str:
        return (
            f"this engine decodes {self.capacity} channels in real time and {self.running} are "
            "running: end a call, or add a machine"
        )


class SettingsError(AssistError):
    """The settings file is wrong; the text says where."""

    code = "settings.bad"


def without_words(error: BaseException) -> str:
    """An error as it may be stored and logged: ours says what went wrong.

    Of any other only kind and place are told, for its text may quote what was said on a call.
    """
    if isinstance(error, AssistError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {' < '.join(places)}"


def first_of(error: BaseException) -> BaseException:
    """The first error in a group of groups, or the error itself."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
