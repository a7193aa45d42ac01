"""The organisation's disposition codes in use, and their file.

A changed file is taken up by the next draft of every call.
"""

from pathlib import Path

from assist_engine.call.state import CallState
from assist_engine.contract.values import WrapUp
from assist_engine.customers.yaml_lines import line_of, read_struct
from assist_engine.errors import BadInput
from assist_engine.guidance.disposition import (
    GENERAL_CODE,
    Disposition,
    DispositionRanker,
    Dispositions,
)
from assist_engine.guidance.endings import OUTCOMES
from assist_engine.guidance.summary import WrapUpDrafter
from assist_engine.learning.wrap_up_choices import WrapUpChoices
from assist_engine.session.rule_files import Files, RuleFiles


class DispositionShelf:
    """Drafts wrap-ups by the codes of a file, read at the start and whenever it changes."""

    def __init__(self, path: Path) -> None:
        self.choices = WrapUpChoices({})
        self.files = RuleFiles(path, read=read_dispositions, use=self._use)
        self._use(self.files.load_good())

    def draft(self, state: CallState) -> WrapUp:
        """The wrap-up of a call, with the codes in use now."""
        return self._drafter.draft(state)

    def _use(self, known: tuple[Disposition, ...]) -> None:
        self.choices.use({one.label: one.code for one in known})
        self._drafter = WrapUpDrafter(DispositionRanker(known, self.choices.counts), zone=None)


def load_dispositions(path: Path) -> tuple[Disposition, ...]:
    """The codes in the order of the file; none where there is no file. Raises `BadInput`."""
    return RuleFiles(path, read=read_dispositions, use=lambda _: None).load()


def read_dispositions(files: Files) -> tuple[Disposition, ...]:
    """The codes in the order of the file; raises `BadInput` with file and line."""
    if not files:
        return ()
    if len(files) > 1:
        raise BadInput(f"{files[1][0]}: codes are one file, {files[0][0]} is there already")
    path, text = files[0]
    known = read_struct(text, source=path, kind=Dispositions).dispositions
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
