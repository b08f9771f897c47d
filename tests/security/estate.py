"""The cast's world, widened by every state that a right can depend on: archived, locked, hidden, removed, a community, suspended.

The two suspended are copies of people inside: Sven of the account's team who owned the room, Susi who moderated it. Olga, of Otway
Foods, is in the community only, so that Otto stays an outsider to everybody of Calder Water.
"""

import base64
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import actions as accounts
from portal.accounts.models import Account, Contact, Deputy, Note
from portal.hooks import actions as hooks
from portal.hooks.models import DEAD, TEST, Delivery
from portal.imports import actions as imports
from portal.imports.models import ImportReject
from portal.imports.registry import Plan
from portal.kernel.actor import Actor, the_system
from portal.kernel.clock import now
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.notices.models import Notice
from portal.people import actions as people
from portal.people import sign_ins
from portal.people.models import Person
from search.categories import actions as categories
from search.categories.models import Label
from search.copies.models import WorkspaceCopy
from search.handover import actions as handovers
from search.handover.models import Handover, HandoverItem
from search.links.models import Link
from search.names import actions as wording
from search.names.models import Name
from search.promises import actions as promises
from search.promises.models import Promise
from tests import cast
from tests.cast import World
from workspaces.capture import actions as capture
from workspaces.capture.models import Captured
from workspaces.communities import actions as communities
from workspaces.forums import actions as forums
from workspaces.forums.events import POST_WRITTEN
from workspaces.forums.models import Forum, Post, Topic
from workspaces.library import actions as library
from workspaces.library.models import File, FileVersion, FileView, Folder
from workspaces.library.receiving import Received, take
from workspaces.library.schemas import Uploading
from workspaces.moderation import actions as moderation
from workspaces.moderation.models import Held
from workspaces.plan import actions as plan
from workspaces.previews import actions as previews
from workspaces.previews.models import FilePage
from workspaces.previews.running import Answer, Page
from workspaces.references import actions as references
from workspaces.references.models import Reference
from workspaces.requests import actions as requests
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Group, Invitation, Workspace
from workspaces.shelf import actions as shelf
from workspaces.shelf.queries import front_of

OUTSIDERS = ("ada", "nora", "ravi", "nils", "paul", "otto", "sven", "susi", "nobody")  # to the room of Calder Water
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 50
INSIDERS = ("rhea", "mona", "petra", "mark", "rolf")


@dataclass
class Hand:
    """What writes the world: a session, what was made so far, and where bytes go."""

    house: House
    session: Session
    world: World

    def as_(self, name: str) -> Actor:
        return the_system(self.session) if name == "system" else self.world.actor(self.session, name)

    def row(self, model: Any, key: str) -> Any:
        return self.session.get_one(model, self.world.pks[key])

    def keep(self, key: str, row: Any) -> Any:
        self.session.flush()
        self.world.keep(key, row)
        return row

    def file(self, who: str, key: str, folder: str, name: str, content: bytes = b"") -> File:
        received = take(self.house.storage, name, [content or f"Words of {name}.".encode()], 1000)
        return self.keep(key, library.add_file(self.as_(who), self.row(Folder, folder), received=received, note="First."))  # type: ignore[no-any-return]


def build(house: House, session: Session) -> World:
    """Write it all; the names of what it holds are the keys of the world."""
    hand = Hand(house, session, cast.build(session))
    for part in (
        _more_people,
        _more_talk,
        _archive,
        _community,
        _introductions,
        _files,
        _moderated,
        _held,
        _plans,
        _about_the_account,
        _references,
        _names,
        _promised,
        _handed_over,
        _ways_in,
        _asking_to_come_in,
        _own_things,
        _captured,
        _on_the_shelf,
        _read_by_the_worker,
        _webhooks,
        _suspend,
    ):
        part(hand)
    return hand.world


