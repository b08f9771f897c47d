"""Who may do what with the shared plan: everyone in the workspace reads it, who takes part adds to it and ticks their own."""

from sqlalchemy import and_, or_, select

from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.policy import Condition, Verbs, rule
from workspaces.plan.models import PlanItem, PlanOwner
from workspaces.rooms.policy import open_for_writing, run_by, taken_part_in_by


class May(Verbs):
    """Verbs of the plan. Adding to it is `rooms.TAKE_PART`, filling it from a template `rooms.RUN_WORKSPACE`."""

    READ_PLAN_ITEM = "See a step or milestone: everyone in the workspace"
    TICK_PLAN_ITEM = "Say how far a step is: whose it is, who added it, and those who run the workspace"
    CHANGE_PLAN_ITEM = "Change what, who and when, or remove it: who added it, and those who run the workspace"
    RESTORE_PLAN_ITEM = "Bring back what was removed from the plan: who removed it, and those who run the workspace"


@rule(May.READ_PLAN_ITEM, PlanItem, reads=True)
def read_plan_item(actor: Actor) -> Condition:
    return and_(held(actor, PlanItem.audience_pk), PlanItem.removed_at.is_(None))


def _added_or_runs(actor: Actor) -> Condition:
    mine = and_(PlanItem.added_by_pk == actor.pk, taken_part_in_by(actor, PlanItem.workspace_pk))
    return or_(mine, run_by(actor, PlanItem.workspace_pk))


@rule(
    May.TICK_PLAN_ITEM, PlanItem, refusal="Only those whose step this is, who added it and the people who run this workspace can tick it."
)
def tick_plan_item(actor: Actor) -> Condition:
    own = PlanItem.pk.in_(select(PlanOwner.item_pk).where(PlanOwner.person_pk == actor.pk))
    whose = or_(and_(own, taken_part_in_by(actor, PlanItem.workspace_pk)), _added_or_runs(actor))
    return and_(whose, read_plan_item(actor), open_for_writing(PlanItem.workspace_pk))


@rule(May.CHANGE_PLAN_ITEM, PlanItem, refusal="Only who added this and the people who run this workspace can change it.")
def change_plan_item(actor: Actor) -> Condition:
    return and_(_added_or_runs(actor), read_plan_item(actor), open_for_writing(PlanItem.workspace_pk))


@rule(May.RESTORE_PLAN_ITEM, PlanItem, refusal="Only who removed this and the people who run this workspace can bring it back.")
def restore_plan_item(actor: Actor) -> Condition:
    whose = or_(PlanItem.removed_by_pk == actor.pk, run_by(actor, PlanItem.workspace_pk))
    return and_(whose, held(actor, PlanItem.audience_pk), PlanItem.removed_at.is_not(None), open_for_writing(PlanItem.workspace_pk))
