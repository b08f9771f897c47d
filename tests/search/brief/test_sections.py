"""What each section says, and what it rests on."""

from datetime import timedelta

from sqlalchemy import select, update

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.people import actions as people
from portal.people.models import Person
from search.categories.labels import Category
from search.categories.models import Label
from search.promises import actions as promises
from search.promises.models import Promise
from tests.search.brief.conftest import start
from tests.workings import drain
from tests.workspaces.library.conftest import bring
from workspaces.forums import actions as forums
from workspaces.forums.models import Post, Topic
from workspaces.library import actions as library
from workspaces.library.models import Folder
from workspaces.plan import actions as plan
from workspaces.plan.models import MILESTONE
from workspaces.rooms.models import Workspace

__all__ = ["bring"]

ASKED = "How long does the battery last?"
PROMISED = "I will send you the offer by Friday."
OBJECTED = "That is too expensive for us, we cannot pay this."
DECIDED = "We have decided to go with the 24 V version."


def sources(line):
    return [(each["kind"], each["id"]) for each in line["sources"]]


def said_day(number: int) -> str:
    moment = start() + timedelta(days=number)
    return f"{moment.day} {moment:%b %Y}"


def test_sections_stand_in_one_order_and_each_line_has_a_source(brief, say):
    say("petra", ASKED)
    say("rhea", PROMISED)
    told = brief("rhea")
    order = "standing first people turns ours theirs questions objections decisions documents days last gaps"
    assert list(told) == order.split()
    assert all(
        line["sources"] and all(each["url"].startswith("/") for each in line["sources"]) for lines in told.values() for line in lines
    )


def test_how_things_stand(texts, say, world, acting):
    with acting("rhea") as rhea:
        accounts.join_team(rhea, rhea.session.get_one(Account, world.pks["calder"]), person=rhea.session.get_one(Person, world.pks["nora"]))
    say("petra", ASKED)
    say("rhea", PROMISED)
    told = "\n".join(texts("rhea", "standing"))
    assert "Calder Water · Water utility" in told
    assert f"Rhea Rep looks after it since {said_day(0)} · on the team: Nora Newrep" in told
    assert "Open workspaces: Billing questions, Leak detection" in told
    assert "1 promise of ours is to be kept" in told
    assert "1 question of theirs waits for an answer" in told
    assert f"The last message of theirs is from {said_day(0)}, by Petra Prospect" in told


def test_who_is_who(brief, known, say, world):
    helen, petra = known("Helen Hall", "pays", title="Finance"), known("petra", "uses", "decides", title="Engineer")
    rolf, post = known("rolf"), say("petra", "Good morning.")
    lines = brief("rhea")["people"]
    assert [line["text"] for line in lines] == [
        f"Petra Prospect, Engineer · last wrote on {said_day(0)} · Uses, Decides",
        "Helen Hall, Finance · no word of theirs yet · Pays",
        "Rolf Reader · no word of theirs yet",
    ]
    assert [sources(line) for line in lines] == [[("contact", petra), ("post", post)], [("contact", helen)], [("contact", rolf)]]


def test_who_was_merged_has_spoken_where_the_other_has(brief, known, say, world, acting):
    from portal.accounts.models import Contact

    known("petra"), known("P. Prospect", "decides")
    say("petra", "Good morning.")
    with acting("rhea") as rhea:
        one, other = rhea.session.scalars(select(Contact).where(Contact.account_pk == world.pks["calder"]).order_by(Contact.pk))
        accounts.merge_contacts(rhea, other, other=one)
    (line,) = brief("rhea")["people"]
    assert "last wrote on" in line["text"]
    assert not [line for line in brief("rhea")["gaps"] if "Prospect" in line["text"]]


def test_how_it_got_here(texts, brief, acting, world, on_day):
    with on_day(3), acting("rhea") as rhea:
        account = rhea.session.get_one(Account, world.pks["calder"])
        accounts.give_account(rhea, account, to=rhea.session.get_one(Person, world.pks["nora"]), reason="Rhea moves to another team.")
    with on_day(4), acting("nora") as nora:
        room = nora.session.get_one(Workspace, world.pks["room"])
        step = plan.add_item(nora, room, title="Read the survey")
        reached = plan.add_item(nora, room, title="Trial is over", kind=MILESTONE)
        plan.set_state(nora, step, state="done")
        plan.set_state(nora, reached, state="done")
    with on_day(5):
        told = texts("nora", "turns")
        assert told[0] == f"Rhea Rep opened the account Calder Water · {said_day(0)}"
        assert f"Rhea Rep handed the account to Nora Newrep · {said_day(3)} · Rhea moves to another team." in told
        assert told[-1] == f"Nora Newrep ticked “Trial is over” as done · {said_day(4)}"
        assert not [line for line in told if "survey" in line]
        assert brief("nora")["turns"][0]["sources"][0]["kind"] == "account"