def _more_people(hand: Hand) -> None:
    rhea, room, calder = hand.as_("rhea"), hand.row(Workspace, "room"), hand.row(Account, "calder")
    sven = people.add_staff(hand.as_("system"), email="sven@tidewell.example", name="Sven Suspended", roles=["rep"])
    hand.keep("sven", sven)
    accounts.join_team(rhea, calder, person=sven)
    rooms.join(rhea, room, sven, role="owner", account=None)
    for name, full, account in (("susi", "Susi Suspended", "calder"), ("olga", "Olga Openly", "otway")):
        person = Person(email=f"{name}@{account}.example", name=full, account_pk=hand.world.pks[account])
        hand.session.add(person)
        hand.keep(name, person)
    rooms.join(rhea, room, hand.row(Person, "susi"), role="moderator", account=calder)


def _more_talk(hand: Hand) -> None:
    """A topic in each state and place, and in the open topic a post in each state."""
    rhea, petra, mark = hand.as_("rhea"), hand.as_("petra"), hand.as_("mark")
    topic = hand.row(Topic, "topic")
    said = {}
    for key in ("asked", "hidden", "taken", "gone"):
        said[key] = hand.keep(f"{key}_post", forums.post_message(petra, topic, body=f"Something that is {key} now."))
    hand.keep("mark_post", forums.post_message(mark, topic, body="Our chief asks the same."))
    for key, who, post in (("post", "rhea", "post"), ("note", "rhea", "team_note"), ("hidden", "petra", "hidden_post")):
        received = take(hand.house.storage, f"{key}.txt", [f"Attached to {key}.".encode()], 1000)
        hand.keep(f"{key}_file", library.attach_files(hand.as_(who), hand.row(Post, post), received=[received])[0])
    forums.hide_post(mark, said["hidden"], reason="Names somebody outside.")
    forums.remove_post(mark, said["taken"])
    forums.remove_post(petra, said["gone"])
    forums.edit_post(petra, said["asked"], body="Something that was said better.")
    for key in ("locked", "removed"):
        hand.keep(f"{key}_topic", forums.start_topic(petra, hand.row(Forum, "general"), title=f"A topic now {key}", body="Asked in it."))
        hand.keep(f"post_in_{key}", _first_post(hand, f"{key}_topic"))
    told = forums.start_topic(
        mark, hand.row(Forum, "general"), title="We move on Monday", body="For everyone to know.", kind="announcement", receipts=True
    )
    hand.keep("announced_topic", told)
    forums.lock_topic(mark, hand.row(Topic, "locked_topic"))
    forums.remove_topic(mark, hand.row(Topic, "removed_topic"))
    hand.keep("merged_topic", forums.start_topic(petra, hand.row(Forum, "general"), title="A topic now merged", body="Asked twice."))
    hand.keep("transfer", forums.merge_topic(mark, hand.row(Topic, "merged_topic"), into=topic))
    hand.keep("group_topic", forums.start_topic(petra, hand.row(Forum, "inner"), title="Budget", body="Nobody else knows of it."))
    for key in ("staff", "group"):
        hand.keep(f"post_in_{key}", _first_post(hand, f"{key}_topic"))
    forums.remove_forum(rhea, hand.keep("removed_forum", forums.make_forum(rhea, hand.row(Workspace, "room"), title="Dropped")))


def _archive(hand: Hand) -> None:
    rhea, calder = hand.as_("rhea"), hand.row(Account, "calder")
    old = hand.keep("archive", rooms.open_workspace(rhea, title="Pilot of last year", accounts=[calder]))
    for name, role in {"petra": "member", "mark": "moderator", "rolf": "reader"}.items():
        rooms.join(rhea, old, hand.row(Person, name), role=role, account=calder)
    _furnished(hand, "archive")
    hand.keep("archive_topic", forums.start_topic(hand.as_("petra"), hand.row(Forum, "archive_forum"), title="Old", body="Said then."))
    hand.keep("archive_post", _first_post(hand, "archive_topic"))
    hand.file("petra", "archive_file", "archive_folder", "pilot.txt")
    hand.keep("archive_plan_item", plan.add_item(hand.as_("petra"), old, title="Look back at the pilot"))
    rooms.archive_workspace(rhea, old)


