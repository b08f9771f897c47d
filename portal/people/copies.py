"""What of people is in an account's copy: who they are, and no way in."""

from portal.kernel.copying import copied, left_out
from portal.people.models import Person

ONLY_HERE = ("password_hash", "is_rep", "is_manager", "is_admin", "manager_pk", "timezone", "language", "theme", "keys")

copied(Person, None, kept=ONLY_HERE)
left_out("ways in are not taken along", "sign_in", "sign_in_link", "token")
left_out("this installation itself", "installation", "reporting")
