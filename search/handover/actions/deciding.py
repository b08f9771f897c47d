"""A handover is proposed, or done at once by who may decide it."""

from collections.abc import Sequence

from portal.accounts.models import Account
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.words import gettext as _
from portal.people.models import Person
from search.handover.actions.carrying_out import carry_out
from search.handover.models import Handover
from search.handover.policy import May
from search.handover.queries.holdings import holdings


@action(May.PROPOSE_HANDOVER)
def hand_over(
    actor: Actor, leaver: Person, *, to: Person, accounts: Sequence[Account] = (), announce: bool = False, leaves: bool = False
) -> Handover:
    """What they hold, or of that these accounts, goes to somebody else: at once where the actor may decide it, else it waits for who may.

    `announce`: the clients are told; `leaves`: the access ends with it, before anything else. Raises Invalid for a successor who cannot
    have it, for accounts that do not hang on them, and where there is nothing.
    """
    refuse(actor, leaver, to, accounts)
    handover = Handover(leaver=leaver, successor=to, by_pk=actor.pk or None, announce=announce, leaves=leaves)
    handover.chosen = sorted(account.id for account in accounts)
    actor.session.add(handover)
    actor.session.flush()
    if may(actor, May.DECIDE_HANDOVER, handover):
        _do(actor, handover)
    return handover


@action(May.DECIDE_HANDOVER)
def approve(actor: Actor, handover: Handover) -> Handover:
    """It is done, of what hangs on them by now. Raises Invalid as proposing it would."""
    refuse(actor, handover.leaver, handover.successor, ())
    _do(actor, handover)
    return handover


@action(May.DECIDE_HANDOVER)
def decline(actor: Actor, handover: Handover) -> Handover:
    """It is not done; who proposed it sees that."""
    handover.declined_at, handover.decided_by_pk = now(), actor.pk or None
    return handover


def _do(actor: Actor, handover: Handover) -> None:
    handover.decided_by_pk = actor.pk or None
    carry_out(actor, handover)
    handover.done_at = now()
    actor.session.flush()


def refuse(actor: Actor, leaver: Person, to: Person, accounts: Sequence[Account]) -> None:
    """Raises Invalid where it cannot be."""
    if to.pk == leaver.pk:
        raise Invalid(("to", _("Choose somebody else.")))
    if not to.is_staff or to.suspended_at is not None:
        raise Invalid(("to", _("%(name)s cannot look after accounts.", name=to.name)))
    held = holdings(actor, leaver)
    if held.empty:
        raise Invalid(("from", _("%(name)s holds nothing.", name=leaver.name)))
    theirs = {each.account.pk for each in held.accounts}
    if any(account.pk not in theirs for account in accounts):
        raise Invalid(("accounts", _("Choose among the accounts that hang on %(name)s.", name=leaver.name)))
