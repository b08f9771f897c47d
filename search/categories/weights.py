"""What was learned from labelled sentences: a logistic regression for each category, as numbers.

`python -m bench.categories --train` makes them.
"""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.categories.cues import BY_CATEGORY
from search.categories.features import features
from search.categories.labels import Category

ALONE = 0.5  # the least chance of what no cue says
LEARNED = Path(__file__).parent / "weights.npz"
ORDER = tuple(Category)


def weight(has: set[str]) -> float:
    """Of each feature of a sentence: many words say no more than few. Without it whatever is long looks like something."""
    return 1 / math.sqrt(max(1, len(has)))


@dataclass(frozen=True)
class Weights:
    """`of` names a feature's row in `table` (features × categories); `least` is from where on a category is taken for likely."""

    of: dict[str, int]
    table: NDArray[np.float32]
    bias: NDArray[np.float32]
    least: NDArray[np.float32]

    def likely(self, text: str, before: str, side: str) -> dict[Category, float]:
        """How likely each category is, 0 to 1, of those that are likely enough. Where no cue says it, it must be likelier than not:
        in a trade whose words were never learned from, words alone mislead."""
        has = features(text, before, side)
        rows = [self.of[name] for name in sorted(has) if name in self.of]
        chances = 1 / (1 + np.exp(-(self.bias + self.table[rows].sum(axis=0) * weight(has))))
        cued = np.array([any(f"cue {cue.name}" in has for cue in BY_CATEGORY[category]) for category in ORDER])
        return {ORDER[n]: float(chances[n]) for n in np.flatnonzero(chances >= np.where(cued, self.least, np.maximum(self.least, ALONE)))}


@cache
def learned() -> Weights:
    with np.load(LEARNED, allow_pickle=False) as kept:
        names = kept["names"].tobytes().decode().split("\n")
        return Weights({name: at for at, name in enumerate(names)}, kept["table"].astype(np.float32), kept["bias"], kept["least"])


def keep(names: list[str], table: NDArray[np.float32], bias: NDArray[np.float32], least: NDArray[np.float32]) -> None:
    """Write them in place of those there."""
    told = np.frombuffer("\n".join(names).encode(), dtype=np.uint8)
    np.savez_compressed(LEARNED, names=told, table=table.astype(np.float16), bias=bias.astype(np.float32), least=least.astype(np.float32))
    learned.cache_clear()
