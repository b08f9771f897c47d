"""Two companies are kept apart, and may meet again."""

from portal.accounts.events import KEPT_APART, MAY_MEET
from portal.accounts.keeping_apart import MEETINGS, pair_of
from portal.accounts.models import Account, KeptApart
from portal.accounts.policy import May
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.policy import require
from portal.kernel.words import gettext as _


@action(May.KEEP_APART)
def keep_apart(actor: Actor, account: Account, *, other: Account, reason: str = "") -> None:
    """From now on their people meet nowhere. Raises Invalid for the account itself, and where they meet already."""
    require(actor, May.KNOW_ACCOUNT, other)
    if other.pk == account.pk:
        raise Invalid(("other", _("Choose another account.")))
    if pair_of(actor.session, account.pk, other.pk) is not None:
        return
    places = [name for meet in MEETINGS.values() for name in meet(actor.session, account.pk, other.pk)]
    if places:
        raise Invalid(("other", _("They meet in %(places)s. Part them there first.", places=", ".join(f"“{name}”" for name in places[:5]))))
    low, high = sorted((account.pk, other.pk))
    actor.session.add(KeptApart(one_pk=low, other_pk=high, by_pk=actor.pk, reason=reason))
    actor.session.flush()
    _tell(actor, KEPT_APART, account, other)


@action(May.KEEP_APART)
def let_meet(actor: Actor, account: Account, *, other: Account) -> bool:
    """They may meet again; nothing happens where they may. False for the account itself, which no pair is of."""
    require(actor, May.KNOW_ACCOUNT, other)
    pair = pair_of(actor.session, account.pk, other.pk)
    if pair is not None:
        pair.ended_at = now()
        _tell(actor, MAY_MEET, account, other)
    return other.pk != account.pk


def _tell(actor: Actor, of: EventKind, account: Account, other: Account) -> None:
    """On both trails, and on neither by name: the team of one need not know of the other."""
    for each in (account, other):
        record(actor, of, each, audience_pk=each.audience_pk, account=each, facts={"name": each.name})
