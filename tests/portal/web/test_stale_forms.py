"""Forms that change something say what they were filled with: who has not seen what somebody else wrote meanwhile overwrites nothing."""

import re

import pytest

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from tests.conftest import post

# Who edits, the page, the field that both change, and what the form needs beside it.
FORMS = {
    "a message": ("rhea", "{topic_path}/posts/{post}/edit", "body", {}),
    "a discussion": ("rhea", "{topic_path}/change", "title", {"tags": ""}),
    "a forum": ("rhea", "{room_path}forums/{general}", "title", {"description": ""}),
    "a workspace": ("rhea", "{room_path}settings", "title", {"purpose": ""}),
    "a folder": ("rhea", "{room_path}files/{folder}/edit", "name", {}),
    "an account": ("rhea", "/accounts/{calder}/edit", "name", {}),
    "a contact": ("rhea", "/accounts/{calder}/people/{contact}", "name", {}),
    "a note": ("rhea", "/accounts/{calder}/notes/{note}/edit", "body", {"kind": "call", "at": "2026-11-19T09:30"}),
    "a colleague": ("ada", "/admin/people/{ravi}", "name", {"roles": "rep"}),
    "the vendor": ("ada", "/admin/settings", "name", {"timezone": "UTC", "language": "en", "currency": "EUR"}),
}


@pytest.fixture
def known(acting, world):
    with acting("rhea") as rhea:
        calder = rhea.session.get_one(Account, world.pks["calder"])
        contact = accounts.add_contact(rhea, calder, name="Helen Voss", email="helen@calder.example")
        note = accounts.write_note(rhea, calder, body="They will decide in May.", kind="call")
        return world.ids | {
            "contact": contact.id,
            "note": note.id,
            "room_path": f"/w/{world.ids['room']}/",
            "topic_path": f"/w/{world.ids['room']}/discussions/{world.ids['topic']}",
        }


def seen_in(page, field):
    """The state that the form with this field carries."""
    form = next(each for each in re.findall(r"<form.*?</form>", page.get_data(as_text=True), re.DOTALL) if f'name="{field}"' in each)
    return re.search(r'name="shown" value="(\w+)"', form)[1]


@pytest.mark.parametrize("what", FORMS)
def test_who_has_not_seen_the_change_overwrites_nothing(door, known, what):
    who, path, field, more = FORMS[what]
    url, browser = path.format_map(known), door(who)
    seen = seen_in(browser.get(url), field)
    assert post(browser, url, **more | {field: "First come", "shown": seen}).status_code in (302, 303)
    stale = post(browser, url, **more | {field: "Second & late", "shown": seen})
    text = stale.get_data(as_text=True)
    assert stale.status_code == 412
    assert "Somebody changed this meanwhile" in text
    assert "<dd>First come</dd>" in text
    assert "Second &amp; late" in text  # nobody types it again
    assert "First come" in browser.get(url).get_data(as_text=True)
    assert post(browser, url, **more | {field: "Second & late", "shown": seen_in(stale, field)}).status_code in (302, 303)
    assert "Second &amp; late" in browser.get(url).get_data(as_text=True)


def test_a_mistake_in_a_form_does_not_make_it_stale(door, known):
    browser, url = door("rhea"), "/accounts/{calder}/edit".format_map(known)
    seen = seen_in(browser.get(url), "name")
    wrong = post(browser, url, name="", shown=seen)
    assert wrong.status_code == 422
    assert seen_in(wrong, "name") == seen
    assert post(browser, url, name="Calder", shown=seen).status_code == 303
