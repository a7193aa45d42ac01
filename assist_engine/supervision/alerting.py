"""Asks each alert rule whether a live call needs a supervisor."""

from collections.abc import Sequence

from assist_engine.call.state import CallState
from assist_engine.contract.events import AlertRaised
from assist_engine.supervision.alert_rule import AlertRule, UpsetWithDriver


class Alerting:
    """The alert rules of an engine; without any given, the ones we ship."""

    def __init__(self, rules: Sequence[AlertRule] | None = None) -> None:
        self._rules = tuple(rules) if rules is not None else (UpsetWithDriver(),)

    def review(self, state: CallState) -> list[AlertRaised]:
        """The alerts that the call deserves now and does not have yet."""
        if not state.is_live:
            return []
        looked = (rule.look(state) for rule in self._rules)
        known = {alert.raised.alert_id for alert in state.alerts}
        return [alert for alert in looked if alert is not None and alert.alert_id not in known]
