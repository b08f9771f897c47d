"""An account taken out, checked, and brought into an empty installation: the trail and every day of it are as they were."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from portal.accounts.models import Account
from portal.kernel import checks, clock
from portal.kernel.actor import the_system
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.people.models import Person, Token
from search.copies import hashes, reading, writing
from search.copies.hashes import NotWhole
from search.copies.reading import Unusable
from tests.cast import World
from tests.workings import drain
from workspaces.forums.models import Post
from workspaces.library import actions as library
from workspaces.library import jobs as forgetting
from workspaces.library.models import File

Ours = tuple[House, World]
SignedIn = Callable[[House, str], FlaskClient]


@pytest.fixture
def copy(ours: Ours, tmp_path: Path) -> Path:
    """The copy of Calder Water."""
    writing.write_account(ours[0], ours[1].ids["calder"], tmp_path / "copy")
    return tmp_path / "copy"


def test_the_trail_and_every_day_of_it_are_equal_elsewhere(ours: Ours, copy: Path, elsewhere: House, signed_in: SignedIn) -> None:
    house, world = ours
    assert reading.bring_in(elsewhere, copy, owner="max@other.example")["brought"]
    for each in (house, elsewhere):
        drain(each, topics=("index",))  # what messages are is said as they are indexed
    here, there = signed_in(house, "rhea@tidewell.example"), signed_in(elsewhere, "max@other.example")
    account, then = world.ids["calder"], (clock.now() - timedelta(days=20)).date()
    for path in (
        f"/api/v1/accounts/{account}/trail?limit=200&as_of={then}",
        f"/api/v1/accounts/{account}?as_of={then}T00:00:00Z",
        f"/api/v1/topics/{world.ids['topic']}/posts?limit=200",
        f"/api/v1/posts/{world.ids['asked_post']}/revisions",
        f"/api/v1/files/{world.ids['file']}/versions",
        f"/api/v1/accounts/{account}/notes",
        f"/api/v1/accounts/{account}/promises",
    ):
        was, now = here.get(path), there.get(path)
        assert was.status_code == now.status_code == 200, path
        assert differing(was.get_json(), now.get_json()) == [], path
        assert len(was.get_data()) > 200
    for path in (f"/accounts/{account}/trail?as_of={then}", f"/accounts/{account}/trail?as_of={then}&kind=files"):
        assert main_of(here, path) == main_of(there, path)
        assert "Rhea Rep" in main_of(there, path)
    found = there.get("/api/v1/search?q=converter").get_json()
    assert [hit["id"] for hit in found["items"]] == [world.ids["post"]]


def test_what_came_in_is_proved_and_nobody_can_sign_in(ours: Ours, copy: Path, elsewhere: House) -> None:
    house, world = ours
    told = reading.bring_in(elsewhere, copy)
    drain(elsewhere, topics=("index",))
    assert told["rows"] > 100
    assert {name: lines for name, lines in checks.breaches(elsewhere).items() if lines} == {}
    with house.db.reading() as session:
        chain = session.execute(select(Event.seq, Event.id, Event.hash).where(Event.chain == world.ids["calder"]).order_by(Event.seq)).all()
    with elsewhere.db.reading() as session:
        assert (
            session.execute(select(Event.seq, Event.id, Event.hash).where(Event.chain == world.ids["calder"]).order_by(Event.seq)).all()
            == chain
        )
        came = list(session.scalars(select(Person).where(Person.email != "max@other.example")))
        assert {"Rhea Rep", "Petra Prospect"} <= {person.name for person in came}
        assert all(person.suspended_at and person.password_hash is None and not person.roles for person in came)
        assert next(person.email for person in came if person.name == "Rhea Rep").endswith("@copy.invalid")
        assert session.scalar(select(func.count()).select_from(Token)) == 0
        assert session.scalar(text("SELECT count(*) FROM sign_in")) == 0
        assert session.scalar(text("SELECT count(*) FROM notice")) == 0
        assert session.scalar(select(func.count()).select_from(Event).where(Event.kind == "account.brought")) == 1


def test_a_second_time_changes_nothing_and_another_history_is_refused(copy: Path, elsewhere: House, ours: Ours, tmp_path: Path) -> None:
    reading.bring_in(elsewhere, copy, owner="max@other.example")
    before = _count_rows(elsewhere)
    assert reading.bring_in(elsewhere, copy)["brought"] is False
    assert _count_rows(elsewhere) == before
    writing.write_account(elsewhere, ours[1].ids["calder"], tmp_path / "longer")
    with pytest.raises(Unusable, match="another history"):
        reading.bring_in(ours[0], tmp_path / "longer")


def test_one_changed_byte_is_named(copy: Path, elsewhere: House) -> None:
    assert hashes.verify(copy)
    listed = [line.split("  ")[1] for line in (copy / "SHA256SUMS").read_text().splitlines()]
    for name in ("trail.html", "data/post.jsonl", next(each for each in listed if each.startswith("files/"))):
        path = copy / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
        with pytest.raises(NotWhole) as wrong:
            hashes.verify(copy)
        assert wrong.value.lines == [f"{name}: was altered"]
        with pytest.raises(NotWhole, match=re.escape(name)):
            reading.bring_in(elsewhere, copy)
        path.write_bytes(whole)
    (copy / "data" / "extra.jsonl").write_text("{}\n")
    (copy / "index.html").unlink()
    with pytest.raises(NotWhole) as wrong:
        hashes.verify(copy)
    assert wrong.value.lines == ["index.html: is missing", "data/extra.jsonl: is not in the list"]
    with elsewhere.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_a_list_that_somebody_else_signed_is_told_from_ours(ours: Ours, copy: Path, elsewhere: House) -> None:
    own = hashes.verify(copy)
    (copy / "trail.html").write_text("Nothing happened.")
    lines = (copy / "SHA256SUMS").read_text()
    told = hashes.digest_of(copy / "trail.html")
    (copy / "SHA256SUMS").write_text(re.sub(r"\w{64}(?=  trail\.html)", told, lines))
    with pytest.raises(NotWhole, match="signature does not hold"):
        hashes.verify(copy)
    other = hashes.sign(copy, elsewhere.settings)
    assert hashes.verify(copy) == other != own, "without the key's fingerprint only who signed it is known"
    with pytest.raises(NotWhole, match=f"signed by {other}"):
        hashes.verify(copy, own)


@pytest.mark.skipif(not shutil.which("openssl") or not shutil.which("sha256sum"), reason="needs openssl and sha256sum")
def test_common_tools_can_check_it(copy: Path) -> None:
    said = (copy / "index.html").read_text()
    commands = re.search(r"<pre>(.*?)</pre>", said, re.DOTALL)
    assert commands
    subprocess.run(commands[1].replace("\n", " && "), shell=True, cwd=copy, check=True, capture_output=True)
    (copy / "people.html").write_text("x")
    assert subprocess.run(commands[1].splitlines()[0], shell=True, cwd=copy, check=False, capture_output=True).returncode == 1


def test_it_opens_from_disk_and_every_link_leads_somewhere(copy: Path) -> None:
    from urllib.parse import unquote

    for page in copy.rglob("*.html"):
        for target in re.findall(r'(?:href|src)="([^"]+)"', page.read_text()):
            if target.startswith(("https://", "http://", "mailto:")):
                continue
            path, _hash, anchor = target.partition("#")
            there = (page.parent / unquote(path)).resolve() if path else page
            assert there.is_file(), f"{page.name} points at {target}"
            assert not anchor or f'id="{anchor}"' in there.read_text()
    whole = "".join(page.read_text() for page in copy.rglob("*.html"))
    assert "<script" not in whole
    assert "Six stations only have 24 V." in whole
    assert "They will ask for a discount next." in whole, "all of it: team notes too"
    assert "Something that is taken now." not in whole, "what was removed is told, and not read"


def test_nothing_of_another_company_is_in_it(ours: Ours, copy: Path) -> None:
    """Otway's people talk in the community that both are in."""
    whole = "".join(path.read_text() for path in copy.rglob("*") if path.suffix in (".html", ".jsonl", ".json"))
    for foreign in ("Otway", "otway", "Otto", "Olga", "Noise of otto", "Cold chain"):
        assert foreign not in whole, foreign
    assert ours[1].ids["circle"] in whole, "the community itself is in it"


