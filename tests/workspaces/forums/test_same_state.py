"""A page that was open all along shows what a fresh one shows: old state + events = fresh state, over random histories, for each viewer,
through lost connections and lost and regained access, in one process and in two.

`Page` does in Python what static/js/topic.js does in a browser.
"""

import itertools
import random
import re
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import wsgi
from portal.kernel import clock
from portal.kernel.bus import TableBus
from portal.kernel.policy import may
from portal.people.models import Person
from tests.security.doors import Doors
from workspaces.forums import actions
from workspaces.forums.models import Forum, Post, Topic
from workspaces.forums.policy import May
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

VIEWERS = ("rhea", "mona", "petra", "mark", "rolf")
EVENTS = ("post.created", "post.edited", "post.removed", "answer.changed")
LATER = (timedelta(minutes=10) * n for n in itertools.count())  # the world is the same for all stories, and its clock never goes back
PART = {"HX-Request": "true"}


def parsed(html):
    """id -> what is seen of each message, in order; without what only its reader may do and how times are spoken."""
    found = {}
    for part in html.split('<li id="p-')[1:]:
        chunk = part.split("</ol>\n  <template")[0]
        body = re.search(r'<div class="msg-body">(.*?)</div>\s', chunk, re.DOTALL)
        stone = re.search(r'<p class="tombstone".*?>([^<·]*)', chunk)
        signs = sorted(re.findall(r'name="emoji" value="([^"]*)"[^>]*data-by="([^"]*)"', chunk))
        is_ = " ".join(sorted(re.search(r'data-is="([^"]*)"', chunk)[1].split()))
        at = re.search(r'datetime="([^"]*)"', chunk)
        silent = re.search(r'data-look-again="([^"]*)" data-only-look="([^"]*)"', chunk)
        found[chunk[:22]] = {
            "is": is_,
            "body": body[1] if body else None,
            "stone": stone[1].strip() if stone else None,
            "signs": signs,
            "at": "" if stone else at[1],
            "look": silent.groups() if silent else None,
        }
    return found


class Page:
    """A discussion open in a browser."""

    def __init__(self, doors, who, topic):
        self.doors, self.who, self.topic = doors, who, topic
        self.path = f"/w/{doors.world.ids['room']}/discussions/{topic.id}"
        self.client = doors.client(who)
        self.may = {f"author:{doors.world.ids[who]}", *(("moderate",) if who in ("rhea", "mark") else ())}
        self.socket = None
        answer = self.client.get(self.path, headers={"Accept": "text/html"})
        self.posts, self.since = parsed(answer.get_data(as_text=True)), clock.now()
        self.at = re.search(r' data-at="([^"]*)"', answer.get_data(as_text=True))[1]

    def fresh(self):
        answer = self.client.get(self.path)
        return parsed(answer.get_data(as_text=True)) if answer.status_code == 200 else None

    def connect(self):
        io = self.doors.app.extensions["realtime"].io
        self.socket = io.test_client(self.doors.app, flask_test_client=self.client, headers={"Origin": "http://localhost"})
        answer = self.socket.emit("watch", {"topic": self.topic.id, "since": self.at}, callback=True)
        if not answer["ok"]:  # not theirs at the moment
            return self.drop()
        self.at = answer.get("at", self.at)
        if answer.get("stale"):
            self.catch_up()
        for name, payload in answer.get("missed", ()):
            self.heard(name, payload)

    def drop(self):
        self.socket.disconnect()
        self.socket = None

    def hear(self):
        for told in self.socket.get_received() if self.socket and self.socket.is_connected() else ():
            self.heard(told["name"], told["args"][0])

    def heard(self, name, payload):
        if name in ("access", "topic.moved"):
            assert self.topic.id in (payload.get("topic"), payload.get("id"))
            self.catch_up()
        elif name == "post.created" and payload["id"] in self.posts:
            pass
        elif name in EVENTS and self.topic.id in (payload.get("topic"), payload["id"]):
            self.put(payload["html"])

    def catch_up(self):
        asked = clock.now() - timedelta(seconds=1)
        answer = self.client.get(f"{self.path}/changes", query_string={"since": clock.rfc3339(self.since)}, headers=PART)
        if answer.status_code == 200:
            self.since = asked
            self.put(answer.get_data(as_text=True))

    def put(self, html):
        for id, post in parsed(html).items():
            self.posts[id] = post
            if post["look"] and self.may & set(post["look"][1].split()):
                self.posts |= parsed(self.client.get(post["look"][0], headers=PART).get_data(as_text=True))


