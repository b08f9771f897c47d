"""Letters that come to an address: what is answered at the door, and what is on the trail."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Contact
from portal.kernel.events import Event
from tests.workspaces.capture.conftest import Postman, came, letter, talk
from workspaces.forums.models import Post


def test_a_letter_in_bcc_is_on_the_trail_as_it_was_sent(postman: Postman, db: Session) -> None:
    assert postman.bring(letter())[0] == 250
    assert talk(db) == [("Sensors", "rhea@tidewell.example", "We need 40 sensors by March.")]
    post = db.scalars(select(Post).where(Post.body.startswith("We need 40"))).one()
    assert post.created_at.isoformat() == "2026-01-05T09:00:00+00:00"
    assert post.topic.for_team
    event = db.scalars(select(Event).where(Event.kind == "post.created", Event.subject_id == post.id)).one()
    assert event.at == post.created_at
    contact = db.scalars(select(Contact).where(Contact.email == "anna@calder.example")).one()
    assert contact.name == "Anna Weber"
    assert [(each.state, each.sender) for each in came(db)] == [("taken", "rhea@tidewell.example")]