def test_what_we_owe_and_what_they_owe(brief, say, on_day, acting, db):
    mine = say("rhea", PROMISED)
    say("petra", "I will send you the list of stations by Monday.")
    kept = say("rhea", "I will call the board next week.")
    with acting("rhea") as rhea:
        promises.settle_promise(rhea, rhea.session.scalar(select(Promise).where(Promise.id == kept)), state="kept")
    told = brief("rhea")
    (ours,), (theirs,) = told["ours"], told["theirs"]
    assert ours["text"].startswith(f"“{PROMISED}” · Rhea Rep, {said_day(0)} · Until ")
    assert sources(ours) == [("post", mine)]
    assert theirs["text"].startswith(f"“I will send you the list of stations by Monday.” · Petra Prospect, {said_day(0)} · Until ")
    with on_day(20):
        told = brief("rhea")
        assert "Overdue since" in told["ours"][0]["text"]
        assert "1 promise of ours is to be kept · 1 is overdue" in "\n".join(line["text"] for line in told["standing"])
        assert told["first"][0]["text"] == f"Keep what is overdue, or say until when · “{PROMISED}”"


def test_what_they_contest_comes_first(brief, say, acting):
    id = say("rhea", "I will send you the offer.", reply_to=None)
    with acting("petra") as petra:
        promises.judge_promise(
            petra, petra.session.scalar(select(Promise).where(Promise.id == id)), state="contested", reason="Nothing came"
        )
    told = brief("rhea")
    assert told["ours"][0]["text"].endswith("They say that it was not kept")
    assert told["first"][0]["text"] == "Settle what they say was not kept · “I will send you the offer.”"


def test_what_they_contest_is_not_behind_what_is_due(brief, say, acting):
    id = say("rhea", "I will send you the offer.")
    with acting("petra") as petra:
        promises.judge_promise(petra, petra.session.scalar(select(Promise).where(Promise.id == id)), state="contested", reason="Nothing")
    for number in range(6):
        other = say("rhea", f"I will send you the report of station {number}.")
        with acting("rhea") as rhea:
            due = start().date() + timedelta(days=60)
            promises.mend_promise(rhea, rhea.session.scalar(select(Promise).where(Promise.id == other)), due=due, about="")
    assert brief("rhea")["first"][0]["text"] == "Settle what they say was not kept · “I will send you the offer.”"


def test_a_promise_in_other_words_is_no_quotation(texts, say, acting):
    id = say("rhea", PROMISED)
    with acting("rhea") as rhea:
        promises.mend_promise(rhea, rhea.session.scalar(select(Promise).where(Promise.id == id)), due=None, about="The offer")
    assert texts("rhea", "ours") == [f"The offer · Rhea Rep, {said_day(0)}"]


def test_questions_wait_the_oldest_first_until_one_of_us_answers(brief, texts, say, on_day):
    first = say("petra", ASKED)
    with on_day(1):
        second = say("mark", "Which protocols does it speak?")
    with on_day(2):
        lines = brief("rhea")["questions"]
        assert [sources(line) for line in lines] == [[("post", first)], [("post", second)]]
        assert lines[0]["text"] == f"“{ASKED}” · Petra Prospect, {said_day(0)} · Can the gateways run on 24 V panels?"
        assert texts("rhea", "first")[0] == f"Answer Petra Prospect, who asked on {said_day(0)} · “{ASKED}”"
        say("rhea", "I will find out and tell you by Friday.")
        assert len(texts("rhea", "questions")) == 2
        say("rhea", "Ten years, in normal use.")
        assert texts("rhea", "questions") == []


def test_a_short_question_stands_with_what_it_is_about(texts, say):
    say("petra", "It would have to be rented for the first year. Can it?")
    assert any("rented for the first year. Can it?" in told for told in texts("rhea", "questions"))


