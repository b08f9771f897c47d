"""What people bring: signing in, settings, the vendor whom every page and letter names."""

from portal.kernel.feature import Feature
from portal.mail import letters
from portal.people import api, checks, cli, copies, erasing, jobs, mails, policy, queries, views
from portal.web.render import share


def _fill() -> None:
    letters.speak_for(queries.vendor)
    share("vendor", queries.vendor)


PEOPLE = Feature(
    declares=(checks, copies, erasing, jobs, mails, policy),
    pages=(views.pages, api.api),
    commands=(cli.user, cli.token),
    fills=_fill,
)
