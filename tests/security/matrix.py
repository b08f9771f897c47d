"""The permission matrix as a table that people read: tests/security/matrix.txt says who may do what to which thing.

A line is a verb, a thing of the estate and a mark per person: `x` may, `-` may not but may know of the thing (403), `.` may not even
know of it (404, or 401 for nobody). Verbs about the installation have the thing `*`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.kernel.policy import READS, RULES, Verbs
from tests.cast import World

PEOPLE = ("ada", "mona", "rhea", "nora", "ravi", "petra", "mark", "rolf", "nils", "paul", "otto", "olga", "nobody", "sven", "susi", "token")
TABLE = Path(__file__).parent / "matrix.txt"

# Where in the estate the things of a kind are: every verb of the kind has a line for each.
THINGS: dict[str, tuple[str, ...]] = {
    "Account": ("calder", "otway"),
    "Captured": ("captured", "held_letter"),
    "Contact": ("contact", "merged_contact"),
    "Delivery": ("rhea_delivery", "sven_delivery"),
    "Draft": ("draft",),
    "EntryRequest": ("proposed_request", "asked_request", "barred_request"),
    "DraftFile": ("draft_file",),
    "Event": ("post_event", "note_event", "other_event", "token_event", "webhook_event"),
    "File": ("file", "safe_file", "inner_file", "archive_file", "other_file", "removed_file", "lost_file", "post_file", "note_file",
             "hidden_file", "shelf_file", "placed_file"),
    "FileVersion": ("file_version", "safe_file_version"),
    "FilePage": ("file_page", "safe_file_page"),
    "FileView": ("petra_view", "rhea_view", "mona_view"),
    "Flag": ("flag", "ruled_flag"),
    "Folder": ("folder", "safe", "inner_folder", "archive_folder", "circle_folder", "removed_folder", "shelf_folder"),
    "Forum": ("general", "backstage", "inner", "archive_forum", "circle_forum", "removed_forum"),
    "Group": ("group",),
    "Handover": ("proposed_handover", "mona_handover", "done_handover"),
    "Held": ("held", "inner_held", "refused_held"),
    "HeldFile": ("held_file",),
    "ImportRun": ("import",),
    "Installation": ("installation",),
    "Introduction": ("circle_introduction", "circle_pair"),
    "Invitation": ("invitation", "mark_invitation", "revoked_invitation"),
    "Link": ("link", "note_link", "other_link", "archive_link"),
    "Name": ("name", "removed_name"),
    "Note": ("note", "removed_note", "other_note"),
    "Notice": ("notice",),
    "Person": ("rhea", "mona", "ada", "petra", "sven"),
    "Placement": ("placement",),
    "PlanItem": ("plan_item", "milestone", "removed_plan_item", "archive_plan_item", "circle_plan_item", "other_plan_item"),
    "Promise": ("promise", "their_promise", "note_promise", "inner_promise", "archive_promise", "circle_promise"),
    "Post": ("post", "asked_post", "team_note", "hidden_post", "taken_post", "gone_post", "post_in_locked", "post_in_removed",
             "post_in_staff", "post_in_group", "archive_post", "circle_post", "other_post"),
    "Reference": ("reference",),
    "ReferenceRequest": ("reference_request",),
    "Ruling": ("ruling",),
    "SignIn": ("rhea_sign_in", "petra_sign_in", "ended_sign_in", "sven_sign_in"),
    "Token": ("rhea_token", "sven_token"),
    "Topic": ("topic", "locked_topic", "removed_topic", "merged_topic", "staff_topic", "group_topic", "archive_topic", "circle_topic",
              "other_topic", "announced_topic"),
    "Transfer": ("transfer",),
    "Upload": ("upload",),
    "WorkspaceCopy": ("copy",),
    "Webhook": ("rhea_webhook", "barred_webhook", "sven_webhook"),
    "Workspace": ("room", "archive", "side", "other", "circle", "shelf"),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    verb: str
    thing: str
    marks: tuple[str, ...]  # of PEOPLE


def name_of(verb: Verbs) -> str:
    """rooms.READ_WORKSPACE: the feature and the verb."""
    return f"{type(verb).__module__.split('.')[-2]}.{verb.name}"


def verbs() -> dict[str, Verbs]:
    return {name_of(verb): verb for verb in RULES}


def cells() -> list[tuple[str, str]]:
    """Every (verb, thing) that the table must have."""
    wanted = []
    for name, verb in verbs().items():
        model = RULES[verb].model
        wanted += [(name, thing) for thing in (THINGS[model.__name__] if model is not None else ("*",))]
    return wanted


def read(text: str | None = None) -> dict[tuple[str, str], Line]:
    """The table. Raises ValueError for a line that cannot be read, or stands twice."""
    lines: dict[tuple[str, str], Line] = {}
    for raw in (TABLE.read_text() if text is None else text).splitlines():
        if not raw.strip() or raw.startswith(("#", " ")):
            continue
        verb, thing, *marks = raw.split()
        if len(marks) != len(PEOPLE) or (verb, thing) in lines:
            raise ValueError(raw)
        lines[verb, thing] = Line(verb, thing, tuple(marks))
    return lines


def written(answers: dict[tuple[str, str], list[str]]) -> str:
    """Lines as the table has them, to be reviewed and put there by hand."""
    shown, before = [], ""
    for (verb, thing), marks in answers.items():
        if verb != before:
            shown.append("")
        shown.append(f"{verb:<28}{thing:<20}" + "".join(f"{mark:<7}" for mark in marks).rstrip())
        before = verb
    return "\n".join(shown)


def header() -> str:
    """The line of names, as it stands in the table."""
    return " " * 48 + "".join(f"{name:<7}" for name in PEOPLE).rstrip()


def model_of(verb: str) -> Any:
    return RULES[verbs()[verb]].model


def knows_by(verb: str) -> Verbs | None:
    """The reading verb of what a verb is about."""
    return READS.get(model_of(verb))


def missing_things(world: World) -> set[str]:
    return {thing for things in THINGS.values() for thing in things} - set(world.pks)
