"""A linear classifier learnt in plain Python: dual coordinate descent for the L2-loss support vector machine.

Source of the method: Hsieh, Chang, Lin, Keerthi, Sundararajan, "A dual coordinate descent method for large-scale linear SVM",
ICML 2008. Some 4,000 clauses of 150 features take a few seconds, so that training needs no further library.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

Groups = list[tuple[float, list[int]]]
"""Features of one example: a value and the indices that carry it."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Weights by index, and the bias."""

    weights: list[float]
    bias: float

    def score(self, groups: Groups) -> float:
        """The raw score of an example."""
        weights = self.weights
        return self.bias + sum(value * sum([weights[index] for index in found]) for value, found in groups)


def learn(
    examples: Sequence[Groups],
    targets: Sequence[bool],
    importance: Sequence[float],
    size: int,
    *,
    cost: float,
    epochs: int = 40,
    tolerance: float = 0.05,
) -> Learnt:
    """Weights of `size` features that part the examples; the same input gives the same weights.

    `importance` multiplies the cost of one example. Stops when no example pulls harder than `tolerance`.
    """
    weights, bias = [0.0] * size, 0.0
    pulls = [0.0] * len(examples)
    damping = [1 / (2 * cost * weight) for weight in importance]
    norms = [1.0 + sum(value * value * len(found) for value, found in groups) + damping[place] for place, groups in enumerate(examples)]
    order = list(range(len(examples)))
    chance = random.Random(5)  # noqa: S311 - an order of visits, no secret
    for _epoch in range(epochs):
        chance.shuffle(order)
        hardest = 0.0
        for place in order:
            groups, sign, pull = examples[place], 1.0 if targets[place] else -1.0, pulls[place]
            score = bias
            for value, found in groups:
                score += value * sum([weights[index] for index in found])
            gradient = sign * score - 1.0 + damping[place] * pull
            if pull == 0.0 and gradient >= 0.0:
                continue
            hardest = max(hardest, abs(gradient))
            pulls[place] = max(pull - gradient / norms[place], 0.0)
            step = sign * (pulls[place] - pull)
            bias += step
            for value, found in groups:
                change = step * value
                for index in found:
                    weights[index] += change
        if hardest < tolerance:
            break
    return Learnt(weights, bias)


def calibrate(scores: Sequence[float], targets: Sequence[bool], rounds: int = 50) -> tuple[float, float]:
    """Slope and offset that make `1 / (1 + exp(-(slope * score + offset)))` a probability (Platt's method, Newton steps)."""
    slope, offset = 1.0, 0.0
    for _round in range(rounds):
        gradients, curvature = [0.0, 0.0], [1e-6, 0.0, 1e-6]
        for score, target in zip(scores, targets, strict=True):
            probability = 1 / (1 + math.exp(-max(-50.0, min(50.0, slope * score + offset))))
            error, spread = probability - target, probability * (1 - probability)
            gradients[0] += error * score
            gradients[1] += error
            curvature[0] += spread * score * score
            curvature[1] += spread * score
            curvature[2] += spread
        determinant = curvature[0] * curvature[2] - curvature[1] ** 2
        if determinant <= 0:
            break
        steps = (
            (curvature[2] * gradients[0] - curvature[1] * gradients[1]) / determinant,
            (curvature[0] * gradients[1] - curvature[1] * gradients[0]) / determinant,
        )
        slope, offset = slope - steps[0], offset - steps[1]
        if max(abs(step) for step in steps) < 1e-6:
            break
    return slope, offset