class Story:
    """What happens: each step by somebody who may, drawn by a seed."""

    def __init__(self, doors, luck):
        self.doors, self.luck, self.step = doors, luck, 0
        self.away = set()
        with doors.house.db.writing() as session:
            general = session.get_one(Forum, doors.world.pks["general"])
            self.topic = actions.start_topic(
                doors.actor(session, "petra"), general, title=f"Of {luck.random()}", body="How?", kind="question"
            )
            session.expunge_all()

    def happen(self):
        with self.doors.house.db.writing() as session:
            self.step += 1
            topic = session.get_one(Topic, self.topic.pk)
            posts = list(session.scalars(select(Post).where(Post.topic_pk == topic.pk).order_by(Post.pk)))
            kinds = [self.say] * 2 + [self.sign] * 2 + [self.note, self.edit, self.remove, self.hide]
            kinds += [self.show, self.membership, self.move, self.answer]
            self.luck.choice(kinds)(session, topic, posts)

    def say(self, session, topic, posts):
        who = self.luck.choice(("rhea", "rhea", "petra", "mark"))
        if may(self.doors.actor(session, who), May.POST_MESSAGE, topic):
            actions.post_message(self.doors.actor(session, who), topic, body=f"Words {self.step} of {who}")

    def note(self, session, topic, posts):
        actions.post_message(self.doors.actor(session, self.luck.choice(("rhea", "mona"))), topic, body=f"Note {self.step}", team=True)

    def edit(self, session, topic, posts):
        mine = [post for post in posts if post.author_pk == self.doors.world.pks["rhea"] and post.stands]
        if mine:
            actions.edit_post(self.doors.actor(session, "rhea"), self.luck.choice(mine), body=f"Changed {self.step}")

    def remove(self, session, topic, posts):
        rhea = self.doors.actor(session, "rhea")
        gone = [post for post in posts if post.removed_at and post.removed_by_pk == rhea.pk]
        if gone and self.luck.random() < 0.6:
            actions.restore_post(rhea, self.luck.choice(gone))
        elif standing := [post for post in posts if not post.removed_at]:
            actions.remove_post(rhea, self.luck.choice(standing))

    def hide(self, session, topic, posts):
        if standing := [post for post in posts if post.stands]:
            actions.hide_post(self.doors.actor(session, "rhea"), self.luck.choice(standing), reason="For a look")

    def show(self, session, topic, posts):
        if hidden := [post for post in posts if post.hidden_at and not post.removed_at]:
            actions.show_post(self.doors.actor(session, "rhea"), self.luck.choice(hidden))

    def answer(self, session, topic, posts):
        rhea = self.doors.actor(session, "rhea")
        if topic.accepted_post_pk and self.luck.random() < 0.3:
            actions.withdraw_answer(rhea, topic)
        elif standing := [post for post in posts if post.stands and not post.team]:
            actions.accept_answer(rhea, topic, post=self.luck.choice(standing))

    def sign(self, session, topic, posts):
        if standing := [post for post in posts if post.stands]:
            post, who = self.luck.choice(standing), self.luck.choice(("rhea", "mona")) if topic.for_team else "rhea"
            actions.react(self.doors.actor(session, who), post, emoji=self.luck.choice(("helpful", "👍")))

    def membership(self, session, topic, posts):
        name, role = self.luck.choice((("petra", "member"), ("mark", "moderator"), ("rolf", "reader")))
        rhea, room = self.doors.actor(session, "rhea"), session.get_one(Workspace, self.doors.world.pks["room"])
        person = session.get_one(Person, self.doors.world.pks[name])
        if name in self.away:
            rooms.join(rhea, room, person, role=role, account=room.accounts[0])
        else:
            rooms.remove_member(rhea, room, person=person)
        self.away ^= {name}

    def move(self, session, topic, posts):
        if self.luck.random() < 0.5:
            return
        there = "general" if topic.forum_pk == self.doors.world.pks["inner"] else "inner"
        actions.move_topic(self.doors.actor(session, "rhea"), topic, forum=session.get_one(Forum, self.doors.world.pks[there]))


def told(pages, settled):
    """Let the pages hear what there is, in two processes until the last of it has come."""
    limit = time.monotonic() + 20
    while True:
        for page in pages:
            page.hear()
        if settled(pages):
            return
        assert time.monotonic() < limit, "what was told last never came"
        time.sleep(0.02)


def play(processes, seed):
    luck = random.Random(seed)
    moment = clock.now() + next(LATER)
    with ExitStack() as until_the_end:
        until_the_end.enter_context(clock.standing_at(moment))
        story = Story(processes[0], luck)
        pages = [Page(luck.choice(processes), who, story.topic) for who in VIEWERS]
        for step in range(14):
            until_the_end.enter_context(clock.standing_at(moment + timedelta(seconds=20 * (step + 1))))
            story.happen()
            for page in pages:
                if page.socket is None and luck.random() < 0.5:
                    page.connect()
                elif page.socket is not None and luck.random() < 0.1:
                    page.drop()
                page.hear()
        for name in sorted(story.away):  # who comes back at the end sees it all again
            story.away = {name}
            with story.doors.house.db.writing() as session:
                room, person = (
                    session.get_one(Workspace, story.doors.world.pks["room"]),
                    session.get_one(Person, story.doors.world.pks[name]),
                )
                role = {"petra": "member", "mark": "moderator", "rolf": "reader"}[name]
                rooms.join(story.doors.actor(session, "rhea"), room, person, role=role, account=room.accounts[0])
        for page in pages:
            page.hear()
            if page.socket is None:
                page.connect()
        with story.doors.house.db.writing() as session:
            last = actions.post_message(story.doors.actor(session, "rhea"), session.get_one(Topic, story.topic.pk), body="The last words")
            last_id = last.id
        told(pages, lambda pages: all(last_id in page.posts for page in pages if page.fresh() is not None))
        for page in pages:
            fresh = page.fresh()
            if fresh is not None:
                shown = dict(sorted(page.posts.items(), key=lambda each: list(fresh).index(each[0]) if each[0] in fresh else -1))
                assert shown == fresh, f"{page.who} in story {seed}"
            if page.socket is not None:
                page.socket.disconnect()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_an_open_page_is_as_a_fresh_one(app, house, world, seed):
    play([Doors(app, house, world)], seed)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_in_two_processes_too(two, seed):
    play(two, seed)


@pytest.fixture
def two(app, house, world, monkeypatch):
    """Two apps on one bus, each told what the other says."""
    other_house = wsgi.build_house(house.settings)
    other = Doors(wsgi.create_app(house=other_house), other_house, world)
    other.app.config.update(TESTING=True, THROTTLE=False)
    monkeypatch.setattr(TableBus, "several_webs", True)
    both = [Doors(app, house, world), other]
    for each in both:
        each.house.bus.listen(each.app.extensions["realtime"].hear)
    yield both
    other_house.close()
