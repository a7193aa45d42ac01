"""Names of things. Each is its own type, so that one cannot be passed for another."""

from typing import NewType

CallId = NewType("CallId", str)
ParticipantId = NewType("ParticipantId", str)
UtteranceId = NewType("UtteranceId", str)
SuggestionId = NewType("SuggestionId", str)
AlertId = NewType("AlertId", str)
AgentId = NewType("AgentId", str)
CustomerId = NewType("CustomerId", str)
ArticleId = NewType("ArticleId", str)
PlaybookId = NewType("PlaybookId", str)
GapId = NewType("GapId", str)
ActionId = NewType("ActionId", str)
ActionKey = NewType("ActionKey", str)  # one run of an action: the idempotency key sent with it
