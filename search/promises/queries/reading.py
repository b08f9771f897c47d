"""What a sentence says of who promises."""

import re

US = re.compile(r"\b(?:I|[Ww]e)\b")
THEM = re.compile(r"\b(?:[Ss]he|[Hh]e|[Tt]hey)\b|\b[A-Z][\w-]+ (?:will|would|has|have|promised|promises|wants to|is going to)\b")


def speaks_of_us(words: str) -> bool:
    """Of what we note ourselves: “I will send it” is ours, “she will send it” and “Helen will send it” are theirs; and where nobody is
    named, it is what we have to do."""
    return US.search(words) is not None or THEM.search(words) is None