def test_it_counts_as_waiting_what_the_list_of_questions_does(brief, say, door, world, acting):
    ids = [say("petra", ASKED), say("mark", "Which protocols does it speak?")]
    say("rhea", "Modbus and DNP3.")
    ids += [say("petra", "Does it come with a mast?"), say("petra", "And what about frost?")]
    for id, answered in ((ids[0], False), (ids[2], True)):
        with acting("rhea") as rhea:
            promises.say_answered(rhea, rhea.session.scalar(select(Post).where(Post.id == id)), answered=answered)
    listed = door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/questions?state=open").json["items"]
    told = [line["sources"][0]["id"] for line in brief("rhea")["questions"]]
    assert told == [each["id"] for each in listed]
    assert len(told) == 2


def test_what_words_alone_make_likely_is_no_line_unless_it_is_very_likely(house, brief, say):
    id = say("petra", OBJECTED)
    for why, sure, lines in (("words", 0.6, 0), ("words", 0.8, 1), ("gives a reason not to", 0.6, 1)):
        with house.db.writing() as session:
            session.execute(update(Label).where(Label.thing == id, Label.category == Category.OBJECTION).values(why=why, sure=sure))
        assert len(brief("rhea")["objections"]) == lines
        assert ("Answer the objection" in str(brief("rhea")["first"])) == bool(lines)


def test_objections_stand_with_what_was_answered(brief, say):
    id = say("petra", OBJECTED)
    (line,) = brief("rhea")["objections"]
    assert line["text"] == f"“{OBJECTED}” · Petra Prospect, {said_day(0)} · nobody has answered it"
    assert f"Answer the objection of Petra Prospect · “{OBJECTED}”" in [each["text"] for each in brief("rhea")["first"]]
    answer = say("rhea", "It pays for itself within a year, the leaks cost more.")
    (line,) = brief("rhea")["objections"]
    assert f"Rhea Rep answered on {said_day(0)}: “It pays for itself within a year, the leaks cost more.”" in line["text"]
    assert sources(line) == [("post", id), ("post", answer)]


def test_nobody_is_asked_to_answer_where_nobody_can(texts, say, acting, world):
    say("petra", OBJECTED)
    assert "Answer the objection" in str(texts("rhea", "first"))
    with acting("rhea") as rhea:
        forums.lock_topic(rhea, rhea.session.get_one(Topic, world.pks["topic"]))
    assert "Answer the objection" not in str(texts("rhea", "first"))
    assert OBJECTED in str(texts("rhea", "objections"))


def test_whoever_left_looks_after_nothing(texts, acting, world):
    assert "Rhea Rep looks after it" in str(texts("mona", "standing"))
    assert "Find an owner" not in str(texts("mona", "first"))
    with acting("ada") as ada:
        people.suspend_person(ada, ada.session.get_one(Person, world.pks["rhea"]))
    assert "Nobody owns this account" in str(texts("mona", "standing"))
    assert "Find an owner" in str(texts("mona", "first"))


def test_what_we_object_to_is_no_objection_of_theirs(texts, say):
    say("rhea", OBJECTED)
    assert texts("rhea", "objections") == []


def test_decisions_of_messages_and_notes(brief, say, acting, world, house):
    post = say("petra", DECIDED)
    with acting("rhea") as rhea:
        note = accounts.write_note(rhea, rhea.session.get_one(Account, world.pks["calder"]), body="She told me: they decided to buy 50.").id
    drain(house, topics=("index",))
    told = {sources(line)[0]: line["text"] for line in brief("rhea")["decisions"]}
    assert told["post", post].startswith(f"“{DECIDED}” · Petra Prospect")
    assert ("note", note) in told


def test_documents_that_matter_are_those_that_their_people_opened(brief, acting, world, bring):
    with acting("rhea") as rhea:
        folder = rhea.session.get_one(Folder, world.pks["folder"])
        much, little, never = (library.add_file(rhea, folder, received=bring(f"{name}.txt", name.encode())) for name in ("b", "a", "c"))
        library.note_view(rhea, never.version)
        ids, versions = (much.id, little.id), (much.version_pk, little.version_pk)
    from workspaces.library.models import FileVersion

    for name, which in {"petra": (0, 1), "mark": (0,)}.items():
        with acting(name) as actor:
            for number in which:
                library.note_view(actor, actor.session.get_one(FileVersion, versions[number]))
    lines = brief("rhea")["documents"]
    assert [sources(line) for line in lines] == [[("file", ids[0])], [("file", ids[1])]]
    assert lines[0]["text"] == f"b.txt · opened by 2 of them, 2 times, last on {said_day(0)}"


