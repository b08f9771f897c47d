"""What happens to accounts, and how it reads on the trail."""

from portal.kernel.events import kind

ACCOUNT_OPENED = kind("account.opened", "An account was opened", "%(actor)s opened the account %(name)s", group="account", icon="building")
FIELD_CHANGED = kind(
    "field.changed",
    "A field of an account changed",
    "%(actor)s changed %(field)s from “%(was)s” to “%(now)s”",
    group="account",
    icon="pencil",
)
OWNER_CHANGED = kind(
    "owner.changed", "An account has a new owner", "%(was)s handed the account to %(now)s", group="account", icon="handover"
)
TEAM_JOINED = kind(
    "team.joined", "Somebody joined the account's team", "%(name)s joined the account's team", group="account", icon="people"
)
TEAM_LEFT = kind("team.left", "Somebody left the account's team", "%(name)s left the account's team", group="account", icon="people")
CONTACT_ADDED = kind("contact.added", "A contact was added", "%(actor)s added the contact %(name)s", group="people", icon="person")
CONTACT_CHANGED = kind(
    "contact.changed", "A contact changed", "%(actor)s changed the contact %(name)s: %(fields)s", group="people", icon="person"
)
NOTE_WRITTEN = kind("note.created", "A note was written", "%(actor)s noted a %(kind)s", group="conversations", icon="note")
NOTE_EDITED = kind("note.edited", "A note was changed", "%(actor)s changed a note", group="conversations", icon="note")
NOTE_REMOVED = kind("note.removed", "A note was removed", "%(actor)s removed a note", group="conversations", icon="note")
