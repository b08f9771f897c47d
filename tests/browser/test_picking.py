"""The composer's files: kept with the draft as they are picked, pasted pictures where the cursor was, and a way on where one fails."""

import base64
import re

from playwright.sync_api import expect

from tests.security.estate import PICTURE

PASTE = """([kind, data, name, type]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type }));
  const box = document.getElementById("f-body");
  const how = { bubbles: true, cancelable: true };
  const paste = () => new ClipboardEvent("paste", { ...how, clipboardData: carried });
  box.dispatchEvent(kind === "paste" ? paste() : new DragEvent("drop", { ...how, dataTransfer: carried }));
}"""


def put(page, kind, name):
    page.evaluate(PASTE, [kind, base64.b64encode(PICTURE).decode(), name, "image/png"])


def test_what_is_picked_pasted_and_dropped_survives_and_goes_out(site, window):
    ids = site.world.ids
    page = window("petra")
    page.goto(f"/w/{ids['room']}/discussions/{ids['topic']}")
    body = page.locator("#f-body")
    body.fill("Before  after")
    body.press("Home")
    for _ in range(len("Before ")):
        body.press("ArrowRight")
    chips = page.locator("[data-files] .up")
    there = chips.count()  # what the estate has picked for her
    put(page, "paste", "image.png")
    expect(chips.locator("[name=picked]")).to_have_count(there + 1)
    expect(body).to_have_value(re.compile(r"^Before !\[[\d .-]+\.png\]\(/me/drafts/files/\w+\)\n after$"))
    put(page, "drop", "panel.png")
    page.locator("[data-picked]").set_input_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"24 V"})
    expect(chips.locator("[name=picked]")).to_have_count(there + 3)
    assert body.input_value().count("![") == 2  # a file that was picked is no part of the words

    expect(page.locator("[data-saved]")).not_to_be_empty()
    words = body.input_value()
    page.reload()
    expect(chips).to_have_count(there + 3)
    expect(body).to_have_value(words)

    page.get_by_role("button", name="Remove panel.png").click()
    expect(chips).to_have_count(there + 2)
    assert "panel.png" not in body.input_value()

    page.get_by_role("button", name="Send").click()
    message = page.locator("[data-post]").last
    expect(message).to_contain_text("notes.txt")
    expect(message.locator(".msg-body img")).to_have_js_property("naturalWidth", 1)
    expect(chips).to_have_count(0)
    assert body.input_value() == ""


def test_undo_takes_a_picture_out_of_the_words(site, window):
    ids = site.world.ids
    page = window("mark")
    page.goto(f"/w/{ids['room']}/discussions/{ids['topic']}")
    body = page.locator("#f-body")
    body.press_sequentially("Look: ")
    put(page, "paste", "image.png")
    expect(page.locator("[name=picked]")).to_have_count(1)
    for _ in range(3):
        body.press("Control+z")
    assert "![" not in body.input_value()
    page.get_by_role("button", name="Remove").first.click()
    expect(page.locator("[name=picked]")).to_have_count(0)


def test_what_does_not_arrive_says_so_and_can_be_tried_again(site, window):
    ids = site.world.ids
    page = window("rhea")
    page.goto(f"/w/{ids['room']}/discussions/{ids['topic']}")
    page.route("**/drafts/files", lambda route: route.fulfill(status=422, body="<p>There is no room.</p>"))
    page.locator("#f-body").press_sequentially("Look: ")
    put(page, "paste", "image.png")
    chip = page.locator("[data-files] .up")
    expect(chip).to_contain_text("There is no room.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-not-sent]")).to_contain_text("A file did not arrive. Try again, or remove it.")
    page.screenshot(path="/tmp/l3shots/failed.png")
    page.unroute("**/drafts/files")
    chip.get_by_role("button", name="Try again").click()
    page.get_by_role("button", name="Send").click()  # it waits for what is on its way
    expect(page.locator("[data-post]").last.locator(".msg-body img")).to_have_count(1)
