"""Periodic work about people: what can sign nobody in any more goes."""

from datetime import timedelta

from sqlalchemy import delete, or_

from portal.kernel.clock import now
from portal.kernel.house import House
from portal.kernel.periodic import every
from portal.people.models import SignIn, SignInLink

REMEMBERED = timedelta(days=90)  # how long an ended session is still listed to operators


@every("*/30 * * * *", "people.forget_links", "Forget sign-in links that ran out or were used a day ago")
def forget_links(house: House) -> None:
    before = now() - timedelta(days=1)
    with house.db.writing() as session:
        session.execute(delete(SignInLink).where(or_(SignInLink.expires_at < before, SignInLink.used_at < before)))


@every("41 4 * * *", "people.forget_sign_ins", "Forget sessions that ended three months ago")
def forget_sign_ins(house: House) -> None:
    before = now() - REMEMBERED
    with house.db.writing() as session:
        session.execute(delete(SignIn).where(or_(SignIn.expires_at < before, SignIn.ended_at < before)))
