"""How much people hear, where it goes, and letters that sum up what waited."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal.kernel import clock
from portal.notices import actions
from portal.notices.mails import digest_letter
from portal.notices.models import Digest, Notice, Wishes
from portal.notices.wishes import DEFAULTS, next_digest, quiet_until
from portal.people.models import Person
from tests.conftest import post
from tests.portal.notices.test_told import _say, letters, quiet  # noqa: F401
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Post, Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

BERLIN = ZoneInfo("Europe/Berlin")


def wants(**said):
    return Wishes(person_pk=1, **(DEFAULTS | said))


def recipients(sent):
    return [letter["To"].addresses[0].addr_spec for letter in sent]


def hear(acting, world, who, how, place="workspace"):
    with acting(who) as actor:
        if place == "workspace":
            rooms.hear(actor, actor.session.get_one(Workspace, world.pks["room"]), how=how)
        else:
            forums.follow_topic(actor, actor.session.get_one(Topic, world.pks["topic"]), how=how)


def wish(acting, who, **said):
    with acting(who) as actor:
        actions.change_wishes(actor, **said)


def told(db, world, who):
    db.rollback()
    return list(db.scalars(select(Notice.why).where(Notice.person_pk == world.pks[who]).order_by(Notice.pk)))


# --- How much ---------------------------------------------------------------------------------------------------------


def test_who_follows_a_workspace_hears_of_every_message_they_may_read(house, world, acting, quiet, db):  # noqa: F811
    hear(acting, world, "rolf", "all")
    _say(acting, world, "petra", "For everybody.")
    _say(acting, world, "rhea", "For the team.", team=True)
    drain(house)
    assert told(db, world, "rolf") == ["news"]


def test_everything_is_of_ones_own_workspaces(house, world, acting, quiet, db):  # noqa: F811
    for who in ("rolf", "otto"):
        wish(acting, who, level="all")
    _say(acting, world, "petra", "For this room.")
    drain(house)
    assert (told(db, world, "rolf"), told(db, world, "otto")) == (["news"], [])


@pytest.mark.parametrize(("workspace", "topic", "plain", "named"), [
    (None, None, True, True),
    ("mentions", None, False, True),
    ("muted", None, False, False),
    ("muted", "follow", True, True),
    ("all", "neither", False, True),
    ("all", "mute", False, False),
])  # fmt: skip
def test_the_narrower_place_counts(house, world, acting, quiet, db, workspace, topic, plain, named):  # noqa: F811
    """Mark follows the topic, for he wrote in it; it is Petra's, so every answer is addressed to her."""
    _say(acting, world, "mark", "I follow from here on.")
    drain(house)
    hear(acting, world, "mark", workspace)
    if topic:
        hear(acting, world, "mark", topic, "topic")
    _say(acting, world, "rhea", "To nobody in particular.")
    drain(house)
    heard = len(told(db, world, "mark"))
    _say(acting, world, "rhea", f"@[Mark]({world.ids['mark']}) to you.")
    drain(house)
    assert (heard, len(told(db, world, "mark")) - heard) == (int(plain), int(named))


def test_who_wants_mentions_only_of_a_topic_follows_it_no_more_by_writing(house, world, acting, quiet, db):  # noqa: F811
    hear(acting, world, "rolf", "neither", "topic")
    hear(acting, world, "mark", "neither", "topic")
    _say(acting, world, "mark", "I say something.")
    _say(acting, world, "rhea", "And I.")
    drain(house)
    assert told(db, world, "mark") == []


def test_whoever_runs_a_workspace_hears_of_a_clients_new_discussion(house, world, acting, quiet):  # noqa: F811
    with acting("petra") as petra:
        forum = petra.session.scalars(select(Forum).where(Forum.workspace_pk == world.pks["room"], Forum.title == "General")).one()
        forums.start_topic(petra, forum, title="May we have a spare gateway?", body="One would do.")
    assert recipients(letters(house)) == ["rhea@tidewell.example"]


def test_muted_after_the_fact_is_not_mailed(house, world, acting, quiet):  # noqa: F811
    _say(acting, world, "rhea", "Told, and then muted.")
    drain(house)
    hear(acting, world, "petra", "muted")
    assert letters(house) == []


