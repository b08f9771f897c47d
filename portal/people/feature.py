"""What people bring: signing in, settings, the vendor whom every page and letter names."""

from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.mail import letters
from portal.people import api, checks, cli, copies, erasing, jobs, mails, policy, queries, views
from portal.people.policy import May
from portal.web.render import share
from portal.web.shortcuts import Shortcut, shortcut


def _fill() -> None:
    letters.speak_for(queries.vendor)
    share("vendor", queries.vendor)
    shortcut("settings", Shortcut(lambda: _("Your settings"), "settings", "/me/settings/profile"))
    shortcut("appearance", Shortcut(lambda: _("Light or dark"), "sun", "/me/settings/appearance"))
    shortcut("keyboard", Shortcut(lambda: _("Keyboard, your settings"), "keyboard", "/me/settings/keyboard"))
    shortcut("administration", Shortcut(lambda: _("Administration"), "shield", "/admin/people", May.LOOK_AFTER_PEOPLE, acts=False))


PEOPLE = Feature(
    declares=(checks, copies, erasing, jobs, mails, policy),
    pages=(views.pages, api.api),
    commands=(cli.user, cli.token),
    fills=_fill,
)