def _community(hand: Hand) -> None:
    """Of both accounts: Rhea owns it, Rolf and Olga take part. Ravi, who owns Otway Foods, and the managers are not in it.
    Olga has agreed that Rolf sees who she is, he has not.
    """
    rhea, both = hand.as_("rhea"), [hand.row(Account, key) for key in ("calder", "otway")]
    circle = rooms.open_workspace(hand.as_("system"), title="Sensors in practice", accounts=both, community=True)
    hand.keep("circle", circle)
    rooms.join(hand.as_("system"), circle, rhea.person, role="owner", account=None)
    rooms.join(rhea, circle, hand.row(Person, "rolf"), role="member", account=both[0])
    rooms.join(rhea, circle, hand.row(Person, "olga"), role="member", account=both[1])
    rooms.let_be_seen(hand.as_("olga"), circle, shown=True)
    _furnished(hand, "circle")
    started = forums.start_topic(hand.as_("olga"), hand.row(Forum, "circle_forum"), title="Calibration", body="How often do you?")
    hand.keep("circle_topic", started)
    hand.keep("circle_post", forums.post_message(hand.as_("rolf"), started, body="Twice a year."))


def _introductions(hand: Hand) -> None:
    """In the community: Rolf is asked how he would be introduced; he and Olga said yes to meeting before he hid himself again."""
    rhea, circle = hand.as_("rhea"), hand.row(Workspace, "circle")
    rolf, olga = hand.row(Person, "rolf"), hand.row(Person, "olga")
    words = "Rolf reads more than he says."
    hand.keep("circle_introduction", communities.propose_introduction(rhea, circle, person=rolf, words=words))
    rooms.let_be_seen(hand.as_("rolf"), circle, shown=True)
    pair = hand.keep("circle_pair", communities.ask_two(rhea, circle, one=rolf, other=olga, words="You both calibrate."))
    for name in ("rolf", "olga"):
        communities.answer_introduction(hand.as_(name), pair, agrees=True)
    rooms.let_be_seen(hand.as_("rolf"), circle, shown=False)


def _read_by_the_worker(hand: Hand) -> None:
    """Every file has a page of words and a picture, as if a child had told of them."""
    system = hand.as_("system")
    picture = take(hand.house.storage, "page.webp", [PICTURE], 1000).sha256
    for sha256 in sorted(set(hand.session.scalars(select(FileVersion.sha256)))):
        page = Page(1, f"Page of {sha256[:8]}.", PICTURE, 1, 1)
        previews.begin(system, sha256=sha256)
        previews.keep_text(system, sha256=sha256, answer=Answer([page]))
        previews.keep_pictures(system, sha256=sha256, pictures=[(page, picture)], whole=True)
        previews.list_pages(system, sha256=sha256)
    for key in ("file", "safe_file"):
        of = FilePage.file_pk == hand.world.pks[key]
        hand.keep(f"{key}_page", hand.session.scalars(select(FilePage).where(of)).one())


def _files(hand: Hand) -> None:
    rhea, room = hand.as_("rhea"), hand.row(Workspace, "room")
    hand.file("petra", "file", "folder", "stations.txt")
    hand.file("petra", "picture", "folder", "pump.png", PICTURE)
    hand.file("petra", "film", "folder", "walk.mp4", FILM)
    hand.file("rhea", "safe_file", "safe", "margin.txt")
    library.remove_file(hand.as_("mark"), hand.file("petra", "removed_file", "folder", "slip.txt"))
    dropped = hand.keep("removed_folder", library.make_folder(rhea, room, name="Dropped"))
    hand.file("petra", "lost_file", "removed_folder", "lost.txt")
    library.remove_folder(rhea, dropped)
    hand.keep("inner_folder", library.make_folder(rhea, room, name="Offers", audience=hand.row(Group, "group")))
    hand.file("petra", "inner_file", "inner_folder", "offer.txt")
    for key in ("side", "other"):
        _furnished(hand, key)
    hand.file("otto", "other_file", "other_folder", "cold.txt")
    hand.keep("other_post", _first_post(hand, "other_topic"))
    for key, names in {"file": ("petra", "rhea"), "safe_file": ("mona",)}.items():
        version = hand.keep(f"{key}_version", hand.row(File, key).version)
        for name in names:
            library.note_view(hand.as_(name), version)
            hand.session.flush()
            viewed = select(FileView).where(FileView.version_pk == version.pk, FileView.person_pk == hand.world.pks[name])
            hand.keep(f"{name}_view", hand.session.scalars(viewed).one())


