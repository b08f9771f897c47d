"""/api/docs: swagger-ui draws the description under our strict policy, from our own address alone, by day and by night."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WIDE, Window, shoot

pytestmark = pytest.mark.browser
START = "#operations-Talk-forums_start_topic"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_the_description_can_be_read(window: Window, phone: bool, dark: bool) -> None:
    page = window(phone=phone, dark=dark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/docs")
    page.locator("#operations-tag-Talk").click()
    page.locator(f"{START} .opblock-summary-control").click()
    expect(page.locator(START)).to_contain_text("Start a discussion")
    expect(page.locator(START)).to_contain_text("Idempotency-Key")
    shoot(page, f"description.docs-{'dark' if dark else 'light'}-{'phone' if phone else 'wide'}")
    assert page.evaluate("document.documentElement.classList.contains('dark-mode')") is dark
    assert page.evaluate("document.documentElement.scrollWidth") <= (PHONE if phone else WIDE)["width"]
    assert [each for each in asked if not each.startswith((page.url.split("/api/")[0], "data:", "blob:"))] == []


def test_who_is_signed_in_tries_it_as_themselves(window: Window) -> None:
    page = window("rhea")
    page.goto("/api/docs")
    page.locator("[id='operations-tag-Accounts']").click()
    operation = page.locator("#operations-Accounts-accounts_open_account")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("textarea").fill('{"name": "Tried Out"}')
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("201")


def test_without_scripts_it_leads_to_the_description(window: Window) -> None:
    page = window(scripts=False)
    page.goto("/api/docs")
    assert page.get_by_role("link", name="The description itself, as OpenAPI").get_attribute("href") == "/api/v1/openapi.json"