def test_key_dates(texts, acting, world, say, on_day):
    today = start().date()
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        plan.add_item(rhea, room, title="Far", due=today + timedelta(days=60))
        plan.add_item(rhea, room, title="Near", due=today + timedelta(days=10), kind=MILESTONE)
        plan.set_state(rhea, plan.add_item(rhea, room, title="Done", due=today + timedelta(days=5)), state="done")
        plan.add_item(rhea, room, title="Some day")
    assert texts("rhea", "days") == [f"Near · {said_day(10)} · milestone", f"Far · {said_day(60)} · step of the plan"]
    with on_day(12):
        assert texts("rhea", "days")[0] == f"Near · {said_day(10)} · milestone · Overdue"
        assert f"Finish or move what the plan had for {said_day(10)} · Near" in texts("rhea", "first")


def test_the_last_exchanges_the_last_first(brief, say, acting, world, db):
    gone, first, last = say("petra", "Never mind."), say("petra", "Good morning."), say("rhea", "Good morning to you.")
    with acting("petra") as petra:
        forums.remove_post(petra, petra.session.scalar(select(Post).where(Post.id == gone)))
    shown = [sources(line)[0][1] for line in brief("rhea")["last"]]
    assert shown[:2] == [last, first]
    assert gone not in shown


def test_where_nothing_was_caught(brief, texts, say, on_day, known):
    helen = known("Helen Hall", "decides")
    assert [line["text"] for line in brief("rhea")["gaps"]] == ["Helen Hall · has a part in the purchase, and no word of theirs was caught"]
    before = say("petra", "Good morning.")
    with on_day(50):
        after = say("petra", "Good morning again.")
        for number in range(51, 56):
            with on_day(number):
                say("petra", f"Good morning, the {number}th time.")
    with on_day(56):
        gap, person = brief("rhea")["gaps"]
        assert gap["text"] == f"From {said_day(0)} to {said_day(50)} · longer than usual here"
        assert sources(gap) == [("post", before)]
        assert sources(person) == [("contact", helen)]
        assert after
        assert "Get to know Helen Hall · no word of theirs was caught" in texts("rhea", "first")
    with on_day(90):
        lasting = brief("rhea")["gaps"][1]
        assert lasting["text"] == f"Since {said_day(55)} · longer than usual here"


def test_where_people_seldom_write_it_takes_longer_to_be_a_gap(texts, say, on_day):
    for number in (0, 20, 40, 60, 80):
        with on_day(number):
            say("petra", f"Good morning, for the {number}th day.")
    with on_day(110):
        assert not [line for line in texts("rhea", "gaps") if "usual" in line]
    with on_day(150):
        assert texts("rhea", "gaps") == [f"Since {said_day(80)} · longer than usual here"]


def test_an_account_that_nobody_owns_and_where_nothing_happened(door, world, acting):
    with acting("ravi") as ravi:
        world.keep("new", accounts.open_account(ravi, name="New Works"))
    told = door("ravi").get(f"/api/v1/accounts/{world.ids['new']}/brief").json
    empty = {section["key"] for section in told["sections"] if not section["lines"]}
    assert empty == {"first", "people", "ours", "theirs", "questions", "objections", "decisions", "documents", "days", "last", "gaps"}
    page = door("ravi").get(f"/accounts/{world.ids['new']}/brief").text
    for words in ("Nothing presses.", "Nobody is known here yet.", "No question of theirs waits.", "Nothing was said yet."):
        assert words in page


def test_a_long_quote_ends_where_a_sentence_does(texts, say):
    say("petra", "One sentence is here. " * 30)
    told = texts("rhea", "last")[0]
    quoted = told.partition("”")[0]
    assert quoted.endswith("One sentence is here.")
    assert len(quoted) <= 230


def test_a_short_sentence_stands_with_the_one_before_it(texts, say):
    say("petra", "The board has seen both offers for the 24 V gateways. We decided: yours.")
    assert texts("rhea", "decisions")[0].startswith("“The board has seen both offers for the 24 V gateways. We decided: yours.”")
