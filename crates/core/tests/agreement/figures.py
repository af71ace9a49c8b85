"""Writes figures.txt: coefficients of agreement by other implementations than ours.

    python3 -m venv venv && venv/bin/pip install krippendorff==0.9.0 scikit-learn==1.9.1
    venv/bin/python crates/core/tests/agreement/figures.py > crates/core/tests/agreement/figures.txt

Alpha is that of the package krippendorff, kappa that of scikit-learn. The intervals are percentiles of
2,000 resamples of items by numpy, so only their first decimals can be compared.
"""

import random

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score

POINTS = {
    "levels": [1, 2, 3, 4],
    "uneven": [0, 1, 4, 6, 10],
    "colours": [0, 1, 2],
}


def alphas(rows, points):
    values = np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=float)
    ranks = values.copy()
    scores = np.array([[np.nan if np.isnan(v) else points[int(v)] for v in row] for row in values])
    out = {}
    for metric, data in [("nominal", ranks), ("ordinal", ranks), ("interval", scores)]:
        try:
            out[metric] = krippendorff.alpha(reliability_data=data, level_of_measurement=metric)
        except ValueError:
            out[metric] = None
    return out


def kappas(rows, size):
    pairs = [(a, b) for a, b in zip(*rows) if a is not None and b is not None]
    first, second = zip(*pairs)
    names = [("unweighted", None), ("linear", "linear"), ("quadratic", "quadratic")]
    return {
        name: cohen_kappa_score(first, second, weights=weights, labels=list(range(size)))
        for name, weights in names
    }


def interval(rows, points, metric):
    """The 95% percentile interval of alpha over resampled items."""
    generator = np.random.default_rng(2008)
    items = [column for column in zip(*rows) if sum(v is not None for v in column) > 1]
    values = []
    for _ in range(2_000):
        chosen = generator.integers(len(items), size=len(items))
        value = alphas(list(zip(*[items[at] for at in chosen])), points)[metric]
        if value is not None and not np.isnan(value):
            values.append(value)
    return np.percentile(values, [2.5, 97.5])


def write(name, scale, rows, with_interval=False):
    points = POINTS[scale]
    print(f"case {name}")
    print("points " + " ".join(str(p) for p in points))
    for row in rows:
        print("rater " + " ".join("." if v is None else str(v) for v in row))
    if len(rows) == 2:
        for weights, value in kappas(rows, len(points)).items():
            print(f"kappa {weights} {value:.12f}")
    for metric, value in alphas(rows, points).items():
        print(f"alpha {metric} {value:.12f}")
    if with_interval:
        lower, upper = interval(rows, points, "ordinal")
        print(f"interval ordinal {lower:.3f} {upper:.3f}")
    print()


def main():
    chance = random.Random(20081128)
    print("# Written by figures.py, which says how.\n")
    for at in range(24):
        scale = chance.choice(list(POINTS))
        size = len(POINTS[scale])
        raters = 2 if at % 2 == 0 else chance.randint(3, 5)
        items = chance.randint(6, 60)
        missing = chance.choice([0.0, 0.1, 0.3])
        rows = [[] for _ in range(raters)]
        for _ in range(items):
            truth = chance.randrange(size)
            for row in rows:
                value = truth if chance.random() < 0.6 else chance.randrange(size)
                row.append(None if chance.random() < missing else value)
        write(f"random-{at}", scale, rows, with_interval=at < 6)


main()
