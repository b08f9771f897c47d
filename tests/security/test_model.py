"""Random histories against the model: after every step some of the cast ask what they may read, as a list and one by one.

A few hundred steps in the usual run; MAINSTAY_TEST_SCALE multiplies them.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

import wsgi
from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.actor import Actor, the_system
from portal.kernel.audiences import held
from portal.kernel.db import Base
from portal.kernel.errors import Refused
from portal.kernel.house import House
from portal.kernel.policy import RULES, allowed, may
from portal.people import actions as people
from portal.people.models import Person
from tests import cast
from tests.cast import World
from tests.security.conftest import settings_of
from tests.security.model import COMPANY, PEOPLE, REPS, STAFF, Model, Place, Room, Said, Talk
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Post, Topic
from workspaces.forums.policy import May as Forums
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Group, Workspace
from workspaces.rooms.policy import May as Rooms

SCALE = float(os.environ.get("MAINSTAY_TEST_SCALE", "1"))
STEPS = 30  # after a beginning of about thirty
LUCK = st.integers(0, 2**32 - 1).map(random.Random)  # what a step picks by: hypothesis chooses the step and the seed
HOUSE: list[tuple[House, World]] = []
HAPPENED: Counter[str] = Counter()  # how often something succeeded, and how often it was refused: histories of refusals show nothing


class Histories(RuleBasedStateMachine):
    """Each history is one transaction that is taken back at its end."""

    def __init__(self) -> None:
        super().__init__()
        house, self.world = HOUSE[0]
        self.session = Session(house.db._writing)
        self.model = Model()
        self.asked = 0
        for account in ("calder", "otway"):
            self._opened(account, self.model.owners[account])

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @initialize(luck=LUCK)
    def furnish(self, luck: random.Random) -> None:
        """A community, people in the rooms, places for the staff and for groups, some talk, some of it hidden, moved, removed."""
        self.open_community(luck)
        made = ((self.join, 8), (self.make_forum, 3), (self.make_group, 2), (self.start_topic, 6), (self.post, 6))
        moderated = ((self.hide_or_show, 2), (self.remove_post, 2), (self.move_topic, 4), (self.remove_topic, 2))
        for act, often in (*made, *moderated, (self.remove, 2), (self.suspend_or_restore, 1)):
            for _n in range(often):
                act(luck)
        for who in PEOPLE:
            self._ask(who)

    @rule(luck=LUCK)
    def somebody_writes(self, luck: random.Random) -> None:
        luck.choice([self.start_topic, self.post, self.post])(luck)

    @rule(luck=LUCK)
    def somebody_moderates(self, luck: random.Random) -> None:
        acts = [
            self.hide_or_show,
            self.remove_post,
            self.restore_post,
            self.lock_or_open,
            self.remove_topic,
            self.move_topic,
            self.move_topic,
        ]
        luck.choice(acts)(luck)

    @rule(luck=LUCK)
    def people_come_and_go(self, luck: random.Random) -> None:
        luck.choice([self.join, self.join, self.remove, self.leave, self.change_role, self.change_group])(luck)

    @rule(luck=LUCK)
    def places_change(self, luck: random.Random) -> None:
        luck.choice([self.open_room, self.make_group, self.make_forum, self.archive_or_restore])(luck)

    @rule(luck=LUCK)
    def staff_change(self, luck: random.Random) -> None:
        luck.choice([self.give_account, self.join_or_leave_team, self.suspend_or_restore])(luck)

    # --- rooms and who is in them ---------------------------------------------------------------------------------------

    def open_room(self, luck: random.Random) -> None:
        account = luck.choice(["calder", "otway"])
        who = self._one(luck, lambda each: each in self.model.teams[account] - self.model.gone, among=REPS)
        if self._try(who in self.model.teams[account] - self.model.gone, lambda: self._opened(account, who)):
            self._ask()

    def open_community(self, luck: random.Random) -> None:
        if any(room.community for room in self.model.rooms.values()):
            return
        both = [self._row(Account, key) for key in ("calder", "otway")]
        made = rooms.open_workspace(the_system(self.session), title=f"Circle {len(self.model.rooms)}", accounts=both, community=True)
        self._keep_room(made, Room(("calder", "otway"), community=True))
        rooms.join(the_system(self.session), made, self._person("rhea"), role="owner", account=None)
        self.model.rooms[made.pk].members["rhea"] = "owner"

    def join(self, luck: random.Random) -> None:
        key, room = self._room(luck)
        fitting = [who for who in PEOPLE if COMPANY.get(who, room.accounts[0]) in room.accounts]
        who = luck.choice(fitting)
        if who in room.members or who in self.model.gone:
            return
        account = self._row(Account, COMPANY[who]) if who in COMPANY else None
        role = luck.choice(["moderator", "member", "reader"])
        rooms.join(the_system(self.session), self.session.get_one(Workspace, key), self._person(who), role=role, account=account)
        room.members[who] = role
        self._ask(who)

    def remove(self, luck: random.Random) -> None:
        key, room = self._room(luck)
        who, by = luck.choice(sorted(room.members)), self._one(luck, lambda each: self.model.runs(each, room))
        if self._last_owner(room, who):
            return
        workspace, person = self.session.get_one(Workspace, key), self._person(who)
        right = self.model.runs(by, room) and not room.archived
        if self._try(right, lambda: rooms.remove_member(self._as(by), workspace, person=person)):
            self._left(room, who)
            self._ask(who)

    def leave(self, luck: random.Random) -> None:
        key, room = self._room(luck)
        here = sorted(room.members.keys() - self.model.gone)
        who = luck.choice(here) if here else None
        if who is not None and not self._last_owner(room, who):
            rooms.leave_workspace(self._as(who), self.session.get_one(Workspace, key))
            self._left(room, who)
            self._ask(who)

    def change_role(self, luck: random.Random) -> None:
        key, room = self._room(luck)
        who, by = luck.choice(sorted(room.members)), self._one(luck, lambda each: self.model.runs(each, room))
        role = luck.choice(["owner", "moderator", "member", "reader"])
        if self._last_owner(room, who) or (role == "owner" and who not in STAFF):
            return
        workspace, person = self.session.get_one(Workspace, key), self._person(who)
        right = self.model.runs(by, room) and not room.archived
        if self._try(right, lambda: rooms.change_role(self._as(by), workspace, person=person, role=role)):
            room.members[who] = role
            self._ask(who)

    def make_group(self, luck: random.Random) -> None:
        """A group of some of the members, and a forum for it."""
        key, room = self._room(luck)
        by, inside = self._one(luck, lambda each: self.model.runs(each, room)), self._some(luck, room)
        name, workspace, members = f"Group {len(room.groups)}", self.session.get_one(Workspace, key), [self._person(who) for who in inside]
        right = self.model.runs(by, room) and not room.archived
        made = self._try(right, lambda: rooms.make_group(self._as(by), workspace, name=name, members=members))
        if made:
            room.groups[made.pk] = set(inside)
            forum = forums.make_forum(self._as(by), workspace, title=name, audience=made)
            self.model.forums[forum.pk] = Place(key, made.pk)

    def change_group(self, luck: random.Random) -> None:
        if not any(room.groups for room in self.model.rooms.values()):
            return
        room = luck.choice([room for _key, room in sorted(self.model.rooms.items()) if room.groups])
        group, inside = luck.choice(sorted(room.groups)), self._some(luck, room)
        by = self._one(luck, lambda each: self.model.runs(each, room))
        row, members = self.session.get_one(Group, group), [self._person(who) for who in inside]
        right = self.model.runs(by, room) and not room.archived
        if self._try(right, lambda: rooms.change_group(self._as(by), row, members=members)):
            room.groups[group] = set(inside)
            self._ask()

    def archive_or_restore(self, luck: random.Random) -> None:
        archived = [key for key, room in sorted(self.model.rooms.items()) if room.archived]
        key = luck.choice(archived) if archived else self._room(luck)[0]  # most rooms are worked in most of the time
        room = self.model.rooms[key]
        by = self._one(luck, lambda each: self.model.runs(each, room))
        act = rooms.restore_workspace if room.archived else rooms.archive_workspace
        if self._try(self.model.runs(by, room), lambda: act(self._as(by), self.session.get_one(Workspace, key))):
            room.archived = not room.archived
            self._ask()

    # --- places and talk ------------------------------------------------------------------------------------------------

    def make_forum(self, luck: random.Random) -> None:
        key, room = self._room(luck)
        by, audience = self._one(luck, lambda each: self.model.runs(each, room)), luck.choice(["everyone", "staff"])
        title, workspace = f"Forum {len(self.model.forums)}", self.session.get_one(Workspace, key)
        right = self.model.runs(by, room) and not room.archived
        made = self._try(right, lambda: forums.make_forum(self._as(by), workspace, title=title, audience=audience))
        if made:
            self.model.forums[made.pk] = Place(key, audience)

    def start_topic(self, luck: random.Random) -> None:
        key = luck.choice(sorted(self.model.forums))
        who, forum = self._one(luck, lambda each: self.model.may_start(each, key)), self.session.get_one(Forum, key)
        made = self._try(self.model.may_start(who, key), lambda: forums.start_topic(self._as(who), forum, title="A topic", body="Begun."))
        if made:
            self.model.topics[made.pk] = Talk(key, who)
            first = self.session.query(Post).filter_by(topic_pk=made.pk).one()
            self.model.posts[first.pk] = Said(made.pk, who)
            self._ask()

    def post(self, luck: random.Random) -> None:
        if not self.model.topics:
            return
        key = luck.choice(sorted(self.model.topics))
        team = luck.random() < 0.4
        right = self.model.may_note if team else self.model.may_post
        who, topic = self._one(luck, lambda each: right(each, key)), self.session.get_one(Topic, key)
        made = self._try(right(who, key), lambda: forums.post_message(self._as(who), topic, body="Said.", team=team))
        if made:
            self.model.posts[made.pk] = Said(key, who, team=team)
            self._ask()

    def hide_or_show(self, luck: random.Random) -> None:
        if not self.model.posts:
            return
        key, said, post = self._post(luck)
        who = self._one(luck, lambda each: self.model.may_hide(each, key))
        act = forums.show_post if said.hidden else partial(forums.hide_post, reason="So.")
        if self._try(self.model.may_hide(who, key), lambda: act(self._as(who), post)):
            said.hidden = not said.hidden
            self._ask(said.author)

    def remove_post(self, luck: random.Random) -> None:
        if not self.model.posts:
            return
        key, said, post = self._post(luck)
        who = self._one(luck, lambda each: self.model.may_remove(each, key))
        if self._try(self.model.may_remove(who, key), lambda: forums.remove_post(self._as(who), post)):
            said.removed_by = who
            self._ask()

    def restore_post(self, luck: random.Random) -> None:
        if not any(said.removed_by for said in self.model.posts.values()):
            return
        key = luck.choice(sorted(key for key, said in self.model.posts.items() if said.removed_by))
        said = self.model.posts[key]
        right = self.model.knows_post(said.removed_by, key) and not self.model.room_of(said.topic).archived
        if self._try(right, lambda: forums.restore_post(self._as(said.removed_by), self.session.get_one(Post, key))):
            said.removed_by = ""
            self._ask()

    def lock_or_open(self, luck: random.Random) -> None:
        if not self.model.topics:
            return
        key, who, topic, talk = self._moderated(luck)
        if self._try(self.model.may_moderate(who, key), lambda: forums.lock_topic(self._as(who), topic, locked=not talk.locked)):
            talk.locked = not talk.locked

    def remove_topic(self, luck: random.Random) -> None:
        if len(self.model.topics) <= 3:
            return
        key, who, topic, talk = self._moderated(luck)
        if self._try(self.model.may_moderate(who, key), lambda: forums.remove_topic(self._as(who), topic)):
            talk.removed = True
            self._ask()

    def move_topic(self, luck: random.Random) -> None:
        if not self.model.topics:
            return
        key, who, topic, talk = self._moderated(luck)
        here = self.model.forums[talk.place].room
        target = luck.choice([key for key, place in sorted(self.model.forums.items()) if place.room == here])
        if target == talk.place:
            return
        right = self.model.may_moderate(who, key) and self.model.may_start(who, target)
        if self._try(right, lambda: forums.move_topic(self._as(who), topic, forum=self.session.get_one(Forum, target))):
            talk.place = target
            self._ask()

    # --- staff come and go ----------------------------------------------------------------------------------------------

    def give_account(self, luck: random.Random) -> None:
        account, to = luck.choice(["calder", "otway"]), luck.choice(REPS)
        if to in self.model.gone or to == self.model.owners[account]:
            return
        before = self.model.owners[account]
        accounts.give_account(self._as("ada"), self._row(Account, account), to=self._person(to))
        self.model.teams[account] = self.model.teams[account] - {before} | {to}
        self.model.owners[account] = to
        for room in self.model.rooms.values():
            self._changed_hands(room, account, before, to)
        self._ask(before)
        self._ask(to)

    def join_or_leave_team(self, luck: random.Random) -> None:
        account, who = luck.choice(["calder", "otway"]), luck.choice(REPS)
        team = self.model.teams[account]
        if who in self.model.gone or who == self.model.owners[account]:
            return
        act = accounts.leave_team if who in team else accounts.join_team
        act(self._as("ada"), self._row(Account, account), person=self._person(who))
        team ^= {who}
        self._ask(who)

    def suspend_or_restore(self, luck: random.Random) -> None:
        back = sorted(self.model.gone)
        who = luck.choice(back) if len(back) > 1 else luck.choice([each for each in PEOPLE if each not in ("ada", "mona")])
        act = people.restore_person if who in self.model.gone else people.suspend_person
        act(self._as("ada"), self._person(who))
        self.model.gone ^= {who}
        self._ask(who)

    # --- asking ---------------------------------------------------------------------------------------------------------

    def _ask(self, who: str | None = None) -> None:
        """Somebody, and the next of the cast in turn, say all that they may read; each cell once more as a point answer."""
        self.asked += 1
        for name in {who or PEOPLE[(self.asked * 5) % len(PEOPLE)], PEOPLE[self.asked % len(PEOPLE)]}:
            wrong = differences(self._as(name), name, self.model, self.asked)
            assert not wrong, "\n".join(wrong)

    def _as(self, who: str) -> Actor:
        return Actor(self.session, self._person(who))

    def _person(self, who: str) -> Person:
        return self._row(Person, who)  # type: ignore[no-any-return]

    def _row(self, model: Any, key: str) -> Any:
        return self.session.get_one(model, self.world.pks[key])

    def _room(self, luck: random.Random) -> tuple[int, Room]:
        key = luck.choice(sorted(self.model.rooms))
        return key, self.model.rooms[key]

    def _post(self, luck: random.Random) -> tuple[int, Said, Post]:
        key = luck.choice(sorted(self.model.posts))
        return key, self.model.posts[key], self.session.get_one(Post, key)

    def _moderated(self, luck: random.Random) -> tuple[int, str, Topic, Talk]:
        key = luck.choice(sorted(self.model.topics))
        who = self._one(luck, lambda each: self.model.may_moderate(each, key))
        return key, who, self.session.get_one(Topic, key), self.model.topics[key]

    def _one(self, luck: random.Random, right: Callable[[str], bool], among: tuple[str, ...] = PEOPLE) -> str:
        """Mostly somebody who may, so that something happens; else anybody."""
        those = [who for who in among if right(who)]
        return luck.choice(those if those and luck.random() < 0.7 else among)

    def _some(self, luck: random.Random, room: Room) -> list[str]:
        return [who for who in sorted(room.members) if luck.random() < 0.5]

    def _try(self, right: bool, act: Callable[[], Any]) -> Any:
        """The act succeeds exactly where the model says that it may; a refusal changes nothing."""
        refused: Refused | None = None
        done = None
        try:
            with self.session.begin_nested():
                done = act()
        except Refused as error:
            refused = error
        HAPPENED["refused" if refused else "done"] += 1
        assert right == (refused is None), f"the model says {right}, the house {type(refused).__name__} {refused}"
        return (done or True) if refused is None else None

    def _opened(self, account: str, who: str) -> Workspace:
        made = rooms.open_workspace(self._as(who), title=f"Room {len(self.model.rooms)}", accounts=[self._row(Account, account)])
        self._keep_room(made, Room((account,), members={who: "owner"}))
        return made

    def _keep_room(self, made: Workspace, room: Room) -> None:
        self.model.rooms[made.pk] = room
        for forum in self.session.query(Forum).filter_by(workspace_pk=made.pk):
            self.model.forums[forum.pk] = Place(made.pk)

    def _left(self, room: Room, who: str) -> None:
        del room.members[who]
        for inside in room.groups.values():
            inside.discard(who)

    def _last_owner(self, room: Room, who: str) -> bool:
        owners = {each for each, role in room.members.items() if role == "owner"}
        return who in owners and not owners - {who} - self.model.gone

    def _changed_hands(self, room: Room, account: str, before: str, to: str) -> None:
        """With an account its own rooms change hands: the successor owns them and takes the predecessor's place in groups."""
        if room.community or room.accounts != (account,):
            return
        room.members[to] = "owner"
        if before in room.members:
            for inside in room.groups.values():
                inside.update({to} if before in inside else ())
            self._left(room, before)


