"""The compliance rules and the coaching in use, and their files.

A changed file is taken up by the next look of every call.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from assist_engine.errors import BadInput
from assist_engine.guidance.coaching import Coaching, read_coaching
from assist_engine.guidance.coaching_rule import CoachingRule
from assist_engine.guidance.compliance_reader import read_compliance
from assist_engine.guidance.compliance_rule import ComplianceRule
from assist_engine.guidance.compliance_words import ComplianceWords
from assist_engine.guidance.rule import Vector
from assist_engine.session.rule_files import Files, RuleFiles

_AT_ONCE: Final = 16  # sentences: those of calls need not wait long behind them


class ConductShelf:
    """Reads how agents are to talk, at the start and again whenever a file changes."""

    def __init__(
        self,
        *,
        compliance: Path,
        coaching: Path,
        embed: Callable[[Sequence[str]], Vector],
    ) -> None:
        """A folder of compliance rules and a file of coaching; raises `BadInput`.

        `embed` is asked for the examples of the rules. No files: no rules, and coaching by the
        defaults.
        """
        self._embed = embed
        self._compliance_files = RuleFiles(
            compliance, read=self._read_compliance, use=lambda words: self.compliance.use(words)
        )
        self._coaching_files = RuleFiles(
            coaching, read=_read_coaching, use=lambda read: self.coaching.use(read)
        )
        self.compliance = ComplianceRule(self._compliance_files.load())
        self.coaching = CoachingRule(self._coaching_files.load())

    async def follow(self) -> None:
        """Look for changed files until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._compliance_files.follow(), name="compliance")
            tasks.create_task(self._coaching_files.follow(), name="coaching")

    def look(self) -> str:
        """Take up what changed now; what is wrong with the newest files, or nothing."""
        for files in (self._compliance_files, self._coaching_files):
            files.look()
        return self._compliance_files.problem or self._coaching_files.problem

    def _read_compliance(self, files: Files) -> ComplianceWords:
        return ComplianceWords(read_compliance(files), embed=self._a_few_at_once)

    def _a_few_at_once(self, texts: Sequence[str]) -> Vector:
        parts = [self._embed(texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
        return np.concatenate([np.asarray(part, np.float32) for part in parts])


def _read_coaching(files: Files) -> Coaching:
    if len(files) > 1:
        raise BadInput(f"{files[1][0]}: coaching is one file, {files[0][0]} is there already")
    return read_coaching(files[0][1], source=files[0][0]) if files else Coaching()