def _on_the_shelf(hand: Hand) -> None:
    """A master document of Nora's that Rhea placed in the room, and that is newer on the shelf by now."""
    nora, rhea = hand.as_("nora"), hand.as_("rhea")
    room = hand.keep("shelf", shelf.open_shelf(nora))
    hand.keep("shelf_folder", front_of(nora, room))
    master = hand.file("nora", "shelf_file", "shelf_folder", "prices.txt")
    placed = shelf.place(rhea, master, folders=[hand.row(Folder, "folder")], follows=False)[0]
    hand.keep("placement", placed)
    hand.keep("placed_file", placed.file)
    newer = take(hand.house.storage, "prices.txt", [b"Dearer."], 1000)
    library.add_version(nora, master, received=newer, note="Why it is dearer.")


def _captured(hand: Hand) -> None:
    """For the account: a file that Rhea dropped, and a letter that is held."""
    rhea, calder = hand.as_("rhea"), hand.row(Account, "calder")
    for key, name in {"captured": "call.txt", "held_letter": "Prices"}.items():
        stored = hand.house.storage.put([f"Anna: words of {name}".encode()], 1000)
        came = capture.Arrival(name, stored.sha256, stored.size, stored.sha256, stored.sha256, sender="anna@calder.example")
        hand.keep(key, capture.drop(rhea, calder, arrival=came))
    capture.hold(hand.as_("system"), hand.row(Captured, "held_letter"), reason="It was not sent by one of the team.")
    capture.make_address(rhea, calder)


def _moderated(hand: Hand) -> None:
    """Reported by Rolf, who only reads: a message of Petra's that waits, and one of Mark's that Rhea has looked at."""
    rolf, rhea = hand.as_("rolf"), hand.as_("rhea")
    hand.keep("flag", moderation.report_post(rolf, hand.row(Post, "asked_post"), reason="Names a price that is not for all."))
    done = hand.keep("ruled_flag", moderation.report_post(rolf, hand.row(Post, "mark_post"), reason="Our chief asked no such thing."))
    hand.keep("ruling", moderation.resolve_flag(rhea, done, action="ask", reason="Say who asked."))


def _held(hand: Hand) -> None:
    """Of Petra's, as if she wrote for the first time: a message and a discussion of the group's wait, one was refused."""
    petra, topic = hand.as_("petra"), hand.row(Topic, "topic")
    stored = hand.house.storage.put([PICTURE], 1000)
    came = Received("plate.png", stored.sha256, stored.size, "image/png")
    hand.keep("held", moderation.hold_message(petra, topic, body="Which plate is it?", received=[came]))
    hand.keep("held_file", hand.row(Held, "held").files[0])
    inner = hand.row(Forum, "inner")
    hand.keep("inner_held", moderation.hold_topic(petra, inner, title="Terms of pay", body="Sixty days?", tags=("terms",)))
    refused = hand.keep("refused_held", moderation.hold_message(petra, topic, body="Anybody hiring?"))
    moderation.decide_held(hand.as_("rhea"), refused, approve=False, version=1, reason="Not here.")


def _plans(hand: Hand) -> None:
    """In the room a milestone of Rhea's, a step of Petra's own, one that Petra removed; one step in each other room."""
    rhea, petra, room = hand.as_("rhea"), hand.as_("petra"), hand.row(Workspace, "room")
    goal = hand.keep("milestone", plan.add_item(rhea, room, title="Go-live", kind="milestone", due=date(2027, 2, 8)))
    mine = plan.add_item(rhea, room, title="Confirm the supply", owners=[petra.person], due=date(2026, 11, 24), milestone=goal)
    hand.keep("plan_item", mine)
    plan.move_due(rhea, mine, due=date(2026, 12, 1))
    plan.remove_item(petra, hand.keep("removed_plan_item", plan.add_item(petra, room, title="Agreed by mistake")))
    for key, who in {"side": "paul", "other": "otto", "circle": "olga"}.items():
        hand.keep(f"{key}_plan_item", plan.add_item(hand.as_(who), hand.row(Workspace, key), title=f"A step of {who}"))


