"""The port through which the web asks who somebody is; portal/people answers, put in by wsgi.py."""

from typing import Any, Protocol

from sqlalchemy.orm import Session

from portal.kernel.actor import Actor


class Identity(Protocol):
    """Who is asking."""

    def of_browser(self, session: Session) -> Actor:
        """The person of the browser's session cookie, in the current request; an actor without a person if there is none."""

    def of_token(self, session: Session, token: Any) -> Actor:
        """The person of a bearer token: an API token, or the session token of an accepted invitation."""

    def person(self, session: Session, pk: int) -> Any:
        """The person of a key, or None where they are suspended."""

    def language(self, actor: Actor) -> str:
        """The person's own language, else the vendor's."""

    def shown(self, session: Session, pks: set[int]) -> list[Any]:
        """{id, name} of those of the people who are not suspended and let others see that they are here, by name."""

    def alive(self, session: Session, sign_ins: set[int]) -> set[int]:
        """Those of the sign-ins (and, as negative numbers, API tokens) that are not over."""
