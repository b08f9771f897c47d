"""What is sent, to whom, and what becomes of it (security case F8, fault R9)."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.hooks import actions
from portal.hooks.actions.deliveries import BACK_OFF, TRIES
from portal.hooks.models import Delivery, Webhook
from portal.hooks.signing import secret_of
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.kernel.outbox import OutboxRow
from portal.people import actions as people
from portal.people.models import Person
from tests.cast import World
from tests.portal.hooks.conftest import Making
from tests.sink import Sink
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Post, Topic
from workspaces.library import actions as library
from workspaces.library.models import Folder
from workspaces.library.receiving import take
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

Acting = Callable[[str], AbstractContextManager[Actor]]


def say(acting: Acting, world: World, body: str, who: str = "petra", *, topic: str = "topic", team: bool = False) -> str:
    with acting(who) as actor:
        return forums.post_message(actor, actor.session.get_one(Topic, world.pks[topic]), body=body, team=team).id


def send(house: House) -> None:
    drain(house, topics=("hooks",))


def deliveries(db: Session, webhook: str = "") -> list[Delivery]:
    db.rollback()
    found = select(Delivery).join(Webhook).order_by(Delivery.pk)
    return list(db.scalars(found.where(Webhook.id == webhook) if webhook else found))


def webhook_of(db: Session, id: str) -> Webhook:
    db.rollback()
    return db.scalars(select(Webhook).where(Webhook.id == id)).one()


def bodies(sink: Sink, path: str = "/") -> list[dict[str, Any]]:
    return [json.loads(got.body) for got in sink.at(path)]


def test_a_message_is_sent_with_its_words_and_signed(
    house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink
) -> None:
    id = make("rhea", kinds=["post.created"])
    post = say(acting, world, "The board meets on the 4th. Grüße!")
    send(house)
    (got,) = sink.got
    told = json.loads(got.body)
    event = db.scalars(select(Event).where(Event.subject_id == post)).one()
    assert told["id"] == event.id == got.headers["webhook-id"]
    assert told["text"] == "The board meets on the 4th. Grüße!"
    assert told["source"] == {"kind": "post", "id": post}
    assert told["actor"] == {"id": world.ids["petra"], "name": "Petra Prospect"}
    assert told["account"] == {"id": world.ids["calder"], "name": "Calder Water"}
    assert told["workspace"] == {"id": world.ids["room"], "name": "Leak detection"}
    assert told["team"] is False
    assert got.headers["content-type"] == "application/json"
    secret = secret_of(house.settings.secret_key, webhook_of(db, id))
    assert secret.startswith("whsec_")
    Verifier(secret).verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(got.body.replace(b"4th", b"5th"), got.headers)
    with time_machine.travel(now() + timedelta(minutes=6), tick=False), pytest.raises(WebhookVerificationError, match="too old"):
        Verifier(secret).verify(got.body, got.headers)
    (delivery,) = deliveries(db, id)
    assert (delivery.state, delivery.code, delivery.tries) == ("delivered", 204, 1)


def test_two_secrets_sign_for_a_day_after_a_rotation(
    house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink
) -> None:
    id = make("rhea", kinds=["post"])
    old = secret_of(house.settings.secret_key, webhook_of(db, id))
    with acting("rhea") as rhea:
        actions.rotate_secret(rhea, rhea.session.scalars(select(Webhook)).one())
    new = secret_of(house.settings.secret_key, webhook_of(db, id))
    assert old != new
    say(acting, world, "One.")
    send(house)
    for secret in (old, new):
        Verifier(secret).verify(sink.got[0].body, sink.got[0].headers)
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        say(acting, world, "Two.")
        send(house)
        Verifier(new).verify(sink.got[1].body, sink.got[1].headers)
        with pytest.raises(WebhookVerificationError, match="No matching"):
            Verifier(old).verify(sink.got[1].body, sink.got[1].headers)


def test_a_webhook_hears_what_its_owner_is_meant_by_and_no_more(
    house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink
) -> None:
    rheas, ravis = make("rhea", "/rhea"), make("ravi", "/ravi")
    say(acting, world, "For the room.")
    send(house)
    assert [told["text"] for told in bodies(sink, "/rhea")] == ["For the room."]
    assert sink.at("/ravi") == []
    assert deliveries(db, ravis) == [], "not even that something was withheld"
    assert len(deliveries(db, rheas)) == 1


def test_what_only_the_team_sees_is_sent_where_that_was_asked_for(
    house: House, world: World, acting: Acting, make: Making, sink: Sink
) -> None:
    make("rhea", "/all", team=True, kinds=["post", "note"])
    make("rhea", "/shared")
    say(acting, world, "They will pay more.", "rhea", team=True)
    with acting("rhea") as rhea:
        accounts.write_note(rhea, rhea.session.get_one(Account, world.pks["calder"]), body="She called.")
    say(acting, world, "For all.")
    send(house)
    assert [told["text"] for told in bodies(sink, "/shared")] == ["For all."]
    assert [(told["text"], told["team"]) for told in bodies(sink, "/all")] == [
        ("They will pay more.", True), ("She called.", True), ("For all.", False),
    ]  # fmt: skip


def test_filters(house: House, world: World, acting: Acting, make: Making, sink: Sink) -> None:
    make("rhea", "/files", kinds=["file"])
    make("rhea", "/room", workspace=world.ids["room"], kinds=["post"])
    make("rhea", "/account", account=world.ids["calder"], kinds=["post.created"])
    say(acting, world, "In the room.")
    say(acting, world, "Beside it.", "paul", topic="side_topic")
    received = take(house.storage, "plan.txt", [b"Words of a file."], 1000)
    with acting("petra") as petra:
        library.add_file(petra, petra.session.get_one(Folder, world.pks["folder"]), received=received)
    send(house)
    assert [told["text"] for told in bodies(sink, "/room")] == ["In the room."]
    assert [told["text"] for told in bodies(sink, "/account")] == ["In the room.", "Beside it."]
    (file,) = bodies(sink, "/files")
    assert (file["title"], file["text"]) == ("plan.txt", None)
    assert "Words of a file" not in json.dumps(file)


@pytest.mark.parametrize("how", ["removed from the room", "suspended", "team no more asked for", "switched off"])
def test_rights_are_asked_when_it_is_sent(
    house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink, how: str
) -> None:
    """First the set-up that succeeds, then the same with the right gone in between."""
    with acting("rhea") as rhea:
        rooms.join(
            rhea,
            rhea.session.get_one(Workspace, world.pks["room"]),
            rhea.session.get_one(Person, world.pks["ravi"]),
            role="member",
            account=None,
        )
    id = make("ravi", kinds=["post"], team=True)
    say(acting, world, "Before.", "rhea", team=True)
    send(house)
    assert [told["text"] for told in bodies(sink)] == ["Before."]
    say(acting, world, "After.", "rhea", team=True)
    with acting("ada" if how == "suspended" else "rhea") as actor:
        ravi = actor.session.get_one(Person, world.pks["ravi"])
        if how == "removed from the room":
            rooms.remove_member(actor, actor.session.get_one(Workspace, world.pks["room"]), person=ravi)
        elif how == "suspended":
            people.suspend_person(actor, ravi)
    with acting("ravi") as ravi_:
        webhook = ravi_.session.scalars(select(Webhook)).one()
        if how == "team no more asked for":
            actions.change_webhook(ravi_, webhook, settings=house.settings, team=False)
        elif how == "switched off":
            actions.switch_off(ravi_, webhook)
    send(house)
    assert len(sink.got) == 1
    last = deliveries(db, id)[-1]
    why = {"removed from the room": "rights", "suspended": "owner", "team no more asked for": "choice", "switched off": "off"}[how]
    assert (last.state, last.why, last.tries, last.response) == ("withheld", why, 0, "")


def test_rights_are_asked_again_at_a_redelivery(house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink) -> None:
    with acting("rhea") as rhea:
        room, ravi = rhea.session.get_one(Workspace, world.pks["room"]), rhea.session.get_one(Person, world.pks["ravi"])
        rooms.join(rhea, room, ravi, role="member", account=None)
    id = make("ravi", kinds=["post"])
    say(acting, world, "Once.")
    send(house)
    again(acting, "ravi")
    send(house)
    assert [got.headers["webhook-id"] for got in sink.got] == [sink.got[0].headers["webhook-id"]] * 2, "the same id both times"
    with acting("rhea") as rhea:
        rooms.remove_member(
            rhea, rhea.session.get_one(Workspace, world.pks["room"]), person=rhea.session.get_one(Person, world.pks["ravi"])
        )
    again(acting, "ravi")
    send(house)
    assert len(sink.got) == 2
    assert [(each.state, each.why) for each in deliveries(db, id)] == [("withheld", "rights")]


def again(acting: Acting, who: str) -> None:
    with acting(who) as actor:
        actions.redeliver(actor, actor.session.scalars(select(Delivery).order_by(Delivery.pk.desc())).first())


def test_removed_words_are_not_sent_and_changed_ones_as_they_are_by_then(
    house: House, world: World, acting: Acting, make: Making, sink: Sink
) -> None:
    make("rhea", kinds=["post.created"])
    removed, changed = say(acting, world, "Said too soon."), say(acting, world, "Twelve percent.")
    with acting("petra") as petra:
        forums.remove_post(petra, petra.session.scalars(select(Post).where(Post.id == removed)).one())
        forums.edit_post(petra, petra.session.scalars(select(Post).where(Post.id == changed)).one(), body="Ten percent.")
    send(house)
    told = bodies(sink)
    assert [(each["text"], each["title"]) for each in told] == [(None, None), ("Ten percent.", "Can the gateways run on 24 V panels?")]
    assert told[0]["source"]["id"] == removed
    assert b"too soon" not in sink.got[0].body


def test_failures_are_tried_again_under_the_same_id_for_a_day_then_given_up_and_replayed(
    house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink
) -> None:
    id = make("rhea", kinds=["post"])
    sink.answers["/"] = 500
    say(acting, world, "Did it arrive?")
    began, waits = now(), []
    with time_machine.travel(began, tick=False) as traveller:
        for n in range(TRIES):
            send(house)
            assert len(sink.got) == n + 1
            if n < len(BACK_OFF):
                db.rollback()
                due = db.scalars(select(OutboxRow.due_at).where(OutboxRow.topic == "hooks")).one()
                waits.append((due - now()).total_seconds())
                traveller.move_to(due - timedelta(milliseconds=1))
                send(house)
                assert len(sink.got) == n + 1, "not before its time"
                traveller.move_to(due)
        (given_up,) = deliveries(db, id)
        assert (given_up.state, given_up.tries, given_up.code, given_up.response) == ("dead", TRIES, 500, "Said 500")
        assert timedelta(hours=23) < now() - began < timedelta(hours=25)
        assert waits == sorted(waits)
        assert len({got.headers["webhook-id"] for got in sink.got}) == 1
        assert db.scalars(select(OutboxRow).where(OutboxRow.topic == "hooks")).all() == []
        sink.answers["/"] = 200
        with acting("rhea") as rhea:
            assert actions.replay(rhea, rhea.session.scalars(select(Webhook)).one()) == 1
        send(house)
    assert [(each.state, each.tries) for each in deliveries(db, id)] == [("delivered", 1)]


def test_order_holds_per_account_and_one_that_waits_holds_up_no_other(
    house: House, world: World, acting: Acting, make: Making, sink: Sink
) -> None:
    """Mona looks after nobody but sees Calder through Rhea; Otway is given to Rhea as well."""
    with acting("ada") as ada:
        otway, rhea_ = ada.session.get_one(Account, world.pks["otway"]), ada.session.get_one(Person, world.pks["rhea"])
        accounts.give_account(ada, otway, to=rhea_)
    make("rhea", kinds=["post"])
    sink.answers["/"] = 503
    say(acting, world, "Calder 1")
    send(house)
    say(acting, world, "Calder 2")
    say(acting, world, "Otway 1", "otto", topic="other_topic")
    sink.answers["/"] = 200
    with time_machine.travel(now() + timedelta(seconds=6), tick=False):
        send(house)
    arrived = [told["text"] for told in bodies(sink)][1:]
    assert sorted(arrived) == ["Calder 1", "Calder 2", "Otway 1"]
    assert arrived.index("Calder 1") < arrived.index("Calder 2")


def test_a_failing_webhook_rests_and_then_goes_on(
    house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink
) -> None:
    id = make("rhea", kinds=["post"])
    sink.answers["/"] = 500
    say(acting, world, "First.")
    send(house)
    say(acting, world, "Beside.", "paul", topic="side_topic")
    with acting("rhea") as rhea:
        side = rhea.session.scalars(select(Delivery).order_by(Delivery.pk.desc())).first()
        assert side is not None
    send(house)
    assert len(sink.got) == 1, "it rests"
    assert webhook_of(db, id).failing_since is not None
    sink.answers["/"] = 200
    with time_machine.travel(now() + timedelta(seconds=6), tick=False):
        send(house)
    assert len(sink.got) == 3
    assert webhook_of(db, id).failing_since is None


def test_410_stops_it_and_its_owner_is_told(house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink) -> None:
    id = make("rhea", kinds=["post"], name="Sales chat")
    sink.answers["/"] = 410
    say(acting, world, "One.")
    say(acting, world, "Two.", "paul", topic="side_topic")
    send(house)
    assert len(sink.got) == 1
    webhook = webhook_of(db, id)
    assert (webhook.off_at is not None, webhook.off_why) == (True, "gone")
    assert sorted((each.state, each.why) for each in deliveries(db, id)) == [("dead", ""), ("withheld", "off")]
    say(acting, world, "Three.")
    send(house)
    assert len(sink.got) == 1
    assert len(deliveries(db, id)) == 2, "nothing is even kept for it"
    told_of(house, "rhea", "Sales chat", "410")


def test_days_of_failures_switch_it_off_and_its_owner_is_told(
    house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink
) -> None:
    id = make("rhea", kinds=["post"], name="Night shift")
    sink.answers["/"] = "cut"
    began = now()
    for day in range(6):
        with time_machine.travel(began + timedelta(days=day), tick=False):
            say(acting, world, f"Day {day}")
            send(house)
            assert (webhook_of(db, id).off_why == "failing") == (day == 5)
    told_of(house, "rhea", "Night shift", "for days")


def test_one_success_between_keeps_it_on(house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink) -> None:
    id = make("rhea", kinds=["post"])
    began = now()
    for day in range(7):
        sink.answers["/"] = 200 if day == 3 else 500
        with time_machine.travel(began + timedelta(days=day), tick=False):
            say(acting, world, f"Day {day}")
            for _ in range(3):
                send(house)
    assert webhook_of(db, id).off_at is None


def told_of(house: House, who: str, *words: str) -> None:
    """There is a notice in the inbox, and a letter with these words."""
    import email
    import email.policy

    from portal.notices.models import Notice

    with house.db.reading() as session:
        (notice,) = session.scalars(select(Notice).where(Notice.why == "own"))
        assert notice.thing.startswith("webhook:")
    with time_machine.travel(now() + timedelta(days=10), tick=False):
        drain(house, topics=("mail",))
    letters = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in (house.settings.data_dir / "mail" / "new").iterdir()
    ]
    (letter,) = [each for each in letters if "webhook" in str(each["Subject"])]
    text = letter.get_body(("plain",)).get_content()
    assert all(word in text for word in words), text
    assert who in str(letter["To"])


def test_a_test_is_sent_also_where_it_is_off_and_tried_once(
    house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink
) -> None:
    id = make("rhea")
    with acting("rhea") as rhea:
        webhook = rhea.session.scalars(select(Webhook)).one()
        actions.send_test(rhea, webhook)
        actions.switch_off(rhea, webhook)
        actions.send_test(rhea, webhook)
    sink.answers["/"] = 500
    send(house)
    (told,) = bodies(sink)
    assert (told["kind"], told["text"], told["source"]) == ("webhook.test", None, None)
    Verifier(secret_of(house.settings.secret_key, webhook_of(db, id))).verify(sink.got[0].body, sink.got[0].headers)
    assert [(each.state, each.tries) for each in deliveries(db, id)] == [("withheld", 0), ("dead", 1)]
    assert webhook_of(db, id).failing_since is None


def test_an_address_that_leads_inside_is_never_called_later_either(
    house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink
) -> None:
    """The address was allowed when it was written down; it is looked at again each time."""
    from dataclasses import replace

    id = make("rhea", kinds=["post"])
    say(acting, world, "One.")
    house.settings = replace(house.settings, outbound_loopback=False)
    send(house)
    assert sink.connections == 0
    (delivery,) = deliveries(db, id)
    assert (delivery.state, delivery.code) == ("waiting", None)
    assert delivery.error


def test_nothing_is_sent_of_what_was_taken_back(house: House, world: World, acting: Acting, db: Session, make: Making) -> None:
    id = make("rhea")
    with house.db.writing() as session:
        forums.post_message(world.actor(session, "petra"), session.get_one(Topic, world.pks["topic"]), body="Taken back")
        session.rollback()
    assert deliveries(db, id) == []


def test_old_deliveries_are_forgotten(house: House, world: World, acting: Acting, db: Session, make: Making) -> None:
    from portal.hooks.jobs import forget_old

    id = make("rhea")
    say(acting, world, "One.")
    send(house)
    forget_old(house)
    assert len(deliveries(db, id)) == 1
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        forget_old(house)
    assert deliveries(db, id) == []


def test_a_restored_backup_brings_no_webhook_alive(
    house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink
) -> None:
    from portal.hooks.erasing import switch_all_off

    id = make("rhea", kinds=["post"])
    say(acting, world, "Before.")
    with house.db.writing() as session:
        assert switch_all_off(session) == 1
    send(house)
    assert sink.got == []
    assert webhook_of(db, id).off_why == "restored"
    assert [(each.state, each.why) for each in deliveries(db, id)] == [("withheld", "off")]
    with acting("rhea") as rhea:
        actions.switch_on(rhea, rhea.session.scalars(select(Webhook)).one())
    say(acting, world, "After.")
    send(house)
    assert [told["text"] for told in bodies(sink)] == ["After."]


def test_with_an_erased_person_their_webhooks_go(house: House, world: World, acting: Acting, db: Session, make: Making, sink: Sink) -> None:
    from portal.hooks.erasing import erase_webhooks
    from portal.kernel.erasing import Entry

    make("rhea", name="Words of hers")
    kept = make("ravi", name="Words of his")
    say(acting, world, "One.")
    send(house)
    with acting("system") as system:
        assert erase_webhooks(system, Entry("person", world.ids["rhea"]))
        assert not erase_webhooks(system, Entry("person", world.ids["rhea"]))
    db.rollback()
    assert [webhook.id for webhook in db.scalars(select(Webhook))] == [kept]
    told = str(db.scalars(select(Event.facts).where(Event.subject_kind == "webhook")).all())
    assert "Words of hers" not in told
    assert "Words of his" in told
