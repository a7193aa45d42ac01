"""Reads the organisation's disposition codes from their file."""

from pathlib import Path

from assist_engine.customers.yaml_lines import line_of, read_struct
from assist_engine.errors import BadInput
from assist_engine.guidance.disposition import GENERAL_CODE, Disposition, Dispositions
from assist_engine.guidance.endings import OUTCOMES


def load_dispositions(path: Path) -> tuple[Disposition, ...]:
    """The codes in the order of the file; none where there is no file. Raises `BadInput`."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from error
    known = read_struct(text, source=str(path), kind=Dispositions).dispositions
    seen: set[str] = set()
    for number, one in enumerate(known):
        wrong = _wrong(one, seen)
        if wrong:
            line = line_of(text, path=("dispositions", number))
            raise BadInput(f"{path}, line {line}: {wrong}")
        seen |= {one.code.casefold(), one.label.casefold()}
    return known


def _wrong(one: Disposition, seen: set[str]) -> str:
    """What is wrong with a code, empty where nothing is."""
    twice = next((name for name in (one.code, one.label) if name.casefold() in seen), "")
    unknown = next((outcome for outcome in one.outcomes if outcome not in OUTCOMES), "")
    wrongs = {
        "a disposition has a code and a label of at least one character": not (
            one.code.strip() and one.label.strip()
        ),
        f"{twice} is there twice; each code and label is there once": bool(twice),
        f"the code {GENERAL_CODE} is for calls that no code fits; use another": (
            one.code.casefold() == GENERAL_CODE
        ),
        f"no call has the outcome {unknown!r}; accepted: {', '.join(OUTCOMES)}": bool(unknown),
        f"nothing speaks for {one.code}: it needs intents, drivers or words": not (
            one.intents or one.drivers or one.words
        ),
        f"a word of {one.code} is empty": not all(word.strip() for word in one.words),
    }
    return next((wrong for wrong, is_so in wrongs.items() if is_so), "")