def test_secrets_stay_at_home(copy: Path) -> None:
    whole = "".join(path.read_text() for path in copy.rglob("*.jsonl"))
    for name in ("password_hash", "token_hash", "shown_hash", "code_hash"):
        assert name not in whole


def test_what_a_copy_says_is_not_trusted(ours: Ours, copy: Path, elsewhere: House) -> None:
    """Signed by somebody who means ill: no script comes in, and a chain that does not hold is refused."""
    _rewrite(copy, "post", lambda row: row | {"html": "<script>alert(1)</script>"})
    hashes_anew(copy, ours[0])
    reading.bring_in(elsewhere, copy)
    with elsewhere.db.reading() as session:
        assert not [post.html for post in session.scalars(select(Post)) if "script" in post.html]


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("event", {"kind": "post.removed"}, "was altered"),
        ("post", {"author": "0" * 22}, "its author"),
        ("post", {"id": "../../etc/passwd"}, "is not an id"),
        ("topic", {"created_at": "yesterday"}, "yesterday"),
        ("file_version", {"sha256": "0" * 64}, "is not what version"),
    ],
)
def test_what_is_wrong_in_it_changes_nothing(
    ours: Ours, copy: Path, elsewhere: House, table: str, change: dict[str, Any], says: str
) -> None:
    _rewrite(copy, table, lambda row: row | change)
    hashes_anew(copy, ours[0])
    before = _count_rows(elsewhere)
    with pytest.raises((Unusable, NotWhole), match=says):
        reading.bring_in(elsewhere, copy)
    assert _count_rows(elsewhere) == before