def _about_the_account(hand: Hand) -> None:
    rhea, calder = hand.as_("rhea"), hand.row(Account, "calder")
    mona, then = hand.as_("mona"), now() - timedelta(days=400)  # whose deputy Rhea was before it became hers
    past = Deputy(account_pk=calder.pk, owner_pk=mona.pk, person_pk=rhea.pk, by_pk=mona.pk, begins_at=then, until=then + timedelta(days=9))
    hand.session.add(past)
    accounts.change_account(rhea, calder, about="They lose 18 percent.", tags=["utility"])
    hand.keep("contact", accounts.add_contact(rhea, calder, name="Petra Prospect", email="petra@calder.example", roles=["decides"]))
    hand.keep("merged_contact", accounts.add_contact(rhea, calder, name="P. Prospect", email="prospect@calder.example"))
    accounts.merge_contacts(rhea, hand.row(Contact, "contact"), other=hand.row(Contact, "merged_contact"))
    hand.keep("note", accounts.write_note(rhea, calder, body="She called: the board meets on the 4th."))
    hand.keep("removed_note", accounts.write_note(rhea, calder, body="Written by mistake."))
    accounts.remove_note(rhea, hand.row(Note, "removed_note"))
    hand.keep("other_note", accounts.write_note(hand.as_("ravi"), hand.row(Account, "otway"), body="They store fish."))


def _references(hand: Hand) -> None:
    """Petra was asked, and agreed, to be a reference; Sena of Rhea's other account would talk with her."""
    rhea, petra = hand.as_("rhea"), hand.as_("petra")
    brewery = hand.keep("brewery", accounts.open_account(rhea, name="Selby Brewery", domains=("selby.example",), industry="Brewing"))
    seeker = accounts.add_contact(rhea, brewery, name="Sena Seeker", email="sena@selby.example", title="Head of water")
    hand.keep("seeker", seeker)
    references.invite_reference(rhea, hand.row(Contact, "contact"), words="You said that it saved you a summer.")
    hand.keep("reference", references.say(petra, terms="often", most=3, words="How we found the leaks."))
    told = {"reference": hand.row(Reference, "reference"), "contact": seeker, "words": "How long did it take?", "agreed": True}
    hand.keep("reference_request", references.seek_reference(rhea, brewery, **told))


def _names(hand: Hand) -> None:
    """The company's own list: a product that stands, a competitor that was removed."""
    mona = hand.as_("mona")
    hand.keep("name", wording.add_name(mona, name="GX-200", aliases=["the large pump"], kind="product"))
    hand.keep("removed_name", wording.add_name(mona, name="Hydrix", kind="competitor"))
    wording.remove_name(mona, hand.row(Name, "removed_name"))
    for key, of in {"link": "post", "archive_link": "archive_post"}.items():
        _tie(hand, key, Link(post_pk=hand.world.pks[of], what="amount", value="1 EUR", start=0, end=1))
    _tie(hand, "note_link", Link(note_pk=hand.world.pks["note"], what="amount", value="1 EUR", start=0, end=1))
    told = {"what": "account", "account_pk": hand.world.pks["otway"], "start": 0, "end": 1}
    _tie(hand, "other_link", Link(post_pk=hand.world.pks["post"], **told))  # in Calder's room, of an account that its team may not read


def _tie(hand: Hand, key: str, link: Link) -> None:
    hand.session.add(link)
    hand.keep(key, link)