KINDS = (
    (Rooms.READ_WORKSPACE, "rooms", "knows_room"),
    (Forums.READ_FORUM, "forums", "knows_forum"),
    (Forums.READ_TOPIC, "topics", "knows_topic"),
    (Forums.READ_POST, "posts", "knows_post"),
    (Forums.READ_WORDS, "posts", "reads_words"),
)


def differences(actor: Actor, who: str, model: Model, turn: int = 0) -> list[str]:
    """Where the house and the model disagree on what this person may read, of what the model knows."""
    wrong = []
    for verb, things, reads in KINDS:
        known = getattr(model, things)
        expected = {key for key in known if getattr(model, reads)(who, key)}
        row = RULES[verb].model
        listed = set(actor.session.scalars(allowed(actor, verb).with_only_columns(row.pk))) & known.keys()
        if listed != expected:
            wrong.append(f"{who} {verb.name}: too many {listed - expected}, missing {expected - listed}")
        for key in sorted(known)[turn % 5 :: 5]:
            if may(actor, verb, actor.session.get_one(row, key)) != (key in expected):
                wrong.append(f"{who} {verb.name} of {key}: the point answer is another")
    return wrong


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The cast alone with their accounts; what rooms the cast has besides is nobody's business here."""
    house = wsgi.build_house(settings_of(tmp_path_factory.mktemp("histories")))
    with house.db.writing() as session:
        Base.metadata.create_all(session.connection())
        world = cast.build(session)
    HOUSE[:] = [(house, world)]
    yield house
    HOUSE.clear()
    house.db.close()


