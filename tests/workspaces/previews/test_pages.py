"""A file page by page on screen."""

import io

import pytest
from PIL import Image

from search.demo import papers
from tests.workspaces.library.conftest import hostile_strings

MANUAL = "Cover of the manual\n---\nThe zebrafish valve opens at nine bar\n---\nClosing words"


def test_pages_lead_to_each_other(add, door) -> None:
    path = add("Manual.pdf", papers.pdf(MANUAL))
    petra = door("petra")
    first = petra.get(path)
    assert f'src="{path}/page/1/picture?v=1"' in first.text
    assert "Read all 3 pages" in first.text
    second = petra.get(f"{path}/page/2")
    assert "Page 2 of 3" in second.text
    assert f'src="{path}/page/2/picture?v=1"' in second.text
    assert "The zebrafish valve opens at nine bar" in second.text
    assert f'rel="prev" href="{path}/page/1?v=1"' in second.text
    assert f'rel="next" href="{path}/page/3?v=1"' in second.text
    assert 'rel="next"' not in petra.get(f"{path}/page/3").text
    for wrong in ("0", "4", "-1", "x", "99999999999999999999999"):
        assert petra.get(f"{path}/page/{wrong}").status_code == 404
    assert petra.get(f"{path}/page/1?v=2").status_code == 404


def test_a_picture_of_a_page(add, door) -> None:
    path = add("Manual.pdf", papers.pdf(MANUAL))
    id = path.rpartition("/")[2]
    for url in (f"{path}/page/2/picture", f"/api/v1/files/{id}/preview/2"):
        with door("rolf").get(url) as answer:
            assert answer.mimetype == "image/webp"
            assert Image.open(io.BytesIO(answer.data)).width == 1240
            assert "sandbox" in answer.headers["Content-Security-Policy"]
        with door("rolf").get(url, headers={"If-None-Match": answer.headers["ETag"]}) as again:
            assert again.status_code == 304
    assert door("rolf").get(f"{path}/page/4/picture").status_code == 404
    assert door("rolf").get(f"/api/v1/files/{id}/preview/4").status_code == 404
    assert door("nobody").get(f"/api/v1/files/{id}/preview/1").status_code == 401


def test_a_table_and_a_text_and_markdown(add, door) -> None:
    petra = door("petra")
    table = petra.get(add("Sites.csv", b"Site;Bar\nEaster Moor;9\n")).text
    assert "<td>Easter Moor</td><td>9</td>" in table
    text = petra.get(add("Notes.txt", b"Easter Moor; nine bar")).text
    assert "Easter Moor; nine bar</pre>" in text
    html = petra.get(add("Read me.md", b"# Moor\n\n* nine\n\n[x](javascript:alert(1))")).text
    assert "<li>nine</li>" in html
    assert 'href="javascript:' not in html


def test_film_is_played_by_ranges(add, door) -> None:
    film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 5000
    path = add("Walk-through.mp4", film)
    petra = door("petra")
    assert f'<video controls preload="metadata" src="{path}/play?v=1"' in petra.get(path).text
    with petra.get(f"{path}/play", headers={"Range": "bytes=10-19"}) as part:
        assert (part.status_code, part.data, part.mimetype) == (206, film[10:20], "video/mp4")
    assert petra.get(add("a.txt", b"no film") + "/play").status_code == 404


def test_opening_a_page_is_seen_by_others(add, door) -> None:
    path = add("Manual.pdf", papers.pdf(MANUAL))
    door("rolf").get(f"{path}/page/2").close()
    assert "Rolf Reader" in door("petra").get(path).text.partition('id="opened"')[2]


@pytest.mark.parametrize("name", ["strings.txt", "strings.csv", "strings.md", "strings.html"])
def test_hostile_words_are_shown_and_run_nowhere(add, door, name) -> None:
    told = "\n\n".join(text for text in hostile_strings() if text.strip())
    path = add(name, told.encode("utf-8", "replace"))
    number, page = 1, door("petra").get(f"{path}/page/1")
    while page.status_code == 200:
        main = page.text.partition("<main")[2].partition("</main>")[0]
        assert "<script" not in main.lower()
        assert "<iframe" not in main.lower()
        assert " onerror=" not in main.lower().replace("&quot;", '"').partition("<pre")[0]
        number += 1
        page = door("petra").get(f"{path}/page/{number}")
    assert page.status_code == 404
    assert number > 1


def test_words_to_be_marked_are_words(add, door) -> None:
    path = add("Notes.txt", b"a (b) <c> [d")
    page = door("petra").get(f"{path}/page/1", query_string={"mark": "(b) [d <c> " + "x" * 5000}).text
    assert "<mark>(b)</mark>" in page
    assert "<mark>&lt;c&gt;</mark>" in page
