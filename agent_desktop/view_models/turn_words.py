"""Where the customer's mood turned, in words: when, which way, and what was said before."""

from agent_desktop.translation import tr
from agent_desktop.view_models.clock_words import clock_text
from agent_desktop.view_models.marked_words import readable
from assist_engine.call.selectors import TurningPoint


def turn_text(turn: TurningPoint) -> str:
    """When and which way, and the agent's words before it; without those, the words of it."""
    way = tr("fell") if turn.change < 0 else tr("rose")
    time = clock_text(turn.at_ms)
    if turn.before is not None:
        words = readable(turn.before.quote)
        return tr("{way} at {time} after “{words}”", way=way, time=time, words=words)
    return tr("{way} at {time}: “{words}”", way=way, time=time, words=readable(turn.words.quote))
