"""A no that was heard wins over what somebody else is about to do."""

import threading

import pytest
from sqlalchemy import text

from portal.kernel.errors import Forbidden, Invalid, Refused
from tests.waiting import eventually
from tests.workspaces.references.conftest import of, row
from workspaces.references import actions


@pytest.fixture
def meanwhile(acting, house):
    """`meanwhile(act)`: Rhea does this while Petra says no, who is through first; what came of it."""

    def blocked():
        if house.db.is_sqlite:
            return True  # whoever writes second has not begun
        with house.db.reading() as session:
            asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            return session.scalar(text(asked)) is not None

    def run(act):
        came = []

        def other():
            try:
                with acting("rhea") as rhea:
                    came.append(act(rhea))
            except Refused as refused:
                came.append(refused)

        thread = threading.Thread(target=other)
        with acting("petra") as petra:
            actions.say(petra, terms="no")
            petra.session.flush()
            thread.start()
            eventually(blocked)
        thread.join()
        return came[0]

    return run


def test_who_said_no_is_not_introduced(acting, asked, meanwhile):
    id = asked()
    with acting("petra") as petra:
        actions.answer_request(petra, row(petra, id), agrees=True)
    assert isinstance(meanwhile(lambda rhea: actions.make_reference(rhea, row(rhea, id)).state), Forbidden)
    with acting("rhea") as rhea:
        assert row(rhea, id).state == "withdrawn"


def test_who_said_no_is_not_asked(acting, both, account, contact, reference, meanwhile):
    id = reference("petra")

    def seek(rhea):
        told = {"reference": of(rhea, id), "contact": contact(rhea, "otto"), "words": "Go.", "agreed": True}
        return actions.seek_reference(rhea, account(rhea), **told).state

    assert isinstance(meanwhile(seek), Invalid)
    reference("petra")
    with acting("rhea") as rhea:
        assert seek(rhea) == "asked"
