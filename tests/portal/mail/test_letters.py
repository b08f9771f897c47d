"""Letters: both parts, in the recipient's words and times, nothing remote, small."""

import re

from portal.kernel.house import House
from portal.mail.letters import absolute, letter
from portal.mail.transport import message
from portal.people.models import Person


def a_letter(house: House, to: object, **more: object):  # type: ignore[no-untyped-def]
    return letter(house, "sign_in", to=to, subject=lambda: "Sign in", key="k1", path="/sign-in/link/abc", code="123456", **more)


def test_both_parts_say_the_same(house, acting):
    with acting("petra") as petra:
        made = a_letter(house, petra.person)
    assert made.to == "petra@calder.example"
    assert made.to_name == "Petra Prospect"
    for part in (made.text, made.html):
        assert "http://127.0.0.1:8000/sign-in/link/abc" in part
        assert "123 456" in part
        assert "Tidewell Instruments" in part
    assert made.from_name == "Tidewell Instruments"


def test_a_person_writes_via_the_vendor(house):
    assert a_letter(house, "x@y.example", from_name="Rhea Rep").from_name == "Rhea Rep via Tidewell Instruments"


def test_html_is_small_inlined_and_fetches_nothing(house):
    html = a_letter(house, "x@y.example").html
    assert len(html.encode()) < 30_000
    assert 'style="' in html
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"<img|<link|url\(|src=", html)


def test_names_stay_text(house):
    person = Person(email="a@b.example", name="<script>alert(1)</script>\r\nBcc: x@y.example", language="", timezone="Nowhere/City")
    made = a_letter(house, person)
    sent = message(house.settings, made)
    assert "<script>" not in made.html
    assert sent["Bcc"] is None
    assert "\n" not in sent["To"]


def test_absolute_takes_the_base_url(house):
    assert absolute(house, "/w/") == "http://127.0.0.1:8000/w/"
