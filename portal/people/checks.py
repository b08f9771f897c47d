"""What must hold of people: who reports to whom is written down twice, and both must agree."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.checks import check
from portal.kernel.house import House
from portal.people.models import Person, Reporting


@check("reporting")
def reporting(house: House, session: Session) -> Iterator[str]:
    """The table of who holds what is what the managers say it is."""
    staff = select(Person.pk, Person.manager_pk).where(Person.is_staff.is_(True))
    above: dict[int, int | None] = dict(session.execute(staff).all())
    written = set(session.execute(select(Reporting.person_pk, Reporting.holder_pk)).all())
    expected = set()
    for person in above:
        holder: int | None = person
        while holder is not None and (person, holder) not in expected:
            expected.add((person, holder))
            holder = above.get(holder)
    for person, holder in sorted(expected - written):
        yield f"person {person} reports to person {holder}, but that is not written down"
    for person, holder in sorted(written - expected):
        yield f"person {person} is said to report to person {holder}, but no manager says so"
