"""Rules of the house that a machine can check. What is excepted says why."""

import ast
import json
import re
from pathlib import Path

import wsgi
from portal.kernel.content import Content
from portal.kernel.events import KINDS
from portal.kernel.policy import READS
from tests.architecture.sources import ROOT, Source, calls, calls_in, sources

assert wsgi  # the composition root imports every model

ASKING = {"allowed", "held", "condition", "fetch", "require", "may"}
FACES = {"views", "api", "live", "mails", "cli", "serving", "shapes"}  # they show what queries gave them, and look nothing up
# Rows that somebody may or may not know of. People, their sign-ins and
# their inboxes are looked up by keys that the server itself gave out.
GUARDED = {model.__name__ for model in READS if model is not None} - {"Person", "SignIn", "Token", "Installation", "Notice"} | {
    "FileVersion"
}
RAW_LOOKUPS = {
    "workspaces/rooms/mails.py": "an invitation's letter is written by the system for whom it names",
    "workspaces/forums/live.py": "payloads are made by the system once for all; who hears them is asked for each event",
    "search/handover/mails.py": "the event of a notice that is the reader's own",
    "search/handover/jobs.py": "the event that the worker was given, and the clients of its workspace",
    "workspaces/library/serving.py": "notes a view of a version that the endpoint has just fetched",
}

# Files that mark text as HTML by themselves; everything else is escaped by the templates.
MARKED = {
    "portal/web/slots.py": "joins what autoescaping templates rendered",
    "portal/web/render.py": "formats with escaping",
    "workspaces/forums/views/message.py": "joins what an autoescaping template rendered with post.html, sanitised when it is written",
    "search/finding/queries.py": "highlight() escapes and adds <mark> only",
}
SAFE = {
    "forums/_composer.html": "a preview is rendered and sanitised like a post",
    "previews/_page.html": "a Markdown file is rendered and sanitised like a post",
    "forums/_preview.html": "a preview is rendered and sanitised like a post",
    "copies/topic.html": "post.html is rendered and sanitised when it is written, and cleaned again of what needs our server",
    "copies/notes.html": "note.html is rendered and sanitised when it is written, and cleaned again of what needs our server",
    "moderation/_quoted.html": "post.html is rendered and sanitised when it is written",
    "moderation/_held_case.html": "held.html is rendered and sanitised when it is written",
    "moderation/_held_mine.html": "held.html is rendered and sanitised when it is written",
    "moderation/held.html": "held.html is rendered and sanitised when it is written",
    "moderation/ruling.html": "post.html is rendered and sanitised when it is written",
    "accounts/note.html": "note.html is rendered and sanitised when it is written",
}

# The rooms of a feature, and what else a feature has and why.
ROOMS = {
    "__init__", "models", "policy", "events", "queries", "actions", "schemas", "views", "api", "live", "mails", "documents", "jobs", "cli",
    "checks", "copies", "erasing", "sources", "slots", "shapes", "feature",
}  # fmt: skip
OTHERS = {
    # what can be read, how tables are read, which column says what, one batch, a whole run, and the rows that did not go in
    "portal/imports": {"registry", "reading", "mapping", "values", "work", "running", "rejects"},
    "portal/accounts": {
        "importing",
        "likeness",
        "keeping_apart",
        "deputising",
    },  # importers; who may be the same, must not meet, acts for whom
    "portal/people": {"sign_ins", "passwords", "zones", "devices"},  # sessions, hashing, time zones, browsers' names
    "portal/admin": {"watchman"},  # who looks at the machine, and tells admins
    "portal/notices": {"stops", "wishes", "digests"},  # links that stop mail; how much, where and when; when letters that sum up are due
    "portal/mail": {"letters", "queue", "transport", "refusals"},  # writing letters, their queue, the way out, and what comes back
    "portal/hooks": {"signing"},  # secrets, and signatures
    "workspaces/references": {"wording"},  # how what is asked is called, and where it is
    "workspaces/communities": {"wording"},  # how an introduction is called; words to begin with
    # the ports through which posts have files and first ones wait; importers; the signs offered
    "workspaces/forums": {"attachments", "holding", "importing", "reactions"},
    "workspaces/rooms": {"consent", "pasted", "proving"},  # who is seen by whom; lists of people as pasted; that a mailbox is theirs
    "workspaces/library": {
        "bare",
        "comparing",
        "hashing",
        "zipping",
        "content_types",
        "names",
        "pieces",
        "quotas",
        "receiving",
        "scanning",
        "serving",
        "tus",
    },  # what bytes are, are called, come and go by, and how many may
    "workspaces/previews": {"child", "making", "printing", "running", "serving"},  # who reads files; what is made of them; the way out
    "workspaces/moderation": {"wording"},  # what is said of a decision, to whom
    "workspaces/requests": {"wording"},  # how a request is called
    "workspaces/plan": {"outlines", "wording"},  # examples to begin with; how a day and whose it is are said
    # what stands at the door, how letters and meetings are read, and how they are written
    "workspaces/capture": {"lmtp", "intake", "reading", "folding", "forwarded", "meetings", "taking"},
    "workspaces/calendar": {"addresses", "writing"},  # the secret of an address; a calendar as programs read it
    "search/copies": {"assembling", "format", "hashes", "reading", "rendering", "standing", "writing"},  # a copy as bytes: out, checked, in
    "search/categories": {
        "cues",
        "dates",
        "features",
        "labels",
        "lessons",
        "machine",
        "sentences",
        "weights",
        "wording",
    },  # what there is, and how it is guessed
    "search/links": {"finding", "numbers", "wording"},  # what is spoken of in words; how it is called
    "search/names": {"matching", "wording"},  # where names stand in a text; how their kinds are called
    "search/promises": {"wording"},  # how a promise stands, and why a question counts as answered, in words
    "search/handover": {"held", "wording"},  # what becomes of all that points at a person; how it is called, and why something was left
    "search/indexer": {"check", "tail"},  # the index against the database; what it does not hold yet
}


