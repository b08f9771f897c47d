"""The published lists of hostile strings as accounts, contacts, authors and messages of another system."""

import csv
import io
import json
import os
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account, Contact
from portal.kernel.checks import CHECKS
from portal.kernel.house import House
from portal.kernel.schemas import clean
from tests.cast import World
from tests.importing import bringing, counts, reasons
from tests.security.inert import FIXTURE, alive
from workspaces.forums.models import Post

DATA = os.environ.get("MAINSTAY_TEST_DATA")


def strings() -> list[str]:
    found = list(FIXTURE)
    if DATA:
        folder = Path(DATA) / "hostile-strings"
        found += json.loads((folder / "blns.json").read_text())
        found += (folder / "xss-payloads-300.txt").read_text(errors="replace").splitlines()
    return list(dict.fromkeys(found))


def table(*rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


@pytest.mark.parametrize("kind", ["accounts", "contacts", "messages"])
def test_each_is_taken_as_words_or_refused_with_a_reason(  # type: ignore[no-untyped-def]
    house: House, db: Session, world: World, tmp_path: Path, door, kind: str
) -> None:
    told = strings()
    numbered = list(enumerate(told))
    if kind == "accounts":
        content = table(["id", "name", "industry", "about"], *([f"x{n}", f"{n} {each}", each[:80], each] for n, each in numbered))
    elif kind == "contacts":
        content = table(["id", "account", "name", "title"], *([f"x{n}", "Calder Water", f"{n} {each}", each] for n, each in numbered))
    else:
        heading = ["id", "workspace", "forum", "topic", "author_email", "author_name", "at", "body"]
        row = ["Leak detection", "General"]
        content = table(heading, *([f"x{n}", *row, f"{n} {each}", "", f"{n} {each}", "2020-01-01", f"{n} {each}"] for n, each in numbered))
    run = bringing(house, world, tmp_path)(kind, content)
    made, _changed, _unchanged, rejected = counts(run)
    assert made + rejected == len(told), run.error
    assert made > len(told) * 0.7, reasons(house, run)[:10]
    assert len(reasons(house, run)) == rejected
    assert all(reasons(house, run))
    stored = written(db, kind)
    assert len(stored) == made
    for number, words in stored.items():
        assert words == clean(f"{number} {told[number]}").split(), told[number]
    for post in db.scalars(select(Post)):
        assert not alive(post.html, page=False), post.body
    rhea = door("rhea")
    for address in ("/accounts", f"/accounts/{world.ids['calder']}/people", f"/accounts/{world.ids['calder']}/trail"):
        page = rhea.get(address)
        assert page.status_code == 200
        assert not alive(page.get_data(as_text=True)), address
    db.rollback()
    assert [line for name in ("chains", "words", "accounts", "references") for line in CHECKS[name](house, db)] == []


def written(db: Session, kind: str) -> dict[int, list[str]]:
    """By the number that it began with, the words of each name or message that went in."""
    column = {"accounts": Account.name, "contacts": Contact.name, "messages": Post.body}[kind]
    split = (each.split() for each in db.scalars(select(column)))
    return {int(words[0]): words for words in split if words and words[0].isdigit()}
