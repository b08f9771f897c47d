"""The pages of a community: looking after it, introductions asked about, answered and made."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, Refused
from portal.kernel.policy import fetch, may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.notices.actions import read_thing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.communities import actions, queries, wording
from workspaces.communities.models import Introduction
from workspaces.communities.policy import May
from workspaces.communities.schemas import Answer, Choosing, Introducing, Making, Speaking
from workspaces.forums.policy import May as Forums
from workspaces.forums.queries import forum_named
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries import shell

pages = Blueprint("communities", __name__)
Page = Response | tuple[str, int]


@pages.get("/w/<ref:workspace>/community")
@guarded(workspace=May.FACILITATE)
def show_community(actor: Actor, workspace: Workspace) -> str:
    return _community(actor, workspace)


@pages.post("/w/<ref:workspace>/community/introductions")
@guarded(workspace=May.FACILITATE)
def ask(actor: Actor, workspace: Workspace) -> Page:
    """About one: how they would be introduced. About two: whether they would like to meet."""
    try:
        told = read_form(Introducing, request.form)
        one = queries.client_named(actor, workspace, told.person, "person")
        if told.other:
            other = queries.client_named(actor, workspace, told.other, "other")
            actions.ask_two(actor, workspace, one=one, other=other, words=told.words)
            said = _("%(one)s and %(other)s are asked.", one=one.name, other=other.name)
        else:
            actions.propose_introduction(actor, workspace, person=one, words=told.words)
            said = _("%(name)s is asked. Nothing is posted before they say yes.", name=one.name)
    except Invalid as wrong:
        actor.session.rollback()
        return _community(actor, workspace, wrong), 422
    return back_to(f"{workspace.path}community#introductions", said)


@pages.post("/w/<ref:workspace>/community/welcome")
@guarded(workspace=May.FACILITATE)
def choose_welcome(actor: Actor, workspace: Workspace) -> Page:
    try:
        topic = fetch(actor, Forums.READ_TOPIC, read_form(Choosing, request.form).topic)
        actions.choose_welcome(actor, workspace, topic=topic)
    except Refused:
        return _community(actor, workspace, Invalid(("topic", _("Choose a discussion of this community.")))), 422
    except Invalid as wrong:
        return _community(actor, workspace, wrong), 422
    return back_to(f"{workspace.path}community#introductions", _("Newcomers are introduced in “%(title)s”.", title=topic.title))


@pages.get("/w/<ref:workspace>/introductions")
@guarded(workspace=May.INTRODUCE_ONESELF)
def show_mine(actor: Actor, workspace: Workspace) -> str:
    return _mine(actor, workspace)


@pages.post("/w/<ref:workspace>/introductions")
@guarded(workspace=May.INTRODUCE_ONESELF)
def introduce_oneself(actor: Actor, workspace: Workspace) -> Page:
    if request.form.get("act") == "no":
        actions.stay_unintroduced(actor, workspace)
        return back_to(workspace.path, _("You are not introduced."))
    try:
        post = actions.introduce_oneself(actor, workspace, words=read_form(Speaking, request.form).words)
    except Invalid as wrong:
        actor.session.rollback()
        return _mine(actor, workspace, wrong), 422
    return back_to(post.path, _("Welcome, %(name)s.", name=actor.person.first_name))


@pages.get("/w/<ref:workspace>/introductions/<ref:introduction>")
@guarded(workspace=Rooms.READ_WORKSPACE, introduction=May.READ_INTRODUCTION)
def show_introduction(actor: Actor, workspace: Workspace, introduction: Introduction) -> str:
    return _introduction(actor, introduction)


@pages.post("/w/<ref:workspace>/introductions/<ref:introduction>/answer")
@guarded(workspace=Rooms.READ_WORKSPACE, introduction=May.ANSWER_INTRODUCTION)
def answer(actor: Actor, workspace: Workspace, introduction: Introduction) -> Page:
    try:
        told = read_form(Answer, request.form)
        actions.answer_introduction(actor, introduction, agrees=told.agrees)
    except Invalid as wrong:
        return _introduction(actor, introduction, wrong), 422
    read_thing(actor, thing=f"introduction:{introduction.id}")
    who = introduction.asked_by.name
    words = (
        _("%(name)s hears that you would like to.", name=who) if told.agrees else _("%(name)s hears that you would rather not.", name=who)
    )
    return back_to(workspace.path, words)


@pages.post("/w/<ref:workspace>/introductions/<ref:introduction>/make")
@guarded(workspace=Rooms.READ_WORKSPACE, introduction=May.MAKE_INTRODUCTION)
def make(actor: Actor, workspace: Workspace, introduction: Introduction) -> Page:
    try:
        forum = forum_named(actor, workspace, read_form(Making, request.form).forum)
        topic = actions.make_introduction(actor, introduction, forum=forum)
    except Invalid as wrong:
        actor.session.rollback()
        return _introduction(actor, introduction, wrong), 422
    return back_to(topic.path, _("They are introduced."))


@pages.post("/w/<ref:workspace>/introductions/<ref:introduction>/withdraw")
@guarded(workspace=Rooms.READ_WORKSPACE, introduction=May.WITHDRAW_INTRODUCTION)
def withdraw(actor: Actor, workspace: Workspace, introduction: Introduction) -> Response:
    actions.withdraw_introduction(actor, introduction)
    return back_to(f"{workspace.path}community#introductions", _("Taken back."))


def _community(actor: Actor, workspace: Workspace, wrong: Invalid | None = None) -> str:
    clients, welcomes = queries.clients_here(actor, workspace), queries.welcomes(actor, workspace)
    return render_template(
        "communities/community.html",
        **shell(actor, workspace, "home"),
        errors=errors_of(wrong),
        told=request.form,
        people_options=[(person.id, f"{person.name}, {company}") for person, company, _shown in clients],
        seen_options=[(person.id, f"{person.name}, {company}") for person, company, shown in clients if shown],
        introductions=queries.introductions(actor, workspace),
        welcome=queries.welcome_of(actor, workspace),
        welcomes=welcomes,
        welcome_options=[(topic.id, topic.title) for topic in welcomes],
        called=wording.title,
        waiting=queries.waiting(actor, workspace),
        quiet=queries.quiet_forums(actor, workspace),
        silent=queries.not_spoken(actor, workspace),
        openers=[(title, body, urlencode({"title": title, "body": body})) for title, body in wording.openers()],
    )


def _mine(actor: Actor, workspace: Workspace, wrong: Invalid | None = None) -> str:
    waiting = queries.asked_of_me(actor, workspace)
    return render_template(
        "communities/mine.html",
        **shell(actor, workspace, "people"),
        errors=errors_of(wrong),
        own=next((row for row in waiting if row.other_pk is None), None),
        introduced=queries.introduced(actor, workspace, actor.person),
        told=request.form,
        welcome=queries.welcome_of(actor, workspace),
    )


def _introduction(actor: Actor, introduction: Introduction, wrong: Invalid | None = None) -> str:
    workspace = introduction.workspace
    may_make = may(actor, May.MAKE_INTRODUCTION, introduction)
    people = [person for person in (introduction.one, introduction.other) if person is not None]
    return render_template(
        "communities/introduction.html",
        **shell(actor, workspace, "people"),
        errors=errors_of(wrong),
        introduction=introduction,
        called=wording.title(introduction),
        may_answer=may(actor, May.ANSWER_INTRODUCTION, introduction),
        may_make=may_make,
        may_withdraw=may(actor, May.WITHDRAW_INTRODUCTION, introduction),
        forum_options=[(each.id, each.title) for each in queries.forums_for(actor, workspace, people)] if may_make else [],
        told=request.form,
    )
