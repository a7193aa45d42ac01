"""What became of an action, in words that say what to do next."""

from typing import Final

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.marked_words import readable
from agent_desktop.view_models.mood_model import Feeling
from assist_engine.call.state import ActionRun, ActionStatus
from assist_engine.contract.actions import ActionDone, ActionFailed, ActionPreviewed
from assist_engine.contract.values import ActionKind

_PROMISED: Final = "follow_ups"  # what the agent promised on the call


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """How far an action is. `can_undo`: it is done and can be taken back."""

    text: str
    feeling: Feeling
    can_undo: bool = False


def run_line(run: ActionRun) -> RunLine:
    """A run in words; one that takes another back is named so."""
    started, outcome = run.started, run.outcome
    name = tr("undo {name}", name=started.label) if started.undoes else started.label
    match run.status, outcome:
        case ActionStatus.RUNNING, _:
            host = started.host or tr("the other system")
            text = tr("{name}: waiting for {host}", name=name, host=host)
            return RunLine(text=text, feeling=Feeling.EVEN)
        case ActionStatus.DONE, ActionDone(text=said):
            words = readable(said) or tr("done")
            text = tr("✓ {name}: {text}", name=name, text=words)
            return RunLine(text=text, feeling=Feeling.GOOD, can_undo=started.can_undo)
        case ActionStatus.UNDONE, _:
            return RunLine(text=tr("{name}: taken back", name=name), feeling=Feeling.EVEN)
        case ActionStatus.UNKNOWN, ActionFailed(message=message):
            text = tr("△ {name}: {message}", name=name, message=f"{message.rstrip('.')}.")
            return RunLine(text=text, feeling=Feeling.CARE)
        case _, ActionFailed(message=message):
            advice = tr("Nothing was done: try again, or do it by hand.")
        case _:
            return RunLine(text=name, feeling=Feeling.EVEN)
    told = f"{message.rstrip('.')}. {advice}"
    text = tr("△ {name}: {message}", name=name, message=told)
    return RunLine(text=text, feeling=Feeling.CARE)


def is_to_retry(run: ActionRun) -> bool:
    """Whether it did not work, so that the agent may try again."""
    is_lost = run.status in {ActionStatus.FAILED, ActionStatus.UNKNOWN}
    return is_lost and run.started.undoes is None


def preview_line(preview: ActionPreviewed) -> str:
    """What confirming does, and where."""
    if preview.action_kind is ActionKind.OPEN:
        return tr("Opens a page of {host} in your browser.", host=preview.host)
    undo = tr("It can be taken back.") if preview.can_undo else tr("It cannot be taken back.")
    return " ".join((tr("Sends this to {host}.", host=preview.host), undo))


def missing_line(preview: ActionPreviewed) -> str:
    """What is not known yet and has to be asked; empty where nothing is missing."""
    asked = [field_name(name) for name in preview.missing if name != _PROMISED]
    if asked:
        return tr("Not known yet: {names}. Ask the customer.", names=", ".join(asked))
    if preview.missing:
        return tr("Nothing was promised on this call yet: there is nothing to send.")
    return ""


def field_name(name: str) -> str:
    """A field as people say it: `customer.open_order` is the customer's open order."""
    return name.replace(".", " ").replace("_", " ")
