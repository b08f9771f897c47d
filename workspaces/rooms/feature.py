"""What workspaces bring: their pages, people and invitations, and their part when an account changes hands."""

from portal.accounts.actions import ON_GIVEN
from portal.kernel.feature import Feature
from workspaces.rooms import actions, api, erasing, live, mails, policy, sources, views


def _fill() -> None:
    ON_GIVEN["rooms"] = actions.hand_over_rooms


ROOMS = Feature(
    declares=(erasing, live, mails, policy, sources),
    pages=(views.pages, api.api),
    fills=_fill,
)
