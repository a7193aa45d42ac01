"""How much of a drafted wrap-up an agent changed: edit distance over words, as a share."""

from rapidfuzz.distance import Levenshtein

from assist_engine.call.selectors import follow_up_line
from assist_engine.contract.values import WrapUp


def changed_share(draft: WrapUp, completed: WrapUp) -> float:
    """Words that were put in, taken out or replaced, of the longer text; 0 to 1.

    The text is all that a person reads and may change: the summary, disposition, outcome,
    follow-ups and fields. A note is added to a draft and corrects nothing.
    """
    return round(Levenshtein.normalized_distance(_words(draft), _words(completed)), 4)


def _words(wrap_up: WrapUp) -> list[str]:
    texts = [line.text for line in wrap_up.lines]
    texts += [wrap_up.disposition, wrap_up.outcome]
    texts += [follow_up_line(follow_up) for follow_up in wrap_up.follow_ups]
    texts += [field.value for field in wrap_up.fields]
    return " ".join(texts).split()