USUAL = settings(
    max_examples=max(1, int(5 * SCALE)),
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=SCALE <= 1,
    database=None,
    phases=(Phase.generate, Phase.shrink) if SCALE > 1 else (Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.usefixtures("house")
def test_histories() -> None:
    HAPPENED.clear()
    run_state_machine_as_test(Histories, settings=USUAL)
    assert HAPPENED["done"] >= 40 * SCALE
    assert HAPPENED["refused"] >= 40 * SCALE


def _team_notes_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads a topic reads its team notes."""
    topics = RULES[Forums.READ_TOPIC].condition
    monkeypatch.setitem(
        RULES,
        Forums.READ_POST,
        replace(RULES[Forums.READ_POST], condition=lambda actor: Post.topic_pk.in_(select(Topic.pk).where(topics(actor)))),
    )


def _moved_talk_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A topic is moved, and its posts are left under their old audience."""
    monkeypatch.setattr("workspaces.forums.actions.moving._restamp", lambda actor, topic, posts: None)


def _removed_topics_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was removed is read on."""
    monkeypatch.setitem(RULES, Forums.READ_TOPIC, replace(RULES[Forums.READ_TOPIC], condition=lambda actor: held(actor, Topic.audience_pk)))


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("plant", [_team_notes_for_all, _moved_talk_stays, _removed_topics_stay])
def test_the_judge_sees_planted_holes(monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Histories, settings=settings(USUAL, max_examples=25, stateful_step_count=8, phases=(Phase.generate,)))
