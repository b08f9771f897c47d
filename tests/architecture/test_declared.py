"""Nothing that acts or answers goes undeclared: actions, endpoints, socket events."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest
from flask import Flask

import portal
import search
import workspaces
from portal.kernel.policy import RULES, Verbs
from portal.web import api, described, endpoint, realtime
from workspaces.forums.schemas import NewPost, PostPatch

# Public functions in actions that take an actor and require nothing themselves, and why that is right.
HELPERS = "the actions that call it have found it to be right"
ASKS = "only reads"
RECORDS = "writes down what an action has just done"
PLANTED = "planted by this test"
OPEN: dict[str, str] = {
    "portal.accounts.actions.contacts.know_contact": HELPERS,
    "portal.accounts.actions.contacts.roles_of": ASKS,
    "portal.accounts.actions.contacts.play": HELPERS,
    "portal.accounts.actions.contacts.refuse_twin": ASKS,
    "portal.accounts.actions.contacts.record_contact": RECORDS,
    "portal.accounts.actions.moving.leave": HELPERS,
    "portal.accounts.actions.moving.places": ASKS,
    "portal.accounts.actions.moving.stay": HELPERS,
    "portal.accounts.actions.ownership.owner_of": ASKS,
    "portal.accounts.actions.ownership.staff_named": ASKS,
    "portal.people.actions.installation.note": RECORDS,
    "workspaces.forums.actions.moving.be_for": HELPERS,
    "workspaces.rooms.actions.ending.end_of": ASKS,
    "workspaces.rooms.actions.ending.last_day": ASKS,
    "workspaces.rooms.actions.members.end_membership": HELPERS,
    "workspaces.rooms.actions.members.tell_before": HELPERS,
    "workspaces.forums.actions.posts.write": HELPERS,
    "workspaces.forums.actions.posts.recount": HELPERS,
    "workspaces.forums.actions.picking.picked_files": ASKS,
    "workspaces.forums.actions.picking.sent_with": ASKS,
    "workspaces.forums.actions.reading.begun": HELPERS,
    "workspaces.forums.actions.reading.note_receipt": HELPERS,
    "workspaces.forums.actions.recording.record_about": RECORDS,
    "workspaces.forums.actions.recording.record_for_us": RECORDS,
    "workspaces.rooms.actions.members.account_of": ASKS,
    "workspaces.forums.actions.topics.refuse_announcing": ASKS,
    "workspaces.library.actions.attachments.named": ASKS,
    "workspaces.library.actions.files.opened_lately": ASKS,
    "workspaces.library.actions.files.write_file": HELPERS,
    "workspaces.library.actions.files.free_name": ASKS,
    "workspaces.library.actions.files.record_file": RECORDS,
    "workspaces.library.actions.moving.gains_by_moving": ASKS,
    "workspaces.moderation.actions.holding.note": RECORDS,
    "search.handover.actions.carrying_out.carry_out": HELPERS,
    "search.handover.actions.carrying_out.tell": RECORDS,
    "search.handover.actions.deciding.refuse": ASKS,
    "workspaces.plan.actions.give_back_steps": HELPERS,
    "workspaces.plan.actions.pass_on_steps": HELPERS,
    "workspaces.rooms.actions.audiences.of_group": ASKS,
    "workspaces.rooms.actions.audiences.set_audience": HELPERS,
    "workspaces.rooms.actions.groups.members_of": ASKS,
    "workspaces.rooms.actions.groups.add_to_group": HELPERS,
    **dict.fromkeys(
        (
            f"workspaces.forums.actions.carrying.{name}"
            for name in ("bring_drafts", "follow_on", "mark_again", "regroup_notices", "restamp_events", "take_marks")
        ),
        HELPERS,
    ),
    **dict.fromkeys(
        (f"workspaces.forums.actions.carrying.{name}" for name in ("merged_before", "merged_into", "posts_of", "written_since")), ASKS
    ),
    "workspaces.forums.actions.handing_over.give_back_drafts": HELPERS,
    "workspaces.forums.actions.handing_over.pass_on_drafts": HELPERS,
    "workspaces.forums.actions.handing_over.pass_on_followings": HELPERS,
    "workspaces.forums.actions.handing_over.stop_following": HELPERS,
    "workspaces.rooms.actions.handing_over.give_back_room": HELPERS,
    "workspaces.rooms.actions.handing_over.hand_over_rooms": HELPERS,
    "workspaces.rooms.actions.handing_over.pass_on_room": HELPERS,
    "workspaces.rooms.actions.handing_over.standing_of": ASKS,
    "workspaces.rooms.actions.invitations.own_company": ASKS,
    "workspaces.rooms.actions.invitations.refuse_here": ASKS,
    "workspaces.rooms.actions.invitations.renew": HELPERS,
    "workspaces.rooms.actions.meeting.refuse_among": ASKS,
    "workspaces.rooms.actions.meeting.refuse_coming": ASKS,
    "workspaces.rooms.actions.meeting.refuse_move": ASKS,
    "workspaces.rooms.actions.members.join": HELPERS,
    "workspaces.rooms.actions.members.membership_of": ASKS,
    "workspaces.rooms.actions.workspaces.place_audiences": HELPERS,
    "workspaces.rooms.actions.workspaces.note_for_all": RECORDS,
    "workspaces.rooms.actions.workspaces.note": RECORDS,
}


def functions() -> Iterator[tuple[str, object]]:
    for package in (portal, workspaces, search):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if "actions" in found.name.split(".")[2:]:
                module = importlib.import_module(found.name)
                for name, function in vars(module).items():
                    if inspect.isfunction(function) and not name.startswith("_") and function.__module__ == found.name:
                        yield f"{found.name}.{name}", function


def test_every_action_declares_its_verb_or_says_why_not() -> None:
    silent = {name for name, function in functions() if _acts(function) and not hasattr(function, "__declared__")}
    assert silent - OPEN.keys() == set(), "declare it with @action, or say here why it needs no verb"


def test_every_declared_verb_has_a_rule_and_a_meaning() -> None:
    for name, function in functions():
        declared = getattr(function, "__declared__", None)
        if declared is not None and declared.verb is not None:
            assert declared.verb in RULES, name
    for verb in (verb for verbs in Verbs.__subclasses__() for verb in verbs):
        assert isinstance(verb.value, str)
        assert len(verb.value) > 10, f"{verb} needs a line of meaning"
        assert verb in RULES, f"{verb} has no rule"


def test_the_app_refuses_to_start_with_an_undeclared_endpoint(app: Flask) -> None:
    endpoint.refuse_undeclared(app)
    app.view_functions["forgotten"] = lambda: PLANTED
    with pytest.raises(RuntimeError, match="declare no verb: forgotten"):
        endpoint.refuse_undeclared(app)


def test_the_app_refuses_to_start_with_an_endpoint_of_the_api_that_says_nothing(app: Flask) -> None:
    described.refuse_undescribed(app)
    app.view_functions["api_forums.show_topic"] = endpoint.public(PLANTED)(lambda actor, topic: PLANTED)
    with pytest.raises(RuntimeError, match=r"without a description: api_forums\.show_topic"):
        described.refuse_undescribed(app)


def test_a_body_is_read_by_the_schema_that_is_described(app: Flask) -> None:
    with app.test_request_context("/api/v1/topics/x/posts", method="POST", json={"body": "x"}):
        assert api.body(NewPost).body == "x"
        with pytest.raises(RuntimeError, match="post_message reads PostPatch"):
            api.body(PostPatch)


def test_the_app_refuses_a_verb_without_a_rule(app: Flask) -> None:
    class Unruled(Verbs):
        FLY = "Fly over the house: nobody knows who"

    app.view_functions["flying"] = endpoint.guarded(Unruled.FLY)(lambda actor: PLANTED)
    with pytest.raises(RuntimeError, match="flying requires verbs without a rule"):
        endpoint.refuse_undeclared(app)


def test_every_endpoint_says_who_may(app: Flask) -> None:
    for name in app.view_functions:
        guard = endpoint.guard_of(app, name)
        assert guard is not None
        assert guard.loads or guard.verb or guard.own or guard.public, f"{name} is guarded by nothing"


def test_every_socket_event_says_what_it_requires(app: Flask) -> None:
    server = app.extensions["realtime"].io.server
    handled = {name for name in server.handlers.get("/", {}) if name not in ("connect", "disconnect", "*")}
    assert handled == set(realtime.HANDLERS)
    assert all(realtime.HANDLERS.values())


def _acts(function: object) -> bool:
    return next(iter(inspect.signature(function).parameters), "") == "actor"  # type: ignore[arg-type]
