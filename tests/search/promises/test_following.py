"""Promises follow what messages say: what is noted of it, from when, and for whom."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.clock import now
from portal.kernel.copying import COPIED
from search.categories import actions as categories
from search.promises.models import Promise, PromiseFact
from search.promises.queries.reading import says, whole_sentences
from tests.search.promises.telling import PROMISE, THEN, edit, listed, patch
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Post, Topic

LATER = THEN + timedelta(hours=2)


class TestSentences:
    def test_they_are_whole(self):
        body = "Hello there. I will send you the drawings by Friday. Thank you."
        begins = body.index("send")
        assert whole_sentences(body, begins, begins + 4) == "I will send you the drawings by Friday."
        assert whole_sentences(body, 0, 0) == body

    def test_of_a_whole_message_as_many_as_are_short(self):
        sentence = "We will send you every drawing of lot two as soon as it is made."
        told = whole_sentences(" ".join([sentence] * 40), 0, 0)
        assert told == " ".join([sentence] * 9)
        long = "We will send " + "one more drawing and " * 60 + "that is all."
        assert whole_sentences(f"{long} Thank you.", 0, 0) == long
        assert whole_sentences("> cited alone", 0, 0) == "> cited alone"

    def test_marks_and_lines_are_no_other_words(self):
        assert says("Hello.\n\nI will **send** you\nthe drawings by _Friday_.", PROMISE)
        assert not says("I will send you the drawings by Monday.", PROMISE)

    def test_a_long_promise_is_told_whole(self, say, door, world):
        long = "I will send you " + "one more drawing and " * 40 + "the list by Friday."
        say("rhea", long)
        assert [each["text"] for each in listed(door("rhea"), world)] == [long]


class TestEditing:
    def knots(self, promise):
        return [(fact.state, fact.due, fact.by_pk) for fact in promise.so_far]

    def test_what_changes_nothing_of_it_is_noted_nowhere(self, two, acting, house, promise_of):
        before = promise_of(two["post"])
        with time_machine.travel(LATER, tick=True):
            for body in ("Hello again.\n\nI will send you the **drawings** by Friday.", f"Good morning, all of you. {PROMISE} Thank you."):
                edit(acting, house, two["post"], body)
                after = promise_of(two["post"])
                assert (after.words, after.changed_at, self.knots(after)) == (PROMISE, None, self.knots(before))
                assert len(after.facts) == 1

    def test_what_is_taken_out_at_once_never_was_promised(self, say, acting, house, promise_of):
        with time_machine.travel(THEN, tick=True):
            id = say("rhea", PROMISE)
            assert promise_of(id).words == PROMISE
            edit(acting, house, id, "Which protocols do you need?")
        assert promise_of(id) is None

    def test_what_is_mended_at_once_leaves_no_word_of_before(self, say, acting, house, promise_of, door):
        with time_machine.travel(THEN, tick=True):
            id = say("rhea", PROMISE)
            edit(acting, house, id, "I will send you the drawings by Monday.")
        promise = promise_of(id)
        assert [fact.words for fact in promise.facts] == ["I will send you the drawings by Monday."]
        assert "by Friday" not in door("rhea").get(f"/promises/{id}").text

    def test_what_is_taken_out_in_the_open_is_withdrawn_and_stands_again_with_it(self, two, acting, house, promise_of):
        with time_machine.travel(LATER, tick=True):
            edit(acting, house, two["post"], "Which protocols do you need?")
            gone = promise_of(two["post"])
            assert (gone.state, gone.changed_at is not None, gone.words) == ("withdrawn", True, PROMISE)
            edit(acting, house, two["post"], f"Which protocols do you need? {PROMISE}")
        back = promise_of(two["post"])
        assert (back.state, back.changed_at, back.words) == ("open", None, PROMISE)
        assert [state for state, _due, _by in self.knots(back)] == ["open", "withdrawn", "open"]

    def test_another_promise_in_its_place_is_withdrawn_too_and_who_says_that_it_stands_wins(self, two, acting, house, promise_of, door):
        with time_machine.travel(LATER, tick=True):
            edit(acting, house, two["post"], "I will send you the drawings by Monday.")
            assert promise_of(two["post"]).state == "open"
            edit(acting, house, two["post"], "Which protocols do you need?")
            assert promise_of(two["post"]).state == "withdrawn"
            assert patch(door("rhea"), f"promises/{two['ours']}", state="open").json["state"] == "open"
            with acting("rhea") as rhea:
                categories.categorise(rhea, keys=[f"post:{two['post']}"])
            assert promise_of(two["post"]).state == "open"

    @pytest.mark.parametrize("state", ["kept", "contested"])
    def test_what_people_said_of_it_stays(self, two, acting, house, promise_of, door, state):
        with time_machine.travel(LATER, tick=True):
            assert patch(door("petra"), f"promises/{two['ours']}", state=state).status_code == 200
            edit(acting, house, two["post"], "Which protocols do you need?")
        promise = promise_of(two["post"])
        assert (promise.state, promise.changed_at is not None) == (state, True)

    def test_who_corrects_the_labels_has_said_nothing_of_it(self, two, acting, house, promise_of, world):
        with time_machine.travel(LATER, tick=True), acting("rhea") as rhea:
            post = rhea.session.scalar(select(Post).where(Post.id == two["post"]))
            forums.edit_post(rhea, post, body="I will send you the drawings by Monday.")
            categories.categorise(rhea, keys=[f"post:{post.id}"])
        assert [by for _state, _due, by in self.knots(promise_of(two["post"]))] == [None, None]


class TestClocks:
    def test_what_is_said_to_come_is_so_from_now_on(self, acting, house, world, door, db):
        """What was imported may be dated ahead of us."""
        with acting("rhea") as rhea:
            note = accounts.write_note(rhea, rhea.session.get_one(Account, world.pks["calder"]), kind="call", body=PROMISE)
            note.at = now() + timedelta(days=30)
            categories.categorise(rhea, keys=[f"note:{note.id}"])
            id = note.id
        fact = db.scalar(select(PromiseFact).join(Promise).where(Promise.id == id))
        assert fact.valid_from <= now()
        assert patch(door("rhea"), f"promises/{id}", state="kept").status_code == 200


class TestCommunities:
    @pytest.fixture
    def answered(self, acting, circle, world, house):
        """In Petra's discussion Rhea answers Otto, and then all."""
        with acting("petra") as petra:
            forum = petra.session.scalars(select(Forum).where(Forum.workspace_pk == world.pks["circle"])).first()
            pk = forums.start_topic(petra, forum, title="Sensors", body="How long do they last?").pk
        with acting("otto") as otto:
            asked = forums.post_message(otto, otto.session.get_one(Topic, pk), body="And in the cold?").pk
        with acting("rhea") as rhea:
            topic = rhea.session.get_one(Topic, pk)
            to_otto = forums.post_message(rhea, topic, body=PROMISE, reply_to=rhea.session.get_one(Post, asked)).id
            to_all = forums.post_message(rhea, topic, body="I will send you the sheet by Friday.").id
        drain(house, topics=("index",))
        return to_otto, to_all

    def test_what_answers_a_client_is_promised_to_their_company(self, answered, world, promise_of, door):
        to_otto, _to_all = answered
        assert [promise_of(id).account_pk for id in answered] == [world.pks["otway"], world.pks["calder"]]
        for who, seen in {"petra": (404, 200), "otto": (200, 404)}.items():
            assert tuple(door(who).get(f"/api/v1/promises/{id}").status_code for id in answered) == seen
        assert patch(door("otto"), f"promises/{to_otto}", state="kept").status_code == 200

    def test_a_copy_has_those_of_its_account_and_their_messages(self, answered, world, db):
        def copied(name, model, account):
            return set(db.scalars(select(model.pk).where(COPIED[name].mine(world.pks[account]))))

        for account in ("calder", "otway"):
            promises = copied("promise", Promise, account)
            assert {db.get(Promise, pk).account_pk for pk in promises} <= {world.pks[account]}
            assert {db.get(Promise, pk).post_pk for pk in promises} <= copied("post", Post, account)
            facts = copied("promise_fact", PromiseFact, account)
            assert {db.get(PromiseFact, pk).promise_pk for pk in facts} == promises
        assert copied("promise", Promise, "calder")
