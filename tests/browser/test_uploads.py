"""A large file over a poor network: it waits, goes on by itself, pauses, and goes on after a reload from where it was."""

import hashlib
import random

import pytest
from playwright.sync_api import expect

from tests.waiting import eventually

SIZE = 36 * 2**20  # bytes: five pieces


@pytest.fixture
def survey(tmp_path):
    made = tmp_path / "Drone survey.bin"
    made.write_bytes(random.Random(3).randbytes(SIZE))
    return made


class Wire:
    """What goes over the wire of a page: the offsets of pieces; `broken` lets none through."""

    def __init__(self, page) -> None:
        self.offsets, self.broken = [], False
        page.route("**/api/v1/uploads/*", self.carry)

    def carry(self, route):
        if route.request.method == "PATCH":
            if self.broken or (len(self.offsets) == 2 and not self.broken):
                self.broken = True
                return route.abort("internetdisconnected")
            self.offsets.append(int(route.request.headers["upload-offset"]))
        return route.continue_()

    def mend(self) -> None:
        self.broken = False
        self.offsets.append(-1)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_it_goes_on_where_it_broke_off(site, window, survey, phone):
    page = window("petra", phone=phone)
    wire = Wire(page)
    page.goto(site.path_of("room") + f"files/{site.world.ids['folder']}")
    page.locator("#f-files").set_input_files(survey)
    line = page.locator(".adding li")
    expect(line).to_contain_text("Waiting for your connection")
    wire.mend()
    expect(line).to_contain_text("Added", timeout=60_000)
    sent = [offset for offset in wire.offsets if offset >= 0]
    assert sent == sorted(set(sent)), "no piece went twice"
    stored = page.request.get(f"/api/v1/folders/{site.world.ids['folder']}/files").json()["items"]
    found = next(each for each in stored if each["name"] == "Drone survey.bin")
    assert (found["size"], found["sha256"]) == (SIZE, hashlib.sha256(survey.read_bytes()).hexdigest())
    page.request.delete(
        f"/api/v1/files/{found['id']}", headers={"X-CSRFToken": page.locator("meta[name=csrf-token]").get_attribute("content")}
    )


def test_paused_and_picked_again_after_a_reload(site, window, survey):
    page = window("petra")
    wire = Wire(page)
    page.goto(site.path_of("room") + f"files/{site.world.ids['folder']}")
    page.locator("#f-files").set_input_files(survey)
    line = page.locator(".adding li")
    expect(line).to_contain_text("Waiting for your connection")
    wire.mend()
    page.on("dialog", lambda dialog: dialog.accept())  # "stay on this page"
    page.reload()
    page.locator("#f-files").set_input_files(survey)
    expect(line).to_contain_text("Added", timeout=60_000)
    sent = [offset for offset in wire.offsets if offset >= 0]
    assert sent.count(0) == 1, "it did not begin anew"


def test_pause_go_on_and_cancel(site, window, survey):
    page, held, survey = window("petra"), [], survey.rename(survey.with_name("Thermal survey.bin"))

    def hold(route):
        """The first piece goes through, the next waits for what is never said."""
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
            return held.append(route)
        return route.continue_()

    page.route("**/api/v1/uploads/*", hold)
    page.goto(site.path_of("room") + f"files/{site.world.ids['folder']}")
    page.locator("#f-files").set_input_files(survey)
    line = page.locator(".adding li")
    expect(line).to_contain_text("22%")
    page.get_by_role("button", name="Pause Thermal survey.bin").click()
    expect(line).to_contain_text("Paused at 22%")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Cancel Thermal survey.bin").click()
    expect(line).to_contain_text("Cancelled")
    unfinished = site.running.data / "uploads"
    eventually(lambda: not list(unfinished.glob("upload-*")))
