"""The exponent of growth: the slope of a straight line through the logarithms of sizes and what they took."""

import math
from collections.abc import Sequence


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return ``k`` of the best ``value = c · size^k`` (least squares over the logarithms, at least two sizes)."""
    sizes = [math.log(size) for size, _ in points]
    values = [math.log(value) for _, value in points]
    middle, height = sum(sizes) / len(sizes), sum(values) / len(values)
    spread = sum((size - middle) ** 2 for size in sizes)
    together = sum((size - middle) * (value - height) for size, value in zip(sizes, values, strict=True))
    return together / spread
