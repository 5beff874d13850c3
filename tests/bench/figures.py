"""Which figures of many times are told? The middle, and what one in twenty exceeds."""

from statistics import median


def figures(times: list[float]) -> dict[str, float]:
    """The median `ms` and the `p95` of times in their order, without the first tenth, which warms up."""
    warm = times[len(times) // 10 :]
    return {"ms": median(warm), "p95": sorted(warm)[int(len(warm) * 0.95)]}
