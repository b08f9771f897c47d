"""What happens to accounts, and how it reads on the trail."""

from portal.kernel.events import kind

ACCOUNT_OPENED = kind("account.opened", "An account was opened", "%(actor)s opened the account %(name)s", group="account", icon="account")
ACCOUNT_WITHDRAWN = kind(
    "account.withdrawn", "The import that brought an account was taken back", "%(actor)s took back the account %(name)s", group="account",
    icon="undo",
)  # fmt: skip
FIELD_CHANGED = kind(
    "field.changed",
    "A field of an account changed",
    "%(actor)s changed the %(what)s from “%(was)s” to “%(now)s”",
    group="account",
    icon="edit",
    spoken=("what",),
    without={"was": "%(actor)s set the %(what)s to “%(now)s”", "now": "%(actor)s cleared the %(what)s, which was “%(was)s”"},
)
OWNER_CHANGED = kind(
    "owner.changed",
    "An account has a new owner",
    "%(was)s handed the account to %(now)s",
    group="account",
    icon="swap",
    without={"was": "%(now)s took over the account"},
)
DEPUTY_NAMED = kind(
    "account.deputy",
    "Somebody acts for an account's owner for a time",
    "%(name)s acts for %(owner)s from %(begins)s until %(until)s",
    group="account",
    icon="swap",
)
DEPUTY_ENDED = kind(
    "account.deputy_ended",
    "A deputy's time was over before its day",
    "%(actor)s ended that %(name)s acts for %(owner)s",
    group="account",
    icon="swap",
)
KEPT_APART = kind(
    "account.kept_apart", "Two accounts are kept apart", "%(actor)s keeps %(name)s apart from another account", group="account", icon="lock"
)
MAY_MEET = kind(
    "account.may_meet",
    "Two accounts are kept apart no longer",
    "%(actor)s no longer keeps %(name)s apart from another account",
    group="account",
    icon="unlock",
)
TEAM_JOINED = kind(
    "team.joined", "Somebody joined the account's team", "%(name)s joined the account's team", group="account", icon="people"
)
TEAM_LEFT = kind("team.left", "Somebody left the account's team", "%(name)s left the account's team", group="account", icon="people")
CONTACT_ADDED = kind("contact.added", "A contact was added", "%(actor)s added the contact %(name)s", group="people", icon="person")
CONTACT_WITHDRAWN = kind(
    "contact.withdrawn", "The import that brought a contact was taken back", "%(actor)s took back the contact %(name)s", group="people",
    icon="undo",
)  # fmt: skip
CONTACT_CHANGED = kind(
    "contact.changed",
    "A contact changed",
    "%(actor)s changed the contact %(name)s: %(fields)s",
    group="people",
    icon="person",
    spoken=("fields",),
)
ROLES_CHANGED = kind(
    "contact.roles",
    "The part of a contact in the purchase changed",
    "%(name)s now %(now)s in the purchase, before: %(was)s",
    group="people",
    icon="person",
    spoken=("was", "now"),
    without={"was": "%(name)s %(now)s in the purchase", "now": "%(name)s has no part in the purchase any more, before: %(was)s"},
)
CONTACT_LEFT = kind("contact.left", "A contact moved to another company", "%(name)s moved to another company", group="people", icon="swap")
CONTACT_CAME = kind(
    "contact.came", "A contact came from another company", "%(name)s came from another company", group="people", icon="swap"
)
CONTACT_STAYED = kind(
    "contact.stayed", "The move of a contact was taken back", "%(actor)s took back that %(name)s moved", group="people", icon="undo"
)
CONTACT_MERGED = kind(
    "contact.merged", "Two contacts were one person", "%(actor)s merged %(other)s into %(name)s", group="people", icon="people"
)
CONTACT_SEPARATED = kind(
    "contact.separated", "A merge of contacts was taken back", "%(actor)s separated %(other)s from %(name)s again", group="people",
    icon="undo",
)  # fmt: skip
NOTE_WRITTEN = kind("note.created", "A note was written", "%(actor)s noted a %(kind)s", icon="note", spoken=("kind",))
NOTE_EDITED = kind("note.edited", "A note was changed", "%(actor)s changed a note", icon="edit")
NOTE_REMOVED = kind("note.removed", "A note was removed", "%(actor)s removed a note", icon="remove")
NOTE_RESTORED = kind("note.restored", "A removed note came back", "%(actor)s brought back a note", icon="note")
