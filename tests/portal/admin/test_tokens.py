"""Everybody's API tokens: admins see that they are there and end them; the secret is shown to nobody."""

import pytest

from portal.people import actions
from tests.conftest import post


@pytest.fixture
def report(acting):
    """(id, secret) of a token of Rhea's."""
    with acting("rhea") as rhea:
        token, secret = actions.make_token(rhea, name="nightly report", scopes=["write"])
        return token.id, secret


@pytest.mark.parametrize(("name", "status"), [("ada", 200), ("mona", 403), ("rhea", 403), ("petra", 403), ("nobody", 303)])
def test_admins_alone_see_the_list(door, report, name, status):
    page = door(name).get("/admin/tokens")
    assert page.status_code == status
    assert ("nightly report" in page.text) is (name == "ada")


def test_an_admin_ends_a_token_without_seeing_it(door, app, report):
    id, secret = report
    script = app.test_client()
    script.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    assert script.get("/api/v1/me").status_code == 200
    ada = door("ada")
    page = ada.get("/admin/tokens").text
    assert "Rhea Rep" in page
    assert secret not in page
    assert post(door("mona"), f"/admin/tokens/{id}/revoke").status_code in (403, 404)
    assert script.get("/api/v1/me").status_code == 200
    assert post(ada, f"/admin/tokens/{id}/revoke").status_code == 303
    assert script.get("/api/v1/me").status_code == 401
    assert f"/admin/tokens/{id}/revoke" not in ada.get("/admin/tokens").text
