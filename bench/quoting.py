"""How much of what people wrote is told from what they quote, of collected letters: `python -m bench.quoting`.

Where a collection states what is to stay, that is compared to the letter; blanks at the ends of lines are left aside.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from workspaces.capture.folding import fold
from workspaces.forums.importing.parsing import parsed, words_of_markup

DATA = Path(os.environ.get("MAINSTAY_TEST_DATA") or "../shared/data") / "email-quoting"
LARGE = 767 * 1024
DATED = b"Date: Tue, 3 Apr 2012 16:23:59 +0400\r\n"


def cases(data: Path) -> Iterator[tuple[str, str, str, str]]:
    """(source, name, what stays, what was to stay)."""
    for path in sorted((data / "discourse-trimmer" / "emails").iterdir()):
        told = fold(path.read_text())
        for what, found in (("trimmed", told.kept), ("elided", told.folded)):
            wanted = (data / "discourse-trimmer" / what / path.name).read_text()
            yield f"discourse, {what}", path.name, even(found), even(wanted)
    for path in sorted((data / "talon" / "html_replies").iterdir()):
        found = fold(words_of_markup(path.read_text(errors="replace"))).kept
        yield "talon, html", path.name, "".join(found.split()), "Hi.Iamfine.Thanks,Alex"
    for path in sorted((data / "talon" / "standard_replies").glob("*.eml")):
        raw = path.read_bytes()
        body = parsed(raw if b"\nDate:" in raw else DATED + raw).body
        wanted = (path.parent / "iphone_reply_text").read_text() if path.stem == "iphone" else "Hello"
        yield "talon, replies", path.name, even(fold(body, signatures=path.stem != "iphone").kept), even(wanted)


def even(text: str) -> str:
    """Without blanks at the ends of lines, and empty lines at both ends."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def shares(data: Path) -> dict[str, tuple[int, int, list[str]]]:
    """Source -> (how many are exact, of how many, the names of the others)."""
    found: dict[str, tuple[int, int, list[str]]] = {}
    for source, name, kept, wanted in cases(data):
        right, count, wrong = found.get(source, (0, 0, []))
        found[source] = (right + (kept == wanted), count + 1, wrong if kept == wanted else [*wrong, name])
    return found


def main() -> int:
    for source, (right, count, wrong) in shares(DATA).items():
        print(f"{source:20} {right}/{count} {right / count:.1%} {' '.join(wrong)}")
    quote = 'On Thu, Apr 30, 2020 at 10:07 AM, "someone" <someone@example.com> wrote:\n'
    for name, line in (
        ("quotes", f"> {quote}>\n"),
        ("attributions", quote),
        ("dates", "On Thu, Apr 30, 2020 10:07\n"),
        ("headers", "From: x\n"),
    ):
        text = (line * (LARGE // len(line) + 1))[:LARGE]
        began = time.perf_counter()
        fold(text)
        print(f"767 KB of {name:12} {time.perf_counter() - began:.3f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
