"""Groups line numbers, so that a model announces a stretch of lines once."""

from collections.abc import Iterable


def runs(lines: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending numbers as (first, last) of each unbroken stretch."""
    found: list[tuple[int, int]] = []
    for line in lines:
        if found and found[-1][1] == line - 1:
            found[-1] = (found[-1][0], line)
        else:
            found.append((line, line))
    return found
