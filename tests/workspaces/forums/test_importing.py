"""Messages and mail from elsewhere: threads, times, authors who are not here, files, and that nobody hears of it."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Contact
from portal.imports.models import ImportRun
from portal.kernel.actor import Actor
from portal.kernel.audiences import people_in
from portal.kernel.bulk import Bulk
from portal.kernel.checks import CHECKS
from portal.kernel.content import Unrecorded
from portal.kernel.errors import Invalid
from portal.kernel.events import Event
from portal.kernel.outbox import OutboxRow
from portal.notices.models import Notice
from portal.people import sign_ins
from portal.people.actions import ask_link
from portal.people.models import Person
from tests.cast import World
from tests.importing import Bring, bringing, counts, reasons, undo
from workspaces.forums.importing.places import workspace_named
from workspaces.forums.models import Following, Forum, Post, Topic
from workspaces.forums.queries.unread import unread_posts
from workspaces.library.models import File
from workspaces.rooms.models import Workspace
from workspaces.shelf import actions as shelves

HEAD = "id,workspace,forum,topic,author_email,author_name,at,body,reply_to\n"
ROWS = (
    HEAD + "2,Leak detection,Backstage,Old talk,anna@calder.example,Anna Weber,2020-01-02T10:00:00Z,And when?,1\n"
    '1,Leak detection,Backstage,Old talk,rhea@tidewell.example,Rhea Rep,2020-01-01T10:00:00Z,"What does it cost?\nPlease say.",\n'
    "3,leak detection,backstage,Other,,Uncle Bob,03.01.2020,=1+1 <script>alert(1)</script>,\n"
)


@pytest.fixture
def bring(house, world: World, tmp_path: Path) -> Bring:  # type: ignore[no-untyped-def]
    return bringing(house, world, tmp_path)


def mail(n: int, subject: str, sender: str = "Anna Weber <anna@calder.example>", text: str = "", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "rhea@tidewell.example", subject
    made["Date"] = format_datetime(datetime(2021, 5, n, 9, 0, tzinfo=UTC))
    made["Message-ID"] = f"<m{n}@calder.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text or f"Words of mail {n}.\n\nFrom here on it is long.")
    return made


def mbox(*mails: EmailMessage | bytes) -> bytes:
    return b"".join(b"From x Mon May  3 09:00:00 2021\n" + bytes(each).replace(b"\nFrom ", b"\n>From ") + b"\n\n" for each in mails)


def talk(db: Session, title: str) -> tuple[Topic, list[Post]]:
    db.rollback()
    topic = db.scalars(select(Topic).where(Topic.title == title, Topic.removed_at.is_(None))).unique().one()
    return topic, list(db.scalars(select(Post).where(Post.topic_pk == topic.pk).order_by(Post.pk)))


def holds(house, db: Session) -> None:  # type: ignore[no-untyped-def]
    db.rollback()
    assert [line for name in ("chains", "words", "accounts", "references", "blobs") for line in CHECKS[name](house, db)] == []


def test_rows_become_talk_in_the_order_in_which_it_was_said(house, db: Session, world: World, bring: Bring) -> None:  # type: ignore[no-untyped-def]
    run = bring("messages", ROWS)
    assert counts(run) == (3, 0, 0, 0), reasons(house, run)
    assert run.beside == {"topic": 2, "contact": 2}
    topic, posts = talk(db, "Old talk")
    assert [(post.body, post.seq, post.created_at.day) for post in posts] == [
        ("What does it cost?\nPlease say.", 1, 1),
        ("And when?", 2, 2),
    ]
    assert posts[1].reply_to_pk == posts[0].pk
    assert (posts[0].author.name, posts[1].author.name) == ("Rhea Rep", "Anna Weber")
    assert (topic.post_count, topic.last_post_at.day, topic.unanswered_since, topic.created_at.year) == (2, 2, None, 2020)
    _topic, others = talk(db, "Other")
    assert "<script>" not in others[0].html
    assert others[0].body.startswith("=1+1")
    event = db.scalars(select(Event).where(Event.subject_id == posts[1].id)).one()
    assert (event.kind, event.at.year, event.account_pk, event.facts["imported"]) == ("post.created", 2020, world.pks["calder"], True)
    assert event.recorded_at.year > 2020
    holds(house, db)


def test_a_second_run_changes_nothing_and_other_words_are_an_edit(house, db: Session, bring: Bring) -> None:  # type: ignore[no-untyped-def]
    bring("messages", ROWS)
    assert counts(bring("messages", ROWS)) == (0, 0, 3, 0)
    run = bring("messages", ROWS.replace("And when?", "And when exactly?"))
    assert counts(run) == (0, 1, 2, 0)
    assert talk(db, "Old talk")[1][1].body == "And when exactly?"
    undo(house, run)
    assert talk(db, "Old talk")[1][1].body == "And when?"
    holds(house, db)


def test_nobody_is_told_nothing_is_new_and_no_socket_hears(house, db: Session, world: World, bring: Bring, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    heard: list[dict[str, object]] = []
    monkeypatch.setattr(house.db, "publish", heard.extend)
    before = db.scalar(select(func.max(OutboxRow.pk)))
    bring("messages", ROWS.replace("Backstage", "General").replace("backstage", "general"))
    db.rollback()
    told = [each["event"] for each in heard if "event" in each]
    assert list(db.scalars(select(Event.kind).where(Event.id.in_(told)))) == ["import.done"]  # which no page shows
    assert set(db.scalars(select(OutboxRow.topic).where(OutboxRow.pk > before).distinct())) == {"index"}
    assert db.scalar(select(func.count()).select_from(Notice)) == 0
    topic, _posts = talk(db, "Old talk")
    assert db.scalar(select(func.count()).select_from(Following).where(Following.topic_pk == topic.pk)) == 0
    room = db.get_one(Workspace, world.pks["room"])
    petra, was = world.actor(db, "petra"), 1  # rhea's answer in the cast's own topic
    assert db.scalar(select(unread_posts(petra, room))) == was


def test_who_is_named_can_neither_sign_in_nor_get_mail(house, db: Session, bring: Bring, acting) -> None:  # type: ignore[no-untyped-def]
    bring("messages", ROWS)
    anna = db.scalars(select(Person).where(Person.email == "anna@calder.example")).one()
    assert anna.imported
    assert anna.suspended_at is not None
    with house.db.writing() as session:
        assert sign_ins.live_sign_in(session, sign_ins.begin(session, session.get_one(Person, anna.pk))[1]) is None
    with acting("nobody") as nobody:
        link = ask_link(nobody, email="anna@calder.example", browser="b")
    with house.db.writing() as session:
        from portal.kernel.actor import the_system
        from portal.people.mails import sign_in

        assert sign_in(house, the_system(session), link=link.id) is None
        everybody = people_in(session, *session.scalars(select(Forum.open_audience_pk)))
        assert anna.pk not in everybody
    contact = db.scalars(select(Contact).where(Contact.email == "anna@calder.example")).one()
    assert contact.person_pk == anna.pk
    bob = db.scalars(select(Person).where(Person.name == "Uncle Bob")).one()
    assert bob.email.endswith("@imported.invalid")
    assert db.scalars(select(Contact).where(Contact.person_pk == bob.pk)).one().email is None


def test_whom_an_import_named_comes_by_an_invitation_like_anybody(house, db: Session, world: World, bring: Bring, acting) -> None:  # type: ignore[no-untyped-def]
    from workspaces.rooms import actions as rooms
    from workspaces.rooms.models import Invitation

    bring("messages", ROWS)
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        rooms.invite_people(rhea, room, wanted=[rooms.Wanted(email="anna@calder.example", role="member")])
    with acting("nobody") as nobody:
        invitation = nobody.session.scalars(select(Invitation).where(Invitation.email == "anna@calder.example")).one()
        rooms.accept_invitation(nobody, invitation)
    anna = db.scalars(select(Person).where(Person.email == "anna@calder.example")).one()
    assert (anna.imported, anna.suspended_at) == (False, None)


def test_rows_that_fit_nowhere_are_refused(house, bring: Bring) -> None:  # type: ignore[no-untyped-def]
    run = bring(
        "messages",
        HEAD + "1,No room,General,T,a@b.example,A,2020-01-01,x,\n"
        "2,Leak detection,No forum,T,a@b.example,A,2020-01-01,x,\n"
        "3,Leak detection,General,T,a@b.example,A,someday,x,\n"
        "4,Leak detection,General,T,,,2020-01-01,x,\n"
        "5,Leak detection,General,T,a@b.example,A,2020-01-01,,\n"
        ",Leak detection,General,T,a@b.example,A,2020-01-01,x,\n"
        "7,Leak detection,General,T,not an address,A,2020-01-01,x,\n"
        "8,Leak detection,General,T,a@b.example,A,2199-01-01,x,\n",
    )
    assert counts(run) == (0, 0, 0, 8)
    assert len(set(reasons(house, run))) == 8


def test_a_forum_that_is_not_there_is_made_for_the_team_where_that_is_wanted(db: Session, world: World, bring: Bring) -> None:
    assert counts(bring("messages", ROWS.replace("Backstage", "New").replace("backstage", "new"), new_forums="staff")) == (3, 0, 0, 0)
    made = db.scalars(select(Forum).where(Forum.title == "New")).unique().one()
    assert made.for_team
    assert world.pks["petra"] not in people_in(db, made.open_audience_pk)


def test_mail_is_threaded_and_for_the_accounts_team_alone(house, db: Session, world: World, bring: Bring) -> None:  # type: ignore[no-untyped-def]
    letters = mbox(
        mail(3, "AW: Pumps", "rhea@tidewell.example", In_Reply_To="<m2@calder.example>"),
        mail(1, "Pumps"),
        mail(2, "Re: Pumps", "Old Colleague <gone@tidewell.example>"),
        mail(4, "Something else", References="<m1@calder.example> <m3@calder.example>"),
        mail(5, "Pumps"),
        mail(5, "Pumps"),
    )
    run = bring("mail", letters, account="Calder-Water")
    assert counts(run) == (5, 0, 1, 0), reasons(house, run)
    topics = list(db.scalars(select(Topic).where(Topic.title == "Pumps").order_by(Topic.pk)).unique())
    assert [topic.post_count for topic in topics] == [4, 1]  # the fifth answers nothing: it begins anew
    posts = list(db.scalars(select(Post).where(Post.topic_pk == topics[0].pk).order_by(Post.pk)))
    assert [post.created_at.day for post in posts] == [1, 2, 3, 4]
    assert "From here on" in posts[0].body
    meant = people_in(db, posts[0].audience_pk)
    assert meant == {world.pks["rhea"], world.pks["mona"]}
    assert topics[0].workspace.title == "Imported mail"
    gone = db.scalars(select(Person).where(Person.email == "gone@tidewell.example")).one()
    assert gone.account_pk is None  # one of ours, who has left
    assert counts(bring("mail", letters, account="calder.example")) == (0, 0, 6, 0)
    holds(house, db)


def test_mail_with_files_odd_charsets_and_markup(house, db: Session, bring: Bring) -> None:  # type: ignore[no-untyped-def]
    with_file = mail(1, "=?utf-8?q?Gr=C3=BC=C3=9Fe?=")
    with_file.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="../offer.pdf")
    rich = EmailMessage()
    for name, value in mail(2, "Rich").items():
        if not name.lower().startswith(("content", "mime")):
            rich[name] = value
    rich.set_content("<p>Dear <b>all</b></p><script>alert(1)</script><p>1 &lt; 2</p>", subtype="html")
    lying = bytes(mail(3, "Lying", text="PLACE")).replace(b'charset="utf-8"', b'charset="nonsense"')
    lying = lying.replace(b"PLACE", "Viele Grüße aus dem schönen Köln, und bis später.".encode("cp1252"))
    no_date = bytes(mail(4, "Undated")).replace(b"\nDate: ", b"\nX-Date: ")
    no_sender = bytes(mail(5, "Anonymous")).replace(b"\nFrom: ", b"\nX-From: ").replace(b"From: Anna", b"X-From: Anna")
    run = bring(
        "mail",
        mbox(with_file, rich, lying, no_date, no_sender, b"\xff\xfe\x00 nothing of a mail"),
        workspace="Leak detection",
        forum="General",
    )
    assert counts(run) == (3, 0, 0, 3), reasons(house, run)
    assert run.beside["file"] == 1
    _topic, (post,) = talk(db, "Grüße")
    file = db.scalars(select(File).where(File.post_pk == post.pk)).one()
    assert (file.name, file.created_at, file.audience_pk) == ("offer.pdf", post.created_at, post.audience_pk)
    with house.storage.open(file.version.sha256) as stored:
        assert stored.read() == b"%PDF-1.4 x"
    assert talk(db, "Rich")[1][0].body == "Dear all\n1 < 2"
    assert "Köln" in talk(db, "Lying")[1][0].body
    holds(house, db)


def test_a_folder_of_letters(db: Session, world: World, bring: Bring, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    (folder / "2021").mkdir(parents=True)
    for n in (2, 1):
        (folder / "2021" / f"{n}.eml").write_bytes(bytes(mail(n, "Pumps" if n == 1 else "Re: Pumps")))
    assert counts(bring("mail", folder, account=world.ids["calder"])) == (2, 0, 0, 0)
    assert [post.created_at.day for post in talk(db, "Pumps")[1]] == [1, 2]


def test_mail_goes_only_where_it_is_said(bring: Bring) -> None:
    for options in (
        {},
        {"account": "Calder Water", "workspace": "Leak detection"},
        {"account": "Nobody"},
        {"account": "Calder Water", "forum": "General"},
    ):
        run = bring("mail", mbox(mail(1, "x")), **options)
        assert (run.state, run.position) == ("failed", 0)
        assert run.error


def test_an_import_of_talk_is_taken_back_but_for_what_was_answered(house, db: Session, world: World, bring: Bring, acting) -> None:  # type: ignore[no-untyped-def]
    from workspaces.forums.actions import post_message

    run = bring("messages", ROWS)
    topic, posts = talk(db, "Old talk")
    with acting("rhea") as rhea:
        post_message(rhea, rhea.session.get_one(Topic, topic.pk), body="Now.", reply_to=rhea.session.get_one(Post, posts[1].pk))
    done = undo(house, run)
    assert sorted(kind for kind, _id, _why in done.left) == ["post", "topic"]
    assert [post.removed_at is None for post in talk(db, "Old talk")[1]] == [False, True, True]
    assert db.scalar(select(Topic.removed_at).where(Topic.title == "Other")) is not None
    assert counts(bring("messages", ROWS)) == (2, 0, 1, 0)
    holds(house, db)


def test_bulk_refuses_content_that_goes_unrecorded(house, world: World, acting) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Unrecorded), acting("rhea") as rhea:
        Bulk(rhea).insert(Post, [{"body": "x"}])
    with pytest.raises(Unrecorded), acting("rhea") as rhea:
        _write_in_silence(rhea, rhea.session.get_one(Topic, world.pks["topic"]))


def _write_in_silence(actor: Actor, topic: Topic) -> None:
    bulk = Bulk(actor)
    about = {"topic_pk": topic.pk, "workspace_pk": topic.workspace_pk, "account_pk": topic.account_pk, "audience_pk": topic.audience_pk}
    bulk.add([Post(author_pk=actor.pk, seq=99, body="x", html="x", **about)])
    bulk.settle()


def test_the_worker_carries_out_what_a_page_has_asked_for(house, db: Session, world: World, acting) -> None:  # type: ignore[no-untyped-def]
    from portal.imports import actions
    from portal.imports.registry import Plan
    from portal.kernel import worker
    from portal.kernel.outbox import CONSUMERS

    stored = house.storage.put([mbox(mail(1, "Pumps"))], 10**6)
    with acting("ada") as ada:
        run = actions.begin_import(ada, kind="mail", name="old.mbox", sha256=stored.sha256, size=stored.size)
        actions.plan_import(ada, run, plan=Plan(options={"account": "Calder Water"}), dry=False)
        actions.start_import(ada, run)
    assert worker.drain(house, CONSUMERS["imports"]) == 1
    db.rollback()
    assert counts(db.scalars(select(ImportRun)).one()) == (1, 0, 0, 0)


def test_nothing_is_brought_in_to_the_shelf(house, acting, bring: Bring) -> None:  # type: ignore[no-untyped-def]
    with acting("rhea") as rhea:
        shelf = shelves.open_shelf(rhea)
        names = (shelf.title, shelf.id)
    with house.db.reading() as session:
        assert workspace_named(session, "Leak detection").title == "Leak detection"
        for told in names:
            with pytest.raises(Invalid, match="There is no workspace"):
                workspace_named(session, told)
