"""Who may do what with people, sign-ins and tokens."""

from sqlalchemy import and_, false, or_, select, true

from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, branch
from portal.kernel.policy import Condition, Verbs, rule
from portal.people.models import Person, Reporting, SignIn, Token


class May(Verbs):
    """Verbs of people."""

    SEE_DIRECTORY = "See the list of the vendor's staff: staff"
    READ_STAFF = "See a member of staff's name, title and address: staff, and oneself"
    MANAGE_PEOPLE = "Add staff and change their roles, managers and standing: admins"
    LOOK_AFTER_PEOPLE = "See the list of the people one looks after: admins, and managers"
    LOOK_AFTER_PERSON = "See somebody's administration page, and send them a sign-in link: admins, and managers above them"
    MANAGE_PERSON = "Change the roles, manager or title of a member of staff: admins"
    SUSPEND_PERSON = "End a person's access at once: admins, and managers above them; never oneself"
    READ_SIGN_IN = "See a sign-in of one's own"
    END_SIGN_IN = "End a sign-in of one's own"
    READ_TOKEN = "See an API token of one's own; admins see all, never the secret"  # noqa: S105 - a verb
    REVOKE_TOKEN = "Revoke an API token of one's own; admins all"  # noqa: S105 - a verb
    MAKE_TOKEN = "Make an API token for oneself: staff"  # noqa: S105 - a verb
    CHANGE_INSTALLATION = "Change the vendor's name, time zone, language and contact: admins"
    READ_HEALTH = "See how the installation is doing: admins"


@branch("admins")
def _admins():  # type: ignore[no-untyped-def]
    return (
        select(Audience.pk, Person.pk)
        .join(Person, Person.is_admin.is_(True))
        .where(Audience.kind == "admins", Person.suspended_at.is_(None))
    )


@rule(May.SEE_DIRECTORY)
def see_directory(actor: Actor) -> bool:
    return actor.is_staff


@rule(May.READ_STAFF, Person, reads=True)
def read_staff(actor: Actor) -> Condition:
    mine = Person.pk == actor.pk
    return or_(mine, Person.is_staff.is_(True)) if actor.is_staff else mine


@rule(May.MANAGE_PEOPLE, refusal="Only an admin can do this.")
def manage_people(actor: Actor) -> bool:
    return actor.is_admin


@rule(May.LOOK_AFTER_PEOPLE, refusal="Only admins and managers see this.")
def look_after_people(actor: Actor) -> bool:
    return actor.is_admin or (actor.is_staff and bool(actor.person.is_manager))


@rule(May.LOOK_AFTER_PERSON, Person, refusal="Only an admin or one of their managers sees this.")
def look_after_person(actor: Actor) -> Condition:
    below = select(Reporting.person_pk).where(Reporting.holder_pk == actor.pk)
    return true() if actor.is_admin else and_(Person.pk != actor.pk, Person.is_staff.is_(True), Person.pk.in_(below))


@rule(May.MANAGE_PERSON, Person, refusal="Only an admin can do this.")
def manage_person(actor: Actor) -> Condition:
    return Person.is_staff.is_(True) if actor.is_admin else false()


@rule(May.SUSPEND_PERSON, Person, refusal="Only an admin or one of their managers can do this, and nobody to themselves.")
def suspend_person(actor: Actor) -> Condition:
    below = select(Reporting.person_pk).where(Reporting.holder_pk == actor.pk)
    others = Person.pk != actor.pk
    return others if actor.is_admin else and_(others, Person.is_staff.is_(True), Person.pk.in_(below))


@rule(May.READ_SIGN_IN, SignIn, reads=True)
def read_sign_in(actor: Actor) -> Condition:
    return and_(SignIn.person_pk == actor.pk, SignIn.ended_at.is_(None))


@rule(May.END_SIGN_IN, SignIn)
def end_sign_in(actor: Actor) -> Condition:
    return read_sign_in(actor)


@rule(May.READ_TOKEN, Token, reads=True)
def read_token(actor: Actor) -> Condition:
    return Token.revoked_at.is_(None) if actor.is_admin else and_(Token.person_pk == actor.pk, Token.revoked_at.is_(None))


@rule(May.REVOKE_TOKEN, Token)
def revoke_token(actor: Actor) -> Condition:
    return read_token(actor)


@rule(May.MAKE_TOKEN, refusal="Only staff can make API tokens.")
def make_token(actor: Actor) -> bool:
    return actor.is_staff and actor.scopes is None  # a token cannot make tokens


@rule(May.CHANGE_INSTALLATION, refusal="Only an admin can do this.")
def change_installation(actor: Actor) -> bool:
    return actor.is_admin


@rule(May.READ_HEALTH, refusal="Only an admin can see this.")
def read_health(actor: Actor) -> bool:
    return actor.is_admin
