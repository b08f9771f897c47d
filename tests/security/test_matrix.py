"""Who may do what: the table against the rules, asked as a list, of one row, and by id."""

from dataclasses import replace

import pytest
from sqlalchemy import true

from portal.kernel.actor import Actor
from portal.kernel.errors import Forbidden, NotFound, NotSignedIn
from portal.kernel.policy import READS, RULES, allowed, fetch, may, require
from tests.security import matrix
from tests.security.doors import Doors
from tests.security.estate import OUTSIDERS

LINES = matrix.read()


def test_every_verb_has_its_lines(still: Doors) -> None:
    models = {RULES[verb].model.__name__ for verb in RULES if RULES[verb].model is not None}
    assert models <= set(matrix.THINGS), "name in matrix.THINGS where the estate has such things"
    assert not matrix.missing_things(still.world)
    silent = [cell for cell in matrix.cells() if cell not in LINES]
    now = {cell: [mark(still, name, *cell) for name in matrix.PEOPLE] for cell in silent}
    assert not silent, f"say who may, in matrix.txt. The rules say this now, to be reviewed:\n{matrix.header()}{matrix.written(now)}"
    assert set(LINES) == set(matrix.cells()), "lines of verbs or things that are no more"


@pytest.mark.parametrize("verb", sorted({verb for verb, _thing in LINES}))
def test_the_table_is_so(still: Doors, verb: str) -> None:
    wrong = differences(still, verb)
    assert not wrong, "\n".join(wrong)


def differences(doors: Doors, verb: str) -> list[str]:
    """Where the rules and the table disagree, or the ways of asking among themselves."""
    wrong = []
    for (name, thing), line in LINES.items():
        for who, expected in zip(matrix.PEOPLE, line.marks, strict=True):
            if name == verb and (found := mark(doors, who, verb, thing)) != expected:
                wrong.append(f"{verb} {thing}: {who} should have {expected!r}, has {found!r}")
    return wrong


def mark(doors: Doors, who: str, verb: str, thing: str) -> str:
    """What the rules answer in one cell: `x`, `-`, `.`, or `!` where the ways of asking disagree."""
    with doors.acting(who) as actor:
        model = matrix.model_of(verb)
        if model is None:
            return _of_installation(actor, verb)
        row = actor.session.get_one(model, doors.world.pks[thing])
        asked = matrix.verbs()[verb]
        one = may(actor, asked, row)
        listed = actor.session.scalar(allowed(actor, asked).where(model.pk == row.pk)) is row
        fetched, required = _fetched(actor, verb, row), _required(actor, verb, row)
        if not (one == listed == (required == "x")) or fetched != required:
            return "!"
        return required


def _of_installation(actor: Actor, verb: str) -> str:
    return _raised(lambda: require(actor, matrix.verbs()[verb]))


def _required(actor: Actor, verb: str, row: object) -> str:
    return _raised(lambda: require(actor, matrix.verbs()[verb], row))


def _fetched(actor: Actor, verb: str, row: object) -> str:
    if RULES[matrix.verbs()[verb]].model not in READS:
        return _required(actor, verb, row)
    return _raised(lambda: fetch(actor, matrix.verbs()[verb], row.id))  # type: ignore[attr-defined]


def _raised(ask: object) -> str:
    try:
        ask()  # type: ignore[operator]
    except (NotFound, NotSignedIn):
        return "."
    except Forbidden:
        return "-"
    return "x"


# Acts on what cannot be read (any more), each with its reason.
BLIND = {
    "accounts.GIVE_ACCOUNT": "an admin changes who looks after an account without seeing into it",
    "accounts.KEEP_APART": "an admin keeps companies apart without seeing into them",
    "accounts.KNOW_ACCOUNT": "of such an account an admin sees name and owner",
    "library.SEE_ROOM_LEFT": "an admin sees how much room files take, and nothing of them",
    "library.SET_QUOTA": "an admin says how much room files may take without seeing into the workspace",
    "accounts.RESTORE_NOTE": "what was removed is brought back by who removed it",
    "forums.SEE_WHERE": "what was merged is not read any more, and leads on",
    "forums.RESTORE_TOPIC": "what was removed is brought back by who removed it",
    "library.READ_LIBRARY": "the shelf is no workspace that anybody could come into; staff come to its files",
    "library.RESTORE_FILE": "what was removed is brought back by who removed it",
    "library.RESTORE_FOLDER": "what was removed is brought back by who removed it",
    "names.RESTORE_NAME": "what was removed is brought back by who may remove it",
    "plan.RESTORE_PLAN_ITEM": "what was removed is brought back by who removed it",
    "people.LOOK_AFTER_PERSON": "admins see clients on the administration pages only",
    "promises.SEE_PROMISES": "clients know their company's account as the address of what was promised to them, and nothing else of it",
    "people.SUSPEND_PERSON": "admins see clients on the administration pages only",
}


