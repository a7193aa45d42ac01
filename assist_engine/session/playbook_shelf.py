"""The playbooks in use: the rule that proposes them, the rule that ticks their steps, their files.

A changed file is taken up by the next look of every call.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from assist_engine.guidance.action import ActionPolicy
from assist_engine.guidance.checklist_rule import ChecklistRule, SaidSteps
from assist_engine.guidance.next_action_rule import NextActionRule
from assist_engine.guidance.playbook import Playbook, admitted
from assist_engine.guidance.playbook_reader import read_playbooks
from assist_engine.guidance.ranking import ActionMemory
from assist_engine.guidance.rule import Vector
from assist_engine.session.kept_vectors import KeptVectors
from assist_engine.session.rule_files import Files, RuleFiles


class PlaybookShelf:
    """Reads playbooks from a folder, at the start and again whenever a file changes."""

    def __init__(
        self,
        folder: Path,
        *,
        embed: Callable[[Sequence[str]], Vector],
        exploration: float = 0.0,
        policy: ActionPolicy | None = None,
    ) -> None:
        """Bad files are told by `files`. `embed` is asked for the ways of saying each step, once.

        `policy`: which actions an administrator allows; None: cards offer none.
        """
        self._policy = policy
        self._embed = KeptVectors(embed)
        self.memory = ActionMemory()
        self.files = RuleFiles(folder, read=self._read, use=self._use)
        self.playbooks, said = self.files.load_good()
        self.rule = NextActionRule(self.playbooks, memory=self.memory, exploration=exploration)
        self.ticks = ChecklistRule(said)

    def _read(self, files: Files) -> tuple[tuple[Playbook, ...], SaidSteps]:
        playbooks = admitted(read_playbooks(files), self._policy)
        return playbooks, SaidSteps(playbooks, embed=self._embed)

    def _use(self, read: tuple[tuple[Playbook, ...], SaidSteps]) -> None:
        self.playbooks, said = read
        self.ticks.use(said)
        self.rule.use(self.playbooks)
