"""Who may do what in communities: who runs one brings people together, and nobody is introduced without having said yes."""

from typing import Any

from sqlalchemy import and_, false, or_, select

from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from workspaces.communities.models import Introduction
from workspaces.rooms.consent import seen
from workspaces.rooms.models import COMMUNITY, Workspace
from workspaces.rooms.policy import open_for_writing, read_workspace, run_by, taken_part_in_by


class May(Verbs):
    """Verbs of communities."""

    FACILITATE = "Look after a community: what is quiet, who has not spoken, introductions: those who run it"
    INTRODUCE_ONESELF = "Say to a community who one is: its clients who take part"
    READ_INTRODUCTION = "See an introduction: whom it is about, while they may see each other, and those who run the community"
    ANSWER_INTRODUCTION = "Say yes or no to being introduced: each whom it is about, until both have said or one said no"
    MAKE_INTRODUCTION = "Introduce two who both said yes: those who run the community"
    WITHDRAW_INTRODUCTION = "Take back an introduction that is not made yet: those who run the community"


@rule(May.FACILITATE, Workspace, refusal="Only the people who run this community can do this.")
def facilitate(actor: Actor) -> Condition | bool:
    runs = and_(run_by(actor, Workspace.pk), Workspace.archived_at.is_(None), read_workspace(actor))
    return and_(Workspace.kind == COMMUNITY, runs) if actor.is_staff else False


@rule(May.INTRODUCE_ONESELF, Workspace, refusal="Who takes part in a community for a company introduces themselves.")
def introduce_oneself(actor: Actor) -> Condition | bool:
    takes_part = and_(taken_part_in_by(actor, Workspace.pk), Workspace.archived_at.is_(None), read_workspace(actor))
    return and_(Workspace.kind == COMMUNITY, takes_part) if not actor.is_staff else False


@rule(May.READ_INTRODUCTION, Introduction, reads=True)
def read_introduction(actor: Actor) -> Condition:
    about = and_(_about(actor), Introduction.withdrawn_at.is_(None), _both_seen(actor))
    return and_(or_(run_by(actor, Introduction.workspace_pk), about), _in_reach(actor))


@rule(May.ANSWER_INTRODUCTION, Introduction, refusal="This is answered already.")
def answer_introduction(actor: Actor) -> Condition:
    mine = or_(
        and_(Introduction.one_pk == actor.pk, Introduction.one_says.is_(None)),
        and_(Introduction.other_pk == actor.pk, Introduction.other_says.is_(None)),
    )
    nobody_refused = and_(Introduction.one_says.is_not(False), Introduction.other_says.is_not(False))
    return and_(mine, nobody_refused, Introduction.made_at.is_(None), _open(), read_introduction(actor))


@rule(May.MAKE_INTRODUCTION, Introduction, refusal="Those who run this community introduce two once both have said yes.")
def make_introduction(actor: Actor) -> Condition:
    both = and_(Introduction.other_pk.is_not(None), Introduction.one_says.is_(True), Introduction.other_says.is_(True))
    return and_(both, Introduction.made_at.is_(None), _open(), run_by(actor, Introduction.workspace_pk), _in_reach(actor))


@rule(May.WITHDRAW_INTRODUCTION, Introduction, refusal="Those who run this community can take this back until it is made.")
def withdraw_introduction(actor: Actor) -> Condition:
    return and_(Introduction.made_at.is_(None), _open(), run_by(actor, Introduction.workspace_pk), _in_reach(actor))


def _about(actor: Actor) -> Condition:
    return or_(Introduction.one_pk == actor.pk, Introduction.other_pk == actor.pk) if actor.person is not None else false()


def _both_seen(actor: Actor) -> Condition:
    """Whoever does not want to be seen any more is not named in what was asked before."""
    here: Any = Introduction.workspace_pk
    other = or_(Introduction.other_pk.is_(None), seen(actor, Introduction.other_pk, here))
    return and_(seen(actor, Introduction.one_pk, here), other)


def _open() -> Condition:
    return and_(Introduction.withdrawn_at.is_(None), open_for_writing(Introduction.workspace_pk))


def _in_reach(actor: Actor) -> Condition:
    return Introduction.workspace_pk.in_(select(Workspace.pk).where(read_workspace(actor)))