# --- When -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "at", "until"), [
    ({"quiet_from": 22, "quiet_to": 7}, "2026-11-24T23:30", "2026-11-25T07:00"),
    ({"quiet_from": 22, "quiet_to": 7}, "2026-11-25T06:59", "2026-11-25T07:00"),
    ({"quiet_from": 22, "quiet_to": 7}, "2026-11-25T07:00", "2026-11-25T07:00"),
    ({"quiet_from": 12, "quiet_to": 14}, "2026-11-25T13:00", "2026-11-25T14:00"),
    ({"quiet_days": "56"}, "2026-11-28T10:00", "2026-11-30T00:00"),
    ({"quiet_days": "56", "quiet_from": 18, "quiet_to": 8}, "2026-11-27T19:00", "2026-11-30T08:00"),
    ({"quiet_from": 22, "quiet_to": 7}, "2026-10-24T23:00", "2026-10-25T07:00"),  # the night in which the clock goes back
])  # fmt: skip
def test_quiet_hours_end_by_the_persons_own_clock(said, at, until):
    moment = datetime.fromisoformat(at).replace(tzinfo=BERLIN)
    assert quiet_until(wants(**said), BERLIN, moment) == datetime.fromisoformat(until).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(("said", "due"), [
    ({"hour": 8}, "2026-11-26T08:00"),
    ({"hour": 18}, "2026-11-25T18:00"),
    ({"every": "week", "weekday": 0, "hour": 8}, "2026-11-30T08:00"),
    ({"every": "week", "weekday": 2, "hour": 8}, "2026-12-02T08:00"),
    ({"hour": 23, "quiet_from": 22, "quiet_to": 7}, "2026-11-26T07:00"),
])  # fmt: skip
def test_a_digest_is_due_at_the_chosen_hour(said, due):
    wednesday = datetime(2026, 11, 25, 12, tzinfo=BERLIN)
    assert next_digest(wants(**said), BERLIN, wednesday) == datetime.fromisoformat(due).replace(tzinfo=BERLIN)


# --- Digests ----------------------------------------------------------------------------------------------------------

DAY = 25 * 60  # minutes


