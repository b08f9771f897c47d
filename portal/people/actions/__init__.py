"""What is done with people: the only writers of their rows."""

from portal.people.actions.installation import installation as installation
from portal.people.actions.staff import add_staff as add_staff
from portal.people.actions.staff import change_staff as change_staff
from portal.people.actions.staff import rebuild_reporting as rebuild_reporting
from portal.people.actions.staff import restore_person as restore_person
from portal.people.actions.staff import suspend_person as suspend_person
from portal.people.actions.tokens import make_token as make_token
from portal.people.actions.tokens import revoke_token as revoke_token
