"""Words that feelings may be read from: a customer's, never an agent's or a bot's.

Inferring emotions of people at work is forbidden (EU AI Act, Regulation 2024/1689, art. 5(1)(f)).
Whatever reads feelings takes `CustomerWords`, and of anybody else's words none can be made.
"""

from dataclasses import dataclass

from assist_engine.contract.values import Role


@dataclass(frozen=True)
class CustomerWords:
    """What a customer said. Raises `ValueError` for anybody else's words."""

    text: str
    role: Role

    def __post_init__(self) -> None:
        if self.role is not Role.CUSTOMER:
            raise ValueError(f"feelings are read from customers' words only, not from {self.role}")
