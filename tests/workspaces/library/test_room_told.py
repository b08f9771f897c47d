"""What is told of the room that files take, and to whom: a client finds out no more than roughly, a form says exactly what it saves."""

import io
import re

from portal.kernel.words import speaking
from tests.conftest import csrf_of, post
from tests.counting import counting
from tests.workspaces.library.test_quotas import add, begin, give, nearly
from workspaces.library import quotas
from workspaces.library.queries.space import all_space
from workspaces.rooms.models import Workspace

__all__ = ["nearly"]


def test_a_client_who_tries_lengths_learns_no_more_than_roughly_what_others_have(door, acting, world, bring):
    """Of a limit of 10,000 bytes a hundredth is 100: what fits is the same for any number of bytes up to the next 100."""
    give(acting, world, 10_000)
    add(acting, world, bring, "hidden.txt", b"x" * 2001)
    fits = []
    for more in (0, 38, 60):
        if more:
            add(acting, world, bring, f"hidden {more}.txt", b"x" * more)
        petra = door("petra")
        assert begin(petra, world, 7901).status_code == 413
        begun = begin(petra, world, 7900)
        fits.append(begun.status_code)
        petra.delete(begun.headers["Location"], headers={"X-CSRFToken": csrf_of(petra), "Tus-Resumable": "1.0.0"})
    assert fits == [201, 201, 201]
    rhea = door("rhea")
    assert begin(rhea, world, 7902).status_code == 413
    assert begin(rhea, world, 7901).status_code == 201, "the team is told the exact number"


def test_what_a_client_adds_themselves_moves_nothing_of_the_rest(door, acting, world, bring):
    """Adding bytes of one's own and trying again would find where the hundredth ends, if it were of both together."""
    give(acting, world, 10_000)
    add(acting, world, bring, "hidden.txt", b"x" * 2001)
    petra = door("petra")
    for own in (50, 49, 1):
        add(acting, world, bring, f"own {own}.txt", b"y" * own, who="petra")
    assert begin(petra, world, 1).status_code == 201, "an upload under way is the same person's too"
    left = 10_000 - 2100 - 100 - 1
    assert begin(petra, world, left + 1).status_code == 413
    assert begin(petra, world, left).status_code == 201


def test_saving_the_form_as_it_is_changes_nothing(door, acting, world, db):
    ada, url = door("ada"), f"/w/{world.ids['room']}/space"
    for limit in (1_234_567, 5_430_000_000, 4_350_000_000, 900, 10**13, 2_000, 0, None):
        give(acting, world, limit)
        shown = re.search(r'name="limit"[^>]*value="([^"]*)"', ada.get(url).text)
        assert post(ada, url, limit=shown[1] if shown else "").status_code == 303, limit
        db.rollback()
        db.expire_all()
        assert db.get_one(Workspace, world.pks["room"]).quota == limit


def test_how_a_limit_is_shown_to_be_written_again():
    said = {5 * 10**9: "5.0 GB", 1_234_567: "1234567", 900: "900", 2_000: "2 KB", 1_500_000: "1.5 MB"}
    assert {limit: quotas.written(limit) for limit in said} == said
    for language in ("en", "de"):
        with speaking(language):
            for limit in (*said, 1_234 * 10**9, 10**15, 4_350_000_000):
                assert quotas.said(quotas.written(limit)) == limit


def test_all_workspaces_are_counted_in_one_question(house, acting, world, nearly, bring):
    add(acting, world, bring, "more.txt", b"x" * 10)
    with counting(house) as asked, house.db.reading() as session:
        told = {each.pk: room for each, room in all_space(session)}
    assert told[world.pks["room"]] == quotas.Room(910, 1000)
    assert told[world.pks["other"]].used == 0
    assert len([each for each in asked if "sum(" in each.lower()]) == 1
    with house.db.reading() as session:
        assert all_space(session)[0][0].pk == world.pks["room"], "the fullest first"


def test_what_is_picked_counts_where_it_will_be_sent(door, nearly, acting, db):
    """The address says one workspace and the place another: the room of the place is asked."""
    rhea, place = door("rhea"), f"topic:{nearly.ids['topic']}"
    elsewhere = f"/w/{nearly.ids['side']}/drafts/files"
    assert post(rhea, elsewhere, place=place, files=(io.BytesIO(b"x" * 101), "big.png")).status_code == 413
    assert post(rhea, elsewhere, place=place, files=(io.BytesIO(b"x" * 99), "small.png")).status_code == 201
    give(acting, nearly, 1, room="side")
    assert post(rhea, elsewhere, place=place, files=(io.BytesIO(b"x" * 98), "too.png")).status_code == 201
