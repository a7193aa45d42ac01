"""The compliance rules and the coaching in use, and their files.

A changed file is taken up by the next look of every call.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assist_engine.errors import BadInput
from assist_engine.guidance.coaching import Coaching, read_coaching
from assist_engine.guidance.coaching_rule import CoachingRule
from assist_engine.guidance.compliance_reader import read_compliance
from assist_engine.guidance.compliance_rule import ComplianceRule
from assist_engine.guidance.compliance_words import ComplianceWords
from assist_engine.guidance.rule import Vector
from assist_engine.session.kept_vectors import KeptVectors
from assist_engine.session.rule_files import Files, RuleFiles


class ConductShelf:
    """Reads how agents are to talk, at the start and again whenever a file changes."""

    def __init__(
        self,
        *,
        compliance: Path,
        coaching: Path,
        embed: Callable[[Sequence[str]], Vector],
    ) -> None:
        """A folder of compliance rules and a file of coaching; bad files are told by `files`.

        `embed` is asked for the examples of the rules. No files: no rules, and coaching by the
        defaults.
        """
        self._embed = KeptVectors(embed)
        of_compliance = RuleFiles(
            compliance, read=self._read_compliance, use=lambda words: self.compliance.use(words)
        )
        of_coaching = RuleFiles(
            coaching, read=_read_coaching, use=lambda read: self.coaching.use(read)
        )
        self.compliance = ComplianceRule(of_compliance.load_good())
        self.coaching = CoachingRule(of_coaching.load_good())
        self.files: tuple[RuleFiles[Any], ...] = (of_compliance, of_coaching)

    def _read_compliance(self, files: Files) -> ComplianceWords:
        return ComplianceWords(read_compliance(files), embed=self._embed)


def _read_coaching(files: Files) -> Coaching:
    if len(files) > 1:
        raise BadInput(f"{files[1][0]}: coaching is one file, {files[0][0]} is there already")
    return read_coaching(files[0][1], source=files[0][0]) if files else Coaching()
