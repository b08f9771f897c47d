"""The plan's rules and what is left of a change."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event
from portal.kernel.sentences import sentence
from portal.people.models import Person
from tests.workspaces.plan.conftest import AGREED, add
from workspaces.forums.models import Forum, Post
from workspaces.plan import actions, queries
from workspaces.plan.models import DOING, DONE, MILESTONE, OPEN, PlanItem
from workspaces.plan.outlines import outlines
from workspaces.rooms.models import Workspace


def item(actor, plan, key):
    return actor.session.get_one(PlanItem, plan.pks[key])


def kinds(db, id):
    db.rollback()
    return list(db.scalars(select(Event.kind).where(Event.subject_id == id).order_by(Event.pk)))


def test_a_client_adds_a_step_and_it_is_on_the_accounts_record(acting, db, world):
    with acting("petra") as petra:
        id = add(petra, world, "Return the questionnaire", owners=("petra",), due=AGREED).id
    event = db.scalars(select(Event).where(Event.subject_id == id)).one()
    assert (event.kind, event.account_pk, event.workspace_pk) == ("plan.added", world.pks["calder"], world.pks["room"])
    assert sentence(event, "Petra Prospect") == "Petra Prospect added “Return the questionnaire” to the plan"


@pytest.mark.parametrize("who", ["rolf", "mona"])
def test_readers_and_managers_read(acting, world, plan, who):
    with acting(who) as reader:
        room = reader.session.get_one(Workspace, world.pks["room"])
        assert {each.title for each in queries.plan_of(reader, room).items} == {"Go-live", "Confirm the 24 V supply", "Send the kit list"}
    for act in (lambda a: add(a, world, "Mine"), lambda a: actions.set_state(a, item(a, plan, "supply"), state=DONE)):
        with pytest.raises(Forbidden), acting(who) as reader:
            act(reader)


@pytest.mark.parametrize("who", ["otto", "paul", "nils", "ravi", "ada"])
def test_others_do_not_know_of_it(acting, plan, who):
    with pytest.raises(NotFound), acting(who) as stranger:
        actions.set_state(stranger, item(stranger, plan, "supply"), state=DONE)


def test_whose_step_it_is_ticks_it_and_takes_that_back(acting, db, plan):
    for state in (DONE, OPEN, DOING):
        with acting("petra") as petra:
            actions.set_state(petra, item(petra, plan, "supply"), state=state)
        db.rollback()
        assert (item_of(db, plan, "supply").done_at is not None) == (state == DONE)
    assert kinds(db, plan.ids["supply"]) == ["plan.added", "plan.done", "plan.reopened", "plan.started"]


def item_of(db, plan, key):
    return db.get_one(PlanItem, plan.pks[key])


def test_somebody_elses_step_is_not_theirs_to_tick_or_change(acting, plan):
    with pytest.raises(Forbidden), acting("petra") as petra:
        actions.set_state(petra, item(petra, plan, "kit"), state=DONE)
    with pytest.raises(Forbidden), acting("petra") as petra:
        actions.move_due(petra, item(petra, plan, "supply"), due=None)
    with acting("rhea") as rhea:
        actions.set_state(rhea, item(rhea, plan, "supply"), state=DONE)  # who runs the room may any


def test_a_moved_date_stays_readable(acting, db, plan):
    for day in (date(2026, 12, 1), date(2026, 12, 8)):
        with acting("rhea") as rhea:
            actions.move_due(rhea, item(rhea, plan, "supply"), due=day)
    found = item_of(db, plan, "supply")
    assert (found.due, found.was_due) == (date(2026, 12, 8), [AGREED, date(2026, 12, 1)])
    last = db.scalars(select(Event).where(Event.subject_id == found.id).order_by(Event.pk.desc())).first()
    assert sentence(last, "Rhea Rep") == "Rhea Rep moved “Confirm the 24 V supply” from 1 Dec 2026 to 8 Dec 2026"


def test_back_and_forth_names_each_day_once_and_none_is_possible(acting, db, plan):
    for day in (date(2026, 12, 1), AGREED, None):
        with acting("rhea") as rhea:
            actions.move_due(rhea, item(rhea, plan, "supply"), due=day)
    found = item_of(db, plan, "supply")
    assert (found.due, found.was_due) == (None, [AGREED, date(2026, 12, 1)])


def test_nothing_is_recorded_where_nothing_changes(acting, db, plan):
    with acting("rhea") as rhea:
        row = item(rhea, plan, "supply")
        actions.move_due(rhea, row, due=AGREED)
        actions.rename_item(rhea, row, title=row.title)
        actions.set_owners(rhea, row, owners=list(row.owners))
        actions.put_under(rhea, row, milestone=row.milestone)
        actions.set_state(rhea, row, state=OPEN)
    assert kinds(db, plan.ids["supply"]) == ["plan.added"]


def test_milestones_lead_nowhere(acting, world, plan):
    with acting("rhea") as rhea:
        with pytest.raises(Invalid):
            actions.put_under(rhea, item(rhea, plan, "goal"), milestone=item(rhea, plan, "goal"))
        with pytest.raises(Invalid):
            add(rhea, world, "Another", kind=MILESTONE, milestone=item(rhea, plan, "goal"))


def test_a_removed_milestone_leaves_its_steps_and_has_them_again(acting, world, plan):
    def parts(actor):
        found = queries.plan_of(actor, actor.session.get_one(Workspace, world.pks["room"])).parts
        return {part.milestone and part.milestone.title: [step.title for step in part.steps] for part in found}

    whole = {"Go-live": ["Confirm the 24 V supply"], None: ["Send the kit list"]}
    with acting("rhea") as rhea:
        assert parts(rhea) == whole
        actions.remove_item(rhea, item(rhea, plan, "goal"))
        rhea.session.flush()
        assert parts(rhea) == {None: ["Confirm the 24 V supply", "Send the kit list"]}
        actions.restore_item(rhea, item(rhea, plan, "goal"))
        rhea.session.flush()
        assert parts(rhea) == whole


def test_owners_are_people_who_are_here(acting, world):
    with acting("petra") as petra:
        room = petra.session.get_one(Workspace, world.pks["room"])
        assert queries.owners_named(petra, room, [world.ids["rhea"], world.ids["mark"]])
        for stranger in ("otto", "nils", "ravi"):
            with pytest.raises(Invalid):
                queries.owners_named(petra, room, [world.ids[stranger]])


def test_my_own_come_first_then_by_day(acting, world, plan):
    with acting("rhea") as rhea:
        add(rhea, world, "Later", due=date(2026, 12, 24), owners=("petra",))
    with acting("rhea") as rhea:
        seen = queries.plan_of(rhea, rhea.session.get_one(Workspace, world.pks["room"]))
        assert [each.title for each in queries.next_steps(rhea, seen)] == ["Send the kit list", "Confirm the 24 V supply", "Later"]


def test_a_discussion_is_a_topic_that_the_step_names(acting, db, world, plan):
    with acting("petra") as petra:
        general = petra.session.get_one(Forum, world.pks["general"])
        topic = actions.discuss_item(petra, item(petra, plan, "supply"), forum=general, body="Six or seven panels?")
    assert item_of(db, plan, "supply").topic_pk == topic.pk
    body = db.scalars(select(Post.body).where(Post.topic_pk == topic.pk)).one()
    assert plan.ids["supply"] in body
    assert body.endswith("Six or seven panels?")


@pytest.mark.parametrize("name", ["onboarding", "evaluation"])
def test_a_template_fills_the_plan(acting, world, name):
    first = now().date()
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        made = actions.start_plan(rhea, room, outline=outlines()[name], first=first)
        assert all(each.due > first for each in made)
        assert all(each.milestone is not None for each in made if not each.is_milestone)
    with pytest.raises(Forbidden), acting("petra") as petra:
        actions.start_plan(petra, petra.session.get_one(Workspace, world.pks["room"]), outline=outlines()[name], first=first)


def test_a_plan_is_copied_with_its_distances_and_without_its_people(acting, world, plan):
    with acting("rhea") as rhea:
        room, side = (rhea.session.get_one(Workspace, world.pks[key]) for key in ("room", "side"))
        actions.start_plan(rhea, side, outline=queries.outline_of(rhea, room), first=date(2027, 1, 1))
        copied = {each.title: each for each in queries.plan_of(rhea, side).items}
        assert copied["Confirm the 24 V supply"].due == date(2027, 1, 1)
        assert copied["Confirm the 24 V supply"].milestone is copied["Go-live"]
        assert (copied["Go-live"].due - date(2027, 1, 1)).days == (date(2027, 2, 8) - AGREED).days
        assert copied["Send the kit list"].milestone is None
        assert not any(each.owners for each in copied.values())


def test_whoever_takes_over_the_account_has_the_open_steps(acting, db, world, plan):
    with acting("ada") as ada:
        calder, nora = ada.session.get_one(Account, world.pks["calder"]), ada.session.get_one(Person, world.pks["nora"])
        accounts.give_account(ada, calder, to=nora)
    assert [each.name for each in item_of(db, plan, "kit").owners] == ["Nora Newrep"]
    assert {each.name for each in item_of(db, plan, "supply").owners} == {"Petra Prospect", "Mark Moderator"}