def test_a_folder_with_something_in_it_is_left_alone(ours: Ours, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").write_text("Mine.")
    with pytest.raises(FileExistsError):
        writing.write_account(ours[0], ours[1].ids["calder"], tmp_path / "there")
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["mine.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ours", "there"], "nothing half made is left"


def differing(was: Any, now: Any) -> list[Any]:
    """What is not equal, item by item, so that a failure can be read. Letters as they came stay in their house:
    lines of them lead nowhere elsewhere."""
    if not (isinstance(was, dict) and "items" in was):
        return [] if was == now else [was, now]
    assert len(was["items"]) == len(now["items"]) > 0
    pairs = zip(was["items"], now["items"], strict=True)
    pairs = ((a | {"url": None}, b) if str(a.get("kind")).startswith("capture.") else (a, b) for a, b in pairs)
    return [(a["id"], {name: (a[name], b[name]) for name in a if a[name] != b[name]}) for a, b in pairs if a != b]


def main_of(client: FlaskClient, path: str) -> str:
    """A page's own words and links: without the bars of the days, where today has more, and the outline of those who have left."""
    told = client.get(path)
    assert told.status_code == 200, path
    found = re.search(r"<main.*?</main>", told.get_data(as_text=True), re.DOTALL)
    assert found
    said = re.sub(r"<svg.*?</svg>", "", found[0], flags=re.DOTALL)
    said = re.sub(r'<a [^>]*href="/captured/[^"]*"[^>]*>.*?</a>', "", said, flags=re.DOTALL)  # letters as they came stay in their house
    return "\n".join(re.findall(r'href="([^"]*)"', said)) + " ".join(re.sub(r"<[^>]+>", " ", said).split())


def hashes_anew(copy: Path, house: House) -> None:
    names = [line.split("  ")[1] for line in (copy / "SHA256SUMS").read_text().splitlines()]
    (copy / "SHA256SUMS").write_text("".join(f"{hashes.digest_of(copy / name)}  {name}\n" for name in names))
    hashes.sign(copy, house.settings)


def _rewrite(copy: Path, table: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change the first row of a table."""
    path = copy / "data" / f"{table}.jsonl"
    first, *rest = path.read_text().splitlines()
    path.write_text("\n".join([json.dumps(change(json.loads(first))), *rest]) + "\n")


def _count_rows(house: House) -> dict[str, int]:
    with house.db.reading() as session:
        return {
            name: session.scalar(text(f"SELECT count(*) FROM {name}")) or 0
            for name in ("person", "account", "post", "event", "file", "audience", "outbox")
        }


def test_what_was_forgotten_comes_along_by_its_name_alone(ours: Ours, elsewhere: House, tmp_path: Path) -> None:
    house, world = ours
    with house.db.writing() as session:
        file = session.scalars(select(File).where(File.id == world.ids["file"])).one()
        library.remove_file(the_system(session), file)
        hashes_of = {version.sha256 for version in file.versions}
        name = file.name
    with clock.standing_at(clock.now() + timedelta(days=31)):
        forgetting.forget_removed(house)
    writing.write_account(house, world.ids["calder"], tmp_path / "copy")
    assert not list((tmp_path / "copy" / "files").glob(f"{world.ids['file']}/*"))
    assert name not in (tmp_path / "copy" / "files.html").read_text()
    assert reading.bring_in(elsewhere, tmp_path / "copy", owner="max@other.example")["brought"]
    with elsewhere.db.reading() as session:
        file = session.scalars(select(File).where(File.id == world.ids["file"])).one()
        assert (file.name, file.version_pk) == (name, None)
    assert hashes_of.isdisjoint(elsewhere.storage.names())
    assert not any(checks.breaches(elsewhere, ["blobs", "chains", "words", "references"]).values())
