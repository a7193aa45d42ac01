"""What is wrong with the files of rules, for those who write them."""

from pathlib import PurePath

from agent_desktop.translation import tr
from agent_desktop.view_models.status_model import Notice

MOST_LINES = 3


def rules_notice(problem: str) -> Notice | None:
    """The first problems with file, line and what is accepted; None where all were read."""
    lines = [_short(line) for line in problem.splitlines() if line.strip()]
    if not lines:
        return None
    shown = lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        shown.append(tr("and {count} more, see the engine’s log", count=len(lines) - MOST_LINES))
    return Notice(heading=tr("Rules not read; the ones before are in use"), text="\n".join(shown))


def _short(line: str) -> str:
    """A line with the file's name and folder instead of its whole path."""
    path, colon, rest = line.partition(":")
    parts = PurePath(path).parts
    return f"{'/'.join(parts[-2:])}{colon}{rest}" if len(parts) > 2 else line
