"""How customers say that they will leave, complain, want a manager, money back, or thank."""

import re
from typing import Final

from assist_engine.call.driver_kinds import THANKS
from assist_engine.understanding.driver import driver

_NTH = r"(?:second|third|fourth|fifth|sixth|tenth|umpteenth|hundredth|nth|2nd|3rd|4th|5th)"
_TIMES = r"(?:twice|(?:two|three|four|five|six|ten|several|many|a few|a hundred) times)"
_CONTACT = (
    r"(?:call(?:ed|ing)?|phon(?:e|ed|ing)|r[iau]ng|contact(?:ed|ing)?|ask(?:ed|ing)?|"
    r"writ(?:e|ing|ten)|wrote|e ?mail(?:ed|ing)?|complain(?:ed|ing)?|explain(?:ed|ing)?|"
    r"sp(?:eak|oke|eaking)|talk(?:ed|ing)?|report(?:ed|ing)?)"
)
_SERVICE = (
    r"(?:service|subscription|contract|account|membership|plan|line|internet|broadband|"
    r"package|policy|card)"
)
_ELSEWHERE = (
    r"(?:(?:to )?(?:another|a different|some other|a new) (?:company|provider|bank|store|shop|"
    r"carrier|supplier|one)|(?:to )?someone else|somewhere else|elsewhere|(?:to )?(?:a|your|the) "
    r"competit(?:or|ors|ion))"
)
_CHIEF = (
    r"(?:manager|supervisor|boss|superior|team lead(?:er)?|person in charge|head of \w+|"
    r"(?:someone|somebody|anyone|anybody) (?:higher(?: up)?|senior|more senior|above you|"
    r"in charge|in management|with (?:more |some )?authority|who can (?:decide|make decisions)))"
)

_REPEATS: Final = (
    rf"{_NTH} time (?:that )?(?:i|i'm|i've|we|we've) (?:\w+ ){{0,3}}?{_CONTACT}",
    rf"{_CONTACT} (?:\w+ ){{0,3}}?{_TIMES}",
    rf"(?:keep|kept) {_CONTACT}",
    rf"(?:i|i've|we|we've) (?:have |had )?already {_CONTACT}",
    rf"{_CONTACT} (?:you )?(?:again and again|over and over|every (?:day|week))",
    rf"{_CONTACT} (?:\w+ )?(?:last week|yesterday|last month) (?:about|and)",
)
REPEATS: Final = re.compile(rf"\b(?:{'|'.join(_REPEATS)})\b")

CHURN: Final = (
    driver(
        "cancel-threat",
        "Threat to cancel",
        rf"cancel(?:ing|ling)? (?:my|the|this|our|your) (?:\w+ )?{_SERVICE}",
        r"(?:i will|i'll|i am going to|i'm going to|gonna|i have to|i would rather) cancel",
        r"cancel everything",
        rf"(?:close|end|terminate) (?:my|the|this|our) (?:\w+ )?{_SERVICE}",
        r"never (?:\w+ ){0,2}(?:order|buy|shop|bank|deal|come back|use)(?:\w* \w+){0,4} again",
        r"(?:i will|i'll|i am|i'm|going to|thinking of|thinking about) leav(?:e|ing) you",
        r"(?:take|taking) my (?:business|money) elsewhere",
        r"why should i stay",
        rf"(?:switch|switching|mov(?:e|ing)|going|go|chang(?:e|ing)) (?:over )?{_ELSEWHERE}",
        is_displeased=True,
    ),
    driver(
        "repeat-contact",
        "Has called before",
        *_REPEATS,
        r"(?:explain|repeat|tell) (?:\w+ ){0,2}(?:again|every time|all over)",
        is_displeased=True,
    ),
    driver(
        "money-back",
        "Wants money back",
        r"(?:my|our|the|all my) money back",
        r"money (?:\w+ )?(?:returned|refunded)",
        r"(?:want|need|get|demand|expect|give me|owe me)(?: \w+)? (?:full |complete )?refund",
        r"refund (?:me|my|the|everything)",
        r"reimburse(?:d|ment)?",
    ),
    driver(
        "competitor-named",
        "Compares with a competitor",
        r"competit(?:or|ors|ion)(?:'s)?",
        r"(?:another|other|different) (?:provider|company|supplier|carrier|bank)s? "
        r"(?:\w+ ){0,3}?(?:cheaper|better|less|faster|same|offers?|offered)",
        r"(?:cheaper|better deal|better price|better offer|for less) "
        r"(?:somewhere else|elsewhere|at another|with another|from another)",
    ),
)

GRIEVANCE: Final = (
    driver(
        "complaint",
        "Complaint",
        r"(?:make|file|submit|lodge|raise|write|put in|register|have|open) (?:a|an|another|my) "
        r"(?:\w+ )?complaint",
        r"complain (?:about|to)",
        r"(?:formal|official|written) complaint",
        r"(?:worst|terrible|awful|appalling|horrible|dreadful|shocking|disgusting|lousy) "
        r"(?:customer )?(?:service|support|experience|treatment|company)",
        r"(?:write|leave|post|give you|give this) (?:\w+ ){0,2}(?:bad|terrible|negative|one star) "
        r"(?:review|rating)",
        r"(?:post|put|share|tell) (?:\w+ ){0,4}(?:on|all over) (?:facebook|twitter|social media|"
        r"trustpilot|the internet)",
        is_displeased=True,
    ),
    driver(
        "legal-threat",
        "Legal threat",
        r"(?:my|a|your|our) (?:lawyer|attorney|solicitor|legal team)s?",
        r"(?:legal|court) (?:action|case|steps|proceedings|advice)",
        r"take (?:you|this|it|them) to (?:small claims )?court",
        r"see you in court|small claims(?: court)?",
        r"(?:sue|suing) (?:you|them|your|the company)",
        r"press charges",
        r"(?:ombudsman|regulators?|trading standards|consumer protection|"
        r"better business bureau|attorney general)",
        r"(?:report|reporting) (?:you|your company)(?! (?:a|an|the|that|about)\b)",
        is_displeased=True,
    ),
    driver(
        "escalation",
        "Wants a manager",
        rf"(?:speak|talk|talking|speaking) (?:to|with) (?:a|your|the|my|another)? ?{_CHIEF}",
        rf"(?:put|get|transfer|connect|pass|send|escalate) (?:me|this|it|us)(?: \w+){{0,3}}? "
        rf"(?:a |your |the )?{_CHIEF}",
        rf"(?:i|we)(?: just)? (?:want|need|demand|would like) (?:a|your|the) {_CHIEF}",
        rf"(?:is there|do you have|give me|get me|where is|who is) (?:a |your |the |any )?{_CHIEF}",
        r"(?:escalate|escalating) (?:this|it|my|the)",
        is_displeased=True,
    ),
)

# A bare "thank you" is how calls end; whoever says for what, or how much, means it.
COURTESY: Final = (
    driver(
        THANKS,
        "Thanks",
        r"(?<!no )thank(?:s| you)(?: (?:so|very))* (?:much|a lot|a million)(?! for nothing)",
        r"(?<!no )thank(?:s| you) for (?!nothing|calling)",
        r"many thanks|thank you (?:so|very) (?:very )?much",
        r"(?<!would )(?<!'d )(?:really |truly )?appreciate (?:it|that|your|the|you|all)",
        r"(?:you are|you're|you have been|you've been) (?:\w+ )?(?:helpful|wonderful|amazing|"
        r"a star|a life ?saver|a great help|very kind|so kind|patient)",
        r"(?:i am|i'm) (?:so |very |really )?grateful",
        probability=0.85,
    ),
)
