"""What people type, in a real browser: no dialog, nothing refused by the content security policy, because nothing tried."""

import pytest
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from tests.browser.conftest import Site, Window, reopened
from tests.security.inert import FIXTURE
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Topic
from workspaces.rooms.models import Workspace

LOUD = [each for each in FIXTURE if "alert" in each or "evil" in each]


@pytest.fixture
def told(site: Site) -> list[str]:
    """The addresses of pages that show it all."""
    house, world = reopened(site)
    with house.db.writing() as session:
        rhea = world.actor(session, "rhea")
        topic = forums.start_topic(
            rhea, session.get_one(Forum, world.pks["general"]), title=LOUD[0], body="\n\n".join(LOUD), tags=LOUD[1:3]
        )
        for payload in LOUD:
            forums.post_message(rhea, session.get_one(Topic, topic.pk), body=payload)
        account = session.get_one(Account, world.pks["calder"])
        accounts.change_account(rhea, account, about="\n".join(LOUD), industry=LOUD[1][:80])
        for payload in LOUD[:4]:
            accounts.add_contact(rhea, account, name=payload[:100], email="", roles=[])
        room = session.scalars(select(Workspace).where(Workspace.pk == world.pks["room"])).one()
        found = [topic.path, f"{room.path}discussions", room.path, f"/accounts/{account.id}", f"/accounts/{account.id}/people",
                 f"/accounts/{account.id}/trail", "/search?q=%3Cscript%3Ealert(1)", "/today"]  # fmt: skip
    house.close()
    return found


def test_nothing_of_it_acts(told: list[str], window: Window) -> None:
    page = window("rhea")
    dialogs: list[str] = []
    foreign: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: foreign.append(request.url) if "evil" in request.url.split("?")[0] else None)
    page.add_init_script("addEventListener('securitypolicyviolation', event => console.error('refused: ' + event.blockedURI))")
    for address in told:
        page.goto(address)
        assert page.locator("h1").count() == 1, address
    assert dialogs == []
    assert foreign == []
