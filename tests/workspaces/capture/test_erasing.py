"""Who is erased is in no letter that is kept as it came."""

from sqlalchemy.orm import Session

from portal.kernel.actor import the_system
from portal.kernel.erasing import Entry
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.people.models import Person
from tests.cast import World
from tests.workspaces.capture.conftest import Postman, came, letter
from workspaces.capture.erasing import end_addresses, erase_letters


def test_the_letters_of_who_is_erased_are_forgotten(postman: Postman, house: House, world: World, db: Session) -> None:
    postman.bring(letter(by="Petra Prospect <petra@calder.example>", id="<1@c.example>"))
    postman.bring(letter(id="<2@t.example>"))
    first, second = came(db)
    assert (first.sender, first.state, bool(first.sha256)) == ("petra@calder.example", "held", True)
    with house.db.writing() as session:
        assert erase_letters(the_system(session), Entry("person", world.ids["petra"]))
    first, second = came(db)
    assert (first.name, first.sender, first.state, first.sha256) == ("-", "", "refused", "")
    assert second.sha256
    assert db.query(Event).where(Event.subject_id == first.id).one().facts == {}
    with house.db.writing() as session:
        assert not erase_letters(the_system(session), Entry("person", world.ids["petra"]))
        assert session.get_one(Person, world.pks["petra"])


def test_after_a_restore_no_address_of_before_takes_anything(postman: Postman, house: House) -> None:
    assert postman.hand(letter())[0] == 250
    with house.db.writing() as session:
        assert end_addresses(session) == 1
    assert postman.hand(letter(id="<2@t.example>"))[0] == 550
