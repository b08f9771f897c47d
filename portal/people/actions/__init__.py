"""What is done with people: the only writers of their rows."""

from portal.people.actions.installation import change_installation as change_installation
from portal.people.actions.installation import installation as installation
from portal.people.actions.links import ask_link as ask_link
from portal.people.actions.links import send_link as send_link
from portal.people.actions.links import use_link as use_link
from portal.people.actions.own import change_own as change_own
from portal.people.actions.own import end_sign_in as end_sign_in
from portal.people.actions.own import set_password as set_password
from portal.people.actions.setting_up import set_up as set_up
from portal.people.actions.staff import add_staff as add_staff
from portal.people.actions.staff import change_staff as change_staff
from portal.people.actions.staff import rebuild_reporting as rebuild_reporting
from portal.people.actions.staff import restore_person as restore_person
from portal.people.actions.staff import suspend_person as suspend_person
from portal.people.actions.tokens import make_token as make_token
from portal.people.actions.tokens import revoke_token as revoke_token