def _promised(hand: Hand) -> None:
    """What messages in each place promise: of Rhea's to the room and of a note, of Petra's in the room and in the group, in the archive
    and, by Rhea to Otway Foods, in the community."""
    rhea = hand.as_("rhea")
    told = forums.post_message(rhea, hand.row(Topic, "circle_topic"), body="I will send both of you the table.")
    made = accounts.write_note(rhea, hand.row(Account, "calder"), body="I will send her the offer by Friday.")
    posts = {
        "promise": hand.row(Post, "post"),
        "their_promise": hand.row(Post, "asked_post"),
        "inner_promise": hand.row(Post, "post_in_group"),
        "archive_promise": hand.row(Post, "archive_post"),
        "circle_promise": told,
    }
    for key, post in posts.items():
        label = Label(kind="post", thing=post.id, category="commitment", why="person", sure=1.0, by_pk=rhea.pk)
        hand.session.add(label)
        promises.follow_labels(hand.as_("system"), [post])
        hand.session.delete(label)  # it is in no copy; the promise is
        hand.keep(key, hand.session.scalars(select(Promise).where(Promise.post_pk == post.pk)).one())
    categories.categorise(hand.as_("system"), keys=[f"note:{made.id}"])
    promises.follow_labels(hand.as_("system"), [made])
    hand.keep("note_promise", hand.session.scalars(select(Promise).where(Promise.note_pk == made.pk)).one())
    promises.settle_promise(rhea, hand.row(Promise, "promise"), state="kept", reason="Sent on Monday.")
    promises.mend_promise(rhea, hand.row(Promise, "promise"), due=date(2026, 12, 4), about="The plans for 24 V")


def _handed_over(hand: Hand) -> None:
    """What Rhea proposes herself; what Mona proposes for Nora to somebody whom she is not above; and one that was done, as its row stands
    after it: nothing of the world has moved by it."""
    rhea, nora, ravi = (hand.row(Person, name) for name in ("rhea", "nora", "ravi"))
    hand.keep("proposed_handover", handovers.hand_over(hand.as_("rhea"), rhea, to=nora))
    calder = hand.row(Account, "calder")
    more = Handover(leaver=nora, successor=ravi, by_pk=hand.world.pks["mona"])
    done = Handover(leaver=rhea, successor=nora, by_pk=hand.world.pks["mona"], done_at=now())
    for key, made in {"mona_handover": more, "done_handover": done}.items():
        hand.session.add(made)
        hand.keep(key, made)
    hand.session.add(HandoverItem(handover_pk=done.pk, account_pk=calder.pk, kind="account", facts={"on_team": False}))


def _ways_in(hand: Hand) -> None:
    """An invitation of the rep, one of a client who moderates, one that was revoked."""
    for key, who in (("invitation", "rhea"), ("mark_invitation", "mark"), ("revoked_invitation", "rhea")):
        wanted = rooms.Wanted(email=f"{key.replace('_', '.')}@calder.example", role="member", name="Ines Invited", note="Come and see.")
        hand.keep(key, rooms.invite_people(hand.as_(who), hand.row(Workspace, "room"), wanted=[wanted])[0][0])
    rooms.revoke_invitation(hand.as_("rhea"), hand.row(Invitation, "revoked_invitation"))


def _asking_to_come_in(hand: Hand) -> None:
    """One whom Petra proposes, one who asked from outside, and one who was refused for good."""
    room = hand.row(Workspace, "room")
    petra, rhea = hand.as_("petra"), hand.as_("rhea")
    proposed = requests.propose_colleague(petra, room, name="Cora Colleague", email="cora@calder.example", words="She keeps the meters.")
    hand.keep("proposed_request", proposed)
    at = f"https://mainstay.example{room.path}"
    told = {"told_by": "Petra Prospect", "words": "She says that this is where it is."}
    asked = requests.ask_to_come_in(petra, name="Axel Asking", email="axel@elsewhere.example", at=at, **told)
    pest = requests.ask_to_come_in(petra, name="Pia Pest", email="pia@elsewhere.example", at=at)
    requests.match_requests(hand.as_("system"))
    hand.keep("asked_request", asked)
    requests.decline_request(rhea, hand.keep("barred_request", pest), answer="Sells software.", never=True)


