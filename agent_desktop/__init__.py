"""The desktop: what agents, supervisors and knowledge managers see."""