def test_nobody_acts_on_what_they_may_not_know_of() -> None:
    for (verb, thing), line in LINES.items():
        reading = matrix.knows_by(verb)
        if reading is None or verb in BLIND:
            continue
        known = LINES[matrix.name_of(reading), thing]
        blind = [who for who, mark, knows in zip(matrix.PEOPLE, line.marks, known.marks, strict=True) if mark != "." and knows != "x"]
        assert not blind, f"{verb} {thing}: {blind}"


BY_ADMINS = ("accounts.GIVE_ACCOUNT", "accounts.KEEP_APART", "accounts.KNOW_ACCOUNT", "library.SEE_ROOM_LEFT", "library.SET_QUOTA")


def test_outsiders_have_nothing_of_the_room() -> None:
    """The wall itself, said once more and without a table: whatever is in the room, the archive or on the account."""
    inside = {"calder", "contact", "merged_contact", "draft", "draft_file", "group", "note", "removed_note", "notice", "room", "archive"}
    inside |= {
        thing
        for kind in (
            "File",
            "FileVersion",
            "FileView",
            "Flag",
            "Folder",
            "Forum",
            "Held",
            "HeldFile",
            "Invitation",
            "PlanItem",
            "Post",
            "Promise",
            "Ruling",
            "Topic",
        )
        for thing in matrix.THINGS[kind]
    }
    inside -= {thing for thing in inside if thing.startswith(("other_", "circle", "shelf_"))}
    for (verb, thing), line in LINES.items():
        if thing in inside and verb not in {*BY_ADMINS, "promises.SEE_PROMISES"}:
            marks = dict(zip(matrix.PEOPLE, line.marks, strict=True))
            assert {marks[who] for who in OUTSIDERS} == {"."}, f"{verb} {thing}"


def test_archives_stand_still() -> None:
    """In an archive there is reading, bringing it back, and leaving."""
    for (verb, thing), line in LINES.items():
        if (
            thing.startswith("archive")
            and verb.split(".")[1].split("_")[0] not in ("READ", "SEE", "LEAVE")
            and verb not in ("rooms.RESTORE_WORKSPACE", "copies.TAKE_COPY", "rooms.VIEW_AS")  # a copy, and a look, are ways of reading
        ):
            assert "x" not in line.marks, f"{verb} {thing}"


def test_readers_write_nothing() -> None:
    """What somebody reports, or says of themselves, is no writing: readers may."""
    for (verb, thing), line in LINES.items():
        rolf = dict(zip(matrix.PEOPLE, line.marks, strict=True))["rolf"]
        acts = verb.split(".")[1].split("_")[0] not in ("READ", "SEE", "LIST", "SEARCH", "LEAVE", "TAKE", "REPORT", "VIEW", "BE")
        if acts and not thing.startswith("circle"):
            assert rolf != "x", f"{verb} {thing}"


@pytest.mark.parametrize("plant", ["true", "never", "suspended", "point"])
def test_the_judge_sees_planted_holes(still: Doors, monkeypatch: pytest.MonkeyPatch, plant: str) -> None:
    """A rule that says yes to all, or no to all; suspended people let through; a list and a point answer that disagree."""
    verb = "forums.READ_POST"
    rule = RULES[matrix.verbs()[verb]]
    if plant in ("true", "never"):
        monkeypatch.setitem(RULES, rule.verb, replace(rule, condition=lambda actor: plant == "true"))
    elif plant == "suspended":
        verb = "people.READ_SIGN_IN"
        monkeypatch.setattr("portal.kernel.policy.false", true)
    else:
        monkeypatch.setattr("tests.security.test_matrix.may", lambda actor, verb, row: actor.name == "Otto Outsider")
    assert differences(still, verb)