def _own_things(hand: Hand) -> None:
    """What belongs to one person alone, and an import, which is the admins'."""
    made = imports.begin_import(hand.as_("ada"), kind="accounts", name="companies.csv")
    hand.keep("import", imports.plan_import(hand.as_("ada"), made, plan=Plan(), dry=True))
    hand.session.add(ImportReject(run_pk=made.pk, line=3, reason="This is no mail domain.", cells=["Bellmare", "b e l l"]))
    for name in ("rhea", "petra", "otto", "sven"):
        hand.keep(f"{name}_sign_in", sign_ins.begin(hand.session, hand.row(Person, name))[0])
    over = hand.keep("ended_sign_in", sign_ins.begin(hand.session, hand.row(Person, "petra"))[0])
    over.ended_at = now()
    for name in ("rhea", "sven"):
        token, hand.world.ids[f"{name}_secret"] = people.make_token(hand.as_(name), name=f"Script of {name}", scopes=["read"])
        hand.keep(f"{name}_token", token)
    hand.keep("draft", forums.keep_draft(hand.as_("petra"), place=f"topic:{hand.world.ids['topic']}", body="Not yet said."))
    picked = take(hand.house.storage, "sketch.png", [PICTURE], 1000)
    hand.keep("draft_file", forums.pick_files(hand.as_("petra"), place=f"topic:{hand.world.ids['topic']}", received=[picked])[0])
    into = Uploading(folder=hand.world.ids["folder"], filename="Drone survey.zip", note="Flown on Monday")
    hand.keep("upload", library.begin_upload(hand.as_("petra"), told=into, size=8))
    post, topic = hand.world.ids["post"], hand.world.ids["topic"]
    written = hand.session.scalars(select(Event).where(Event.kind == POST_WRITTEN.name, Event.subject_id == post)).one()
    told = Notice(person_pk=hand.world.pks["petra"], event_id=written.id, why="reply", thing=f"topic:{topic}", source_kind="post",
                  source_id=post)  # fmt: skip
    hand.session.add(told)
    hand.keep("notice", told)
    hand.keep("installation", people.installation(hand.session))
    asked = WorkspaceCopy(workspace_pk=hand.world.pks["room"], person_pk=hand.world.pks["petra"], failed_at=now())
    hand.session.add(asked)
    hand.keep("copy", asked)


def _webhooks(hand: Hand) -> None:
    """All switched off, so that nothing is ever called; one of them by the admin. And events of each kind of audience."""
    for key, who in (("rhea", "rhea"), ("barred", "rhea"), ("sven", "sven")):
        made = hooks.make_webhook(hand.as_(who), settings=hand.house.settings, url="https://hooks.example/in", name=f"Hook of {who}")
        hand.keep(f"{key}_webhook", made)
        tried = Delivery(webhook_pk=made.pk, kind=TEST, state=DEAD, tries=1, tried_at=now(), took=12, code=500, response="Said no.")
        hand.session.add(tried)
        hand.keep(f"{key}_delivery", tried)
        hooks.switch_off(hand.as_("ada" if key == "barred" else who), made)
    about = {"post": "post", "note": "team_note", "other": "other_topic", "token": "rhea_token", "webhook": "rhea_webhook"}
    for key, subject in about.items():
        found = select(Event).where(Event.subject_id == hand.world.ids[subject]).order_by(Event.pk)
        hand.keep(f"{key}_event", hand.session.scalars(found).first())


def _suspend(hand: Hand) -> None:
    for name in ("sven", "susi"):
        people.suspend_person(hand.as_("ada"), hand.row(Person, name))


def _furnished(hand: Hand, key: str) -> None:
    """Name what a new workspace is fitted with."""
    for model, what in ((Forum, "forum"), (Folder, "folder")):
        mine = select(model).where(model.workspace_pk == hand.world.pks[key])  # type: ignore[attr-defined]
        hand.keep(f"{key}_{what}", hand.session.scalars(mine).one())


def _first_post(hand: Hand, topic: str) -> Post:
    mine = select(Post).where(Post.topic_pk == hand.world.pks[topic]).order_by(Post.pk)
    return hand.session.scalars(mine).first()  # type: ignore[return-value]