def test_faces_look_nothing_up_themselves() -> None:
    found = [
        f"{source.path}:{call.lineno} {name}"
        for source in sources()
        if source.room in FACES and source.path not in RAW_LOOKUPS
        for call, name in calls(source)
        if _is_raw(call, name, GUARDED)
    ]
    assert found == [], "start from allowed(actor, verb), fetch(actor, verb, id) or a query"


def test_queries_read_content_through_allowed() -> None:
    """A select of whole rows of content asks, in the same function, who may see them."""
    content = {model.__name__ for model in Content.__subclasses__()}
    found = [
        f"{source.path}:{function.lineno} {function.name}"
        for source in sources()
        if source.room == "queries"
        for function in ast.walk(source.tree)
        if isinstance(function, ast.FunctionDef)
        and any(_is_raw(call, name, content) for call, name in calls_in(function))
        and not any(name in ASKING for _call, name in calls_in(function))
    ]
    assert found == [], "start from allowed(actor, verb)"


def _is_raw(call: ast.Call, name: str, models: set[str]) -> bool:
    """Whether whole rows of one of the models are looked up."""
    first = call.args[0] if call.args else None
    looks_up = name == "select" or name.endswith((".get", ".get_one"))
    return looks_up and isinstance(first, ast.Name) and first.id in models


def test_only_these_files_say_that_text_is_html() -> None:
    found = {source.path for source in sources() for _call, name in calls(source) if name.endswith("Markup")}
    assert found == set(MARKED), "let the template escape it, or say here why it is safe"


def test_only_these_templates_trust_html() -> None:
    folder = ROOT / "templates"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.html") if re.search(r"\|\s*safe\b|autoescape", path.read_text())}
    assert found == set(SAFE), "let the template escape it, or say here why it is safe"


def test_every_file_of_a_feature_is_a_room_or_says_what_it_is() -> None:
    features = {feature for feature in (source.feature for source in sources()) if (ROOT / feature / "models.py").exists()}
    strays = sorted(
        source.path for source in sources() if source.feature in features and source.room not in ROOMS | OTHERS.get(source.feature, set())
    )
    assert strays == []


# Whoever calls another server does so through one module, which looks where that leads.
CALLERS = {"urllib3", "urllib.request", "http.client", "requests", "httpx", "aiohttp", "ftplib", "xmlrpc", "telnetlib"}
CALLING = {
    "portal/kernel/outbound.py": "the one module",
    "portal/kernel/scanner.py": "the operator's own virus scanner, where a setting says that it is",
    "portal/cli/duties.py": "doctor looks at this installation's own address, which the operator has set",
}


def test_only_one_module_calls_other_servers() -> None:
    found = {
        source.path
        for source in sources()
        if {name for name in imported(source.tree) if any(name == each or name.startswith(f"{each}.") for each in CALLERS)}
        or any(name in ("socket.create_connection", "create_connection") for _call, name in calls(source))
    }
    assert found == set(CALLING), "call it through portal.kernel.outbound"


def test_a_planted_caller_is_seen() -> None:
    for line in ("import urllib.request", "from urllib import request", "import requests as r", "from http.client import HTTPSConnection"):
        assert set(imported(ast.parse(line))) & {"urllib.request", "requests", "http.client"}


def imported(tree: ast.AST) -> list[str]:
    """The modules that are imported, and the names out of them, with dots."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return found


def test_nothing_is_left_for_later() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [source.path for source in sources() if words.search((ROOT / source.path).read_text())]
    assert found == []


def test_files_stay_short() -> None:
    """None over 300 lines without reason."""
    long = {source.path: _lines(source) for source in sources() if _lines(source) > 300}
    assert set(long) <= LONG.keys(), long


LONG: dict[str, str] = {}  # path: the reason


def _lines(source: Source) -> int:
    return len(Path(ROOT / source.path).read_text().splitlines())


def test_kinds_of_event_name_icons_of_the_sprite() -> None:
    sprite = json.loads((ROOT / "static/icons/icons.json").read_text())
    assert [of.name for of in KINDS.values() if of.icon not in sprite] == []
