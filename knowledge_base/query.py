"""What a caller asks, without greetings, fillers, thanks and anger."""

import re
from typing import Final

_NOISE: Final = re.compile(
    r"\b(?:"
    r"(?:hi|hello|hey)(?: there)?|good (?:morning|afternoon|evening|day)|"
    r"u+h+|u+m+|e+r+m*|h+m+|mm+|ah+|oh+|"
    r"you know|i mean|kind of|sort of|basically|actually|honestly|obviously|"
    r"thanks?(?: you)?(?: (?:so|very) much)?(?: for (?:taking|answering) (?:my|the) call)?|"
    r"please|sorry|excuse me|okay|ok|alright|all right|well|yeah|yes|yep|no problem|right|"
    r"(?:yes )?i(?:'m| am) (?:just )?(?:calling|ringing|phoning)(?: you)?(?: today)?"
    r"(?: (?:about|because|regarding|to (?:ask|find out|check)))?|"
    r"i(?:'d| would) (?:just )?like to (?:know|ask|find out)(?: (?:about|if|whether))?|"
    r"i (?:was|am|'m) (?:just )?wondering(?: (?:if|whether))?|"
    r"(?:can|could|would) you (?:please |just )?(?:tell me|help me(?: with)?|explain)|"
    r"(?:can|could) i (?:just )?ask(?: you)?|i have a question(?: about)?|"
    r"my name is \w+(?: \w+)?|this is \w+ (?:speaking|calling)|how are you(?: doing)?(?: today)?|"
    # Anger says how urgent it is, not what is asked.
    r"(?:this|that|it)(?:'s| is) (?:(?:absolutely|really|so|just|completely|totally) )*"
    r"(?:ridiculous|unacceptable|unbelievable|outrageous|a joke|a disgrace|insane|crazy|nonsense)|"
    r"i(?:'m| am) (?:(?:so|very|really|extremely|just|getting|absolutely) )*(?:angry|upset|annoyed|"
    r"frustrated|furious|disappointed|fed up)(?: (?:about|with|by) (?:this|that|it|you))?|"
    r"i (?:can't|cannot|can not) believe (?:this|it|that)|are you (?:kidding|serious)(?: me)?|"
    r"for (?:god's|goodness|heaven's) sake|what the (?:hell|heck)|oh my god|my god|bloody|damn"
    r")\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def plain_question(text: str) -> str:
    """What is asked, without greetings and fillers; empty where nothing else was said."""
    words = _NOISE.sub(" ", text)
    kept = " ".join(words.split()).lstrip(" ,.;:!?-–").rstrip(" ,.;:!-–")
    return kept if _WORD.search(kept) else ""
