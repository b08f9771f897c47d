"""What people say when they ask, promise, object …: cues.toml, read once. Each has a name, which a reader is shown as the reason."""

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from search.categories.labels import Category

NEVER = re.compile(r"(?!)")
NAMED = re.compile(r"<([a-z ]+)>")


@dataclass(frozen=True)
class Cue:
    """`said` makes the category likely, unless `unless` stands in the sentence too."""

    category: Category
    name: str
    said: re.Pattern[str]
    unless: re.Pattern[str]

    def shows(self, text: str) -> bool:
        return bool(self.said.search(text)) and not self.unless.search(text)


def _read() -> tuple[Cue, ...]:
    told = tomllib.loads((Path(__file__).parent / "cues.toml").read_text(encoding="utf-8"))
    named = {name: _any(of) for name, of in told["expressions"].items()}

    def made(lines: list[str]) -> re.Pattern[str]:
        pattern = _any(lines)
        while NAMED.search(pattern):
            pattern = NAMED.sub(lambda found: named[found[1]], pattern)
        return re.compile(pattern, re.IGNORECASE)

    return tuple(
        Cue(Category(cue["category"]), cue["name"], made(cue["said"]), made(cue["unless"]) if "unless" in cue else NEVER)
        for cue in told["cue"]
    )


def _any(lines: list[str]) -> str:
    return f"(?:{'|'.join(lines)})"


CUES = _read()
BY_CATEGORY: dict[Category, list[Cue]] = defaultdict(list)
for each in CUES:
    BY_CATEGORY[each.category].append(each)
