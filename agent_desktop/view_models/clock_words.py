"""Times in a call as people read them."""


def clock_text(ms: int) -> str:
    """A time in a call as minutes and seconds: 06:40; hours in front where there are any."""
    minutes, seconds = divmod(max(ms, 0) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
