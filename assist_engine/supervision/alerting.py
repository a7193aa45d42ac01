"""Asks each alert rule whether a live call needs a supervisor."""

from collections.abc import Sequence

from msgspec.structs import replace

from assist_engine.call.state import Alert, CallState
from assist_engine.contract.events import AlertRaised
from assist_engine.supervision.alert_rule import AlertRule, shipped_rules


class Alerting:
    """The alert rules of an engine; without any given, the ones we ship."""

    def __init__(self, rules: Sequence[AlertRule] | None = None) -> None:
        self._rules = tuple(rules) if rules is not None else shipped_rules()

    def review(self, state: CallState) -> list[AlertRaised]:
        """The alerts that the call deserves now and does not have yet.

        A rule sees what the ones before it raised, so that nothing is told twice.
        """
        if not state.is_live:
            return []
        known = {alert.raised.alert_id for alert in state.alerts}
        found: list[AlertRaised] = []
        for rule in self._rules:
            raised = rule.look(state)
            if raised is not None and raised.alert_id not in known:
                found.append(raised)
                alert = Alert(raised=raised, raised_ms=state.audio_ms)
                state = replace(state, alerts=(*state.alerts, alert))
        return found
