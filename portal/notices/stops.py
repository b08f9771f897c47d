"""Links that stop mail without signing in: signed, bound to one person and one thing, good for nothing else."""

from itsdangerous import BadSignature, URLSafeSerializer

SALT = "stop-mail"
DIGESTS = "digest"  # the thing that is all letters that sum up


def token(secret: str, person_pk: int, thing: str) -> str:
    """The token of a link in a mail to this person about this thing."""
    return URLSafeSerializer(secret, salt=SALT).dumps([person_pk, thing])


def read(secret: str, told: str) -> tuple[int, str] | None:
    """(person pk, thing), or None for what we did not sign."""
    try:
        person_pk, thing = URLSafeSerializer(secret, salt=SALT).loads(told)
    except (BadSignature, ValueError, TypeError):
        return None
    return person_pk, thing
