"""Markdown as people write it to each other, rendered once when written and sanitised: what is stored may be shown as it is."""

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.tasklists import tasklists_plugin

MENTION = re.compile(r"(?<![\w/@])@\[([^\]\n]{1,120})\]\(([0-9A-Za-z]{22})\)")
TASK = re.compile(r"^([\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)+)\[([ xX])\](.*)$")
TAGS = set("p br strong em s del code pre blockquote ul ol li a h3 h4 h5 h6 hr table thead tbody tr th td img input span".split())
ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "img": {"src", "alt", "title"},
    "input": {"type", "checked", "disabled"},
    "li": {"class"},
    "ol": {"start"},
    "span": {"class"},
    "th": {"align"},
    "td": {"align"},
}
CLASSES = re.compile(r"language-[\w+-]{1,30}|task-list-item|mention")


def mention(name: str, id: str) -> str:
    """Somebody named in a body, as the composer writes it."""
    return f"@[{name.replace('[', '(').replace(']', ')')}]({id})"


def render(body: str) -> str:
    """Safe HTML of a body. Mentions, `@[Name](id)`, become marked names; headings start at h3; remote pictures become links."""
    return nh3.clean(
        _with_mentions(_markdown().render(body)),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def mentioned_ids(body: str) -> list[str]:
    """The ids of the people named in a body, each once, in order."""
    return list(dict.fromkeys(id for _, id in MENTION.findall(body)))


def spoken(body: str) -> str:
    """A body as text, with names in place of the marks of mentions."""
    return MENTION.sub(r"@\1", body)


def plain(body: str, longest: int = 0) -> str:
    """A body without its markup, on one line; cut at a word where it is longer than `longest` characters."""
    text = MENTION.sub(r"\1", body)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^\s*(?:>+|#{1,6}|[-*+]|\d+[.)])\s+", "", text, flags=re.MULTILINE)
    text = " ".join(re.sub(r"[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}", "", text).split())
    if longest and len(text) > longest:
        return text[:longest].rsplit(" ", 1)[0] + "…"
    return text


def tasks(body: str) -> list[tuple[str, bool]]:
    """The tasks of a body's lists, in order: what is to be done, and whether it is."""
    lines = body.split("\n")
    found = (TASK.match(lines[at]) for at in _task_lines(body))
    return [(plain(lines_of[3]), lines_of[2] != " ") for lines_of in found if lines_of]


def ticked(body: str, number: int, done: bool) -> str | None:
    """The same body with its task of this number, from 0, done or not; None where there is none."""
    lines, tasks_at = body.split("\n"), _task_lines(body)
    if not 0 <= number < len(tasks_at):
        return None
    at = tasks_at[number]
    lines[at] = TASK.sub(lambda found: f"{found[1]}[{'x' if done else ' '}]{found[3]}", lines[at], count=1)
    return "\n".join(lines)


def _task_lines(body: str) -> list[int]:
    """The lines on which tasks stand, as they are rendered: what looks like one in code is none."""
    items = (token for token in _markdown().parse(body) if token.type == "list_item_open")
    starts = [token.map[0] for token in items if token.map and "task-list-item" in str(token.attrGet("class") or "")]
    return [at for at in starts if TASK.match(body.split("\n")[at])]


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("js-default", {"linkify": True, "breaks": True, "html": False, "maxNesting": 20}).use(tasklists_plugin)
    markdown.core.ruler.push("lower_headings", _lower_headings)
    return markdown


def _lower_headings(state: object) -> None:
    for token in state.tokens:  # type: ignore[attr-defined]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"


def _with_mentions(html: str) -> str:
    """The renderer makes `@<a href="id">Name</a>` of a mention; it becomes a name that stands out."""
    return re.sub(r'@<a href="[0-9A-Za-z]{22}">(.*?)</a>', r'<span class="mention">@\1</span>', html)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return value if CLASSES.fullmatch(value) else None
    if tag == "img" and name == "src":
        return value if value.startswith("/") and not value.startswith("//") else None  # nothing is fetched from elsewhere
    if tag == "input" and name == "type":
        return value if value == "checkbox" else None
    return value
