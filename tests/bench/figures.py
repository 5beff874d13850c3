"""Which figures of many times are told? The middle, and what one in twenty exceeds."""

from collections.abc import Iterable
from statistics import median


def p95(times: Iterable[float]) -> float:
    """What one of twenty exceeds."""
    ordered = sorted(times)
    return ordered[int(len(ordered) * 0.95)]


def figures(times: list[float]) -> dict[str, float]:
    """The median `ms` and the `p95` of times in their order, without the first tenth, which warms up."""
    warm = times[len(times) // 10 :]
    return {"ms": median(warm), "p95": p95(warm)}