def test_a_digest_has_what_is_unread_once_and_nothing_else(house, world, acting, quiet, db):  # noqa: F811
    wish(acting, "petra", followed="digest", addressed="digest")
    _say(acting, world, "rhea", "Written first.")
    _say(acting, world, "rhea", "Written second.")
    drain(house)
    assert letters(house, minutes=1) == []
    sent = letters(house, minutes=DAY)
    assert recipients(sent) == ["petra@calder.example"]
    text, html = (sent[0].get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert sent[0]["Subject"] == "Can the gateways run on 24 V panels?"
    assert "2 new messages" in text
    assert "Written second." in html
    assert sent[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len(html.encode()) < 30_000
    assert len(letters(house, minutes=3 * DAY)) == 1  # nothing happened since


def test_no_digest_of_what_was_read_or_may_not_be_read_any_more(house, world, acting, quiet):  # noqa: F811
    for who in ("petra", "rolf"):
        wish(acting, who, level="all", followed="digest", addressed="digest")
    _say(acting, world, "rhea", "Read, or out of reach.")
    drain(house)
    with acting("petra") as petra:
        actions.read_thing(petra, thing=f"topic:{world.ids['topic']}")
    with acting("rhea") as rhea:
        rooms.remove_member(
            rhea, rhea.session.get_one(Workspace, world.pks["room"]), person=rhea.session.get_one(Person, world.pks["rolf"])
        )
    assert letters(house, minutes=DAY) == []


@pytest.mark.parametrize("place", ["workspace", "topic"])
def test_no_digest_of_what_was_muted_since(house, world, acting, quiet, place):  # noqa: F811
    wish(acting, "petra", followed="digest", addressed="digest")
    wish(acting, "mark", level="all", followed="digest", addressed="digest")
    _say(acting, world, "rhea", "Before it was muted.")
    drain(house)
    hear(acting, world, "petra", "muted" if place == "workspace" else "mute", place)
    assert recipients(letters(house, minutes=DAY)) == ["mark@calder.example"]


def test_no_digest_has_what_can_still_be_undone(house, world, acting, quiet, db):  # noqa: F811
    wish(acting, "petra", followed="digest", addressed="digest")
    _say(acting, world, "rhea", "Long before.")
    drain(house)
    due = db.scalars(select(Digest.due_at)).one()
    with clock.standing_at(due - timedelta(seconds=4)):
        slip = _say(acting, world, "rhea", "A slip of the pen.")
        drain(house)
    with clock.standing_at(due + timedelta(seconds=2)):
        drain(house)
        with acting("rhea") as rhea:
            forums.take_back_post(rhea, rhea.session.scalars(select(Post).where(Post.id == slip)).one())
    (sent,) = letters(house, minutes=DAY + 1)
    assert "1 new message" in sent.get_body(("plain",)).get_content()
    assert "slip" not in sent.get_body(("html",)).get_content()


def test_a_worker_that_dies_after_sending_and_marking_sends_no_second_digest(house, world, acting, quiet, db):  # noqa: F811
    """The outbox row is handled again; the digest's own row says that it went."""
    wish(acting, "petra", followed="digest", addressed="digest")
    _say(acting, world, "rhea", "Once.")
    assert len(letters(house, minutes=DAY)) == 1
    pk = db.scalars(select(Digest.pk).where(Digest.sent_at.is_not(None))).one()
    with acting("system") as system:
        assert digest_letter(house, system, digest=pk) is None


def test_another_hour_takes_what_waits_along(house, world, acting, quiet, db):  # noqa: F811
    wish(acting, "petra", followed="digest", addressed="digest", hour=8)
    _say(acting, world, "rhea", "Waiting.")
    drain(house)
    wish(acting, "petra", hour=17)
    (row,) = db.scalars(select(Digest))
    assert row.due_at.hour == 17
    assert len(letters(house, minutes=DAY)) == 1


def test_digests_stop_by_one_click_and_come_again(house, world, acting, quiet, door):  # noqa: F811
    wish(acting, "petra", followed="digest", addressed="digest")
    _say(acting, world, "rhea", "First.")
    stop = letters(house, minutes=DAY)[0]["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    assert door("nobody").post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with clock.standing_at(clock.now() + timedelta(days=2)):
        _say(acting, world, "rhea", "Second.")
        assert len(letters(house, minutes=DAY)) == 1
    petra = door("petra")
    assert "You stopped them from one of them" in petra.get("/me/settings/notifications").text
    post(petra, "/me/settings/notifications", thing="digest", mail="on")
    with clock.standing_at(clock.now() + timedelta(days=4)):
        _say(acting, world, "rhea", "Third.")
        assert len(letters(house, minutes=DAY)) == 2


# --- Quiet hours ------------------------------------------------------------------------------------------------------


def test_mail_of_quiet_hours_comes_as_one_when_they_end(house, world, acting, quiet, db):  # noqa: F811
    night = datetime.now(UTC).replace(hour=23, minute=0, second=0) + timedelta(days=1)
    wish(acting, "petra", quiet_from=22, quiet_to=7)
    with clock.standing_at(night):
        _say(acting, world, "rhea", "Late thought.")
        _say(acting, world, "rhea", "Later thought.")
        drain(house)
        assert told(db, world, "petra")  # the inbox has it at once
    with clock.standing_at(night + timedelta(hours=7)):
        assert letters(house, minutes=30) == []
    with clock.standing_at(night + timedelta(hours=8)):
        sent = letters(house, minutes=5)
    assert recipients(sent) == ["petra@calder.example"]
    assert "While it was quiet" in sent[0].get_body(("plain",)).get_content()


# --- Doors ------------------------------------------------------------------------------------------------------------


def test_what_one_wants_is_said_on_the_page_and_by_the_api(door, world):
    petra = door("petra")
    form = {"level": "all", "addressed": "now", "followed": "digest", "plan": "here", "every": "week", "weekday": "4", "hour": "17"}
    assert post(petra, "/me/settings/notifications", **form, quiet_from="20", quiet_to="6", quiet_days=["6", "5"]).status_code == 303
    told = petra.get("/api/v1/notification-settings").json
    assert told == {**form, "weekday": 4, "hour": 17, "quiet_from": 20, "quiet_to": 6, "quiet_days": "56"}
    assert door("otto").get("/api/v1/notification-settings").json["level"] == "mine"


@pytest.mark.parametrize("wrong", [{"level": "loud"}, {"hour": "24"}, {"quiet_from": "9"}, {"quiet_days": list("0123456")}])
def test_what_makes_no_sense_is_refused_and_changes_nothing(door, wrong):
    petra = door("petra")
    assert post(petra, "/me/settings/notifications", **({"level": "all"} | wrong)).status_code == 422
    assert petra.get("/api/v1/notification-settings").json["level"] == "mine"


def test_a_workspace_is_followed_and_muted_from_its_home_and_by_the_api(door, world):
    petra, path = door("petra"), f"/w/{world.ids['room']}"
    assert post(petra, f"{path}/hear", how="muted").status_code == 303
    url = f"/api/v1/subscriptions/workspaces/{world.ids['room']}"
    assert petra.get(url).json["how"] == "muted"
    assert "Muted" in petra.get("/me/settings/notifications").text
    assert post(petra, f"{path}/hear", how="loudly").status_code == 422
    assert post(petra, "/me/settings/notifications", thing=f"workspace:{world.ids['room']}").status_code == 303
    assert petra.get(url).json["how"] is None
    assert post(door("otto"), f"{path}/hear", how="muted").status_code == 404
