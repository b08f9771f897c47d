"""Talk of any length that is always the same: a few words everybody uses, and thousands that hardly anybody does, as in any language."""

import itertools
import random
from collections.abc import Iterator

COMMON = (
    "the we to and a is of for in it that on you with this have be our not from at will are can as please your if they or which"
    " week price pump sensor gateway meter station report quote order delivery contract invoice battery frost pressure valve site visit"
    " drawing board budget approval summer winter engineer colleague answer question change version cabinet panel alarm"
).split()
SYLLABLES = ("ba", "dor", "fen", "gil", "ha", "kor", "lin", "mar", "nes", "pol", "quin", "ra", "sil", "tor", "ven", "wick")
RARE = ["".join(parts) for parts in itertools.product(SYLLABLES, repeat=3)]  # 4,096
QUERIES = ("battery", "frost alarm", "quote approval", "gateway", RARE[7], RARE[2000], "contract winter", '"pressure valve"')


class Talk:
    """Messages, one after the other."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)

    def message(self) -> str:
        """Five to ninety words in one to three paragraphs."""
        return "\n\n".join(" ".join(self._sentences()) for _n in range(self.chance.randint(1, 3)))

    def title(self) -> str:
        return " ".join(self._words(self.chance.randint(3, 7))).capitalize()

    def _sentences(self) -> Iterator[str]:
        for _n in range(self.chance.randint(1, 3)):
            yield " ".join(self._words(self.chance.randint(5, 14))).capitalize() + "."

    def _words(self, count: int) -> Iterator[str]:
        for _n in range(count):
            words = COMMON if self.chance.random() < 0.8 else RARE
            yield words[min(int(self.chance.paretovariate(0.6)) - 1, len(words) - 1)]
