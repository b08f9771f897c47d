"""The vendor's own settings, and the health page."""

import pytest
from sqlalchemy import select

from portal.kernel.checks import BAD, EXAMINATIONS, Finding
from portal.kernel.events import Event
from portal.people.models import Installation
from tests.conftest import post

TOLD = {"name": "Tidewell GmbH", "contact": "help@tidewell.example", "timezone": "Europe/Berlin", "language": "en", "currency": "USD"}


@pytest.mark.parametrize("page", ["/admin/settings", "/admin/health"])
@pytest.mark.parametrize(("name", "status"), [("ada", 200), ("mona", 403), ("rhea", 403), ("petra", 403), ("nobody", 303)])
def test_only_admins(door, page, name, status):
    assert door(name).get(page).status_code == status


def test_settings_are_saved_recorded_and_stand_on_every_page(door, house):
    ada = door("ada")
    assert post(ada, "/admin/settings", **TOLD).status_code == 303
    assert "Tidewell GmbH" in door("nobody").get("/sign-in").text
    assert "help@tidewell.example" in door("nobody").get("/nowhere").text
    with house.db.reading() as session:
        row = session.scalar(select(Installation))
        assert {name: getattr(row, name) for name in TOLD} == TOLD
        event = session.scalars(select(Event).order_by(Event.pk.desc())).first()
        assert (event.kind, event.facts["fields"]) == ("installation.changed", ["name", "contact", "timezone", "currency"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("contact", "nobody"),
        ("timezone", "x"),
        ("language", "tlh"),
        ("currency", "euro"),
        ("currency", "E1R"),
    ],
)
def test_what_is_wrong_changes_nothing(door, house, field, value):
    page = post(door("ada"), "/admin/settings", **TOLD | {field: value})
    assert page.status_code == 422
    assert f'id="e-{field}"' in page.text
    with house.db.reading() as session:
        assert session.scalar(select(Installation.name)) == "Tidewell Instruments"


def test_only_admins_change_them(door, house):
    for name in ("mona", "rhea", "petra"):
        assert post(door(name), "/admin/settings", **TOLD).status_code == 403


def test_health_says_what_is_wrong_and_how_to_mend_it(door, monkeypatch):
    def ill(house):
        yield Finding("storage", BAD, "files cannot be stored: no space left", "Make room.")

    def breaks(house):
        raise RuntimeError("cannot even look")
        yield

    monkeypatch.setattr(
        "portal.admin.queries.EXAMINATIONS",
        {area: of for area, of in EXAMINATIONS.items() if area != "postgresql"} | {"storage": ill, "odd": breaks},
    )
    page = door("ada").get("/admin/health").text
    assert "2 things are broken." in page
    assert "Files cannot be stored: no space left" in page
    assert "Make room." in page
    assert "cannot even look" in page
    assert "Letters to be written and sent" in page
