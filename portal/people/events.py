"""What happens to people, and how it reads."""

from portal.kernel.events import kind

PERSON_ADDED = kind("person.added", "A member of staff was added", "%(actor)s added %(name)s", group="people", icon="people")
PERSON_CHANGED = kind(
    "person.changed",
    "A person's name, title, roles or manager changed",
    "%(actor)s changed %(name)s: %(fields)s",
    spoken=("fields",),
    group="people",
    icon="people",
)
PERSON_SUSPENDED = kind(
    "person.suspended", "A person's access ended", "%(actor)s ended the access of %(name)s", group="people", icon="people"
)
PERSON_RESTORED = kind(
    "person.restored", "A person's access was given back", "%(actor)s gave %(name)s access again", group="people", icon="people"
)
PERSON_ERASED = kind(
    "person.erased",
    "A person's name and address were erased",
    "%(actor)s erased somebody's name and address",
    group="people",
    icon="people",
)
TOKEN_MADE = kind("token.made", "An API token was made", "%(actor)s made the API token “%(name)s”", group="people", icon="key")
TOKEN_REVOKED = kind("token.revoked", "An API token was revoked", "%(actor)s revoked the API token “%(name)s”", group="people", icon="key")
INSTALLATION_CHANGED = kind(
    "installation.changed",
    "The vendor's own settings changed",
    "%(actor)s changed the settings: %(fields)s",
    spoken=("fields",),
    group="people",
    icon="settings",
)
