"""The shelf at its doors: pages and API, as each of the cast; what clients get is what anybody gets for nothing."""

import io

import pytest

from portal.kernel.policy import fetch
from tests.conftest import csrf_of, post
from tests.counting import counting
from tests.workings import drain
from workspaces.library import actions as library
from workspaces.library.policy import May as Library

CLIENTS = ("petra", "mark", "rolf", "otto")


@pytest.fixture
def room(world) -> str:
    return f"/w/{world.ids['room']}"


def add(client, url: str, name: str, content: bytes, **fields):
    data = {"csrf_token": csrf_of(client), **fields, "files": [(io.BytesIO(content), name)]}
    return client.post(url, data=data, content_type="multipart/form-data")


def test_a_rep_opens_the_shelf_adds_places_and_renews(door, world, room, house):
    nora, rhea = door("nora"), door("rhea")
    assert "Open the shelf" in nora.get("/shelf").text
    assert post(nora, "/shelf").status_code == 303
    page = nora.get("/shelf").text
    folder = page.split('data-folder="')[1].split('"')[0]
    assert post(nora, "/shelf").status_code == 303
    assert f'data-folder="{folder}"' in nora.get("/shelf").text
    shelf = page.split('name="in" value="')[1].split('"')[0] if 'name="in"' in page else page.split('action="/w/')[1].split("/")[0][:22]
    assert add(nora, f"/w/{shelf}/files/{folder}/add", "Prices.txt", b"one").status_code == 303
    page = nora.get("/shelf").text
    assert "Prices.txt" in page
    assert "Team only" in page
    id = page.split('data-file="')[1].split('"')[0]
    file = rhea.get(f"/w/{shelf}/files/f/{id}").text
    assert "It is in no workspace that you can see." in file
    assert "discussions/new" not in file
    choosing = rhea.get(f"/shelf/{id}/place").text
    assert "Leak detection" in choosing
    assert "Cold chain" not in choosing
    placed = post(rhea, f"/shelf/{id}/place", folders=[world.ids["folder"], ""], how="follow")
    assert placed.status_code == 303
    assert "Leak detection" in rhea.get(f"/w/{shelf}/files/f/{id}").text
    assert "Leak detection" not in door("ravi").get(f"/w/{shelf}/files/f/{id}").text
    again = post(rhea, f"/shelf/{id}/place", folders=world.ids["folder"])
    assert again.status_code == 422
    assert "already" in again.text
    assert add(nora, f"/w/{shelf}/files/f/{id}/version", "Prices.txt", b"two", note="Only for us").status_code == 303
    drain(house)
    listed = rhea.get(f"{room}/files/").text
    assert "From the shelf" in listed
    mine = listed.split('data-name="Prices.txt"')[0].rsplit('data-file="', 1)[1].split('"')[0]
    assert "version 2" in rhea.get(f"{room}/files/f/{mine}").text
    petra = door("petra").get(f"{room}/files/f/{mine}").text
    assert "Version 2" in petra
    for ours in ("shelf", "Shelf", "Only for us", "Team only"):
        assert ours not in petra, ours
    assert "helf" not in door("petra").get(f"{room}/files/").text


def test_from_a_folder_one_takes_from_the_shelf(door, world, room, master):
    rhea, here = door("rhea"), f"{room}/files/{world.ids['folder']}"
    assert f"{here}/shelf" in rhea.get(here).text.replace("-leak-detection", "")
    assert "Prices.txt" in rhea.get(f"{here}/shelf").text
    assert "Prices.txt" not in rhea.get(f"{here}/shelf?q=tariff").text
    for chosen in ([], ["0" * 22], [world.ids["folder"]]):
        assert post(rhea, f"{here}/shelf", masters=chosen).status_code == 422
    assert post(rhea, f"{here}/shelf", masters=master, how="ask").status_code == 303
    assert "Prices.txt" in door("petra").get(here).text
    assert "From the shelf" not in door("petra").get(here).text


def test_what_is_newer_is_taken_or_kept(door, place, renew, file_at, at, house):
    placement, id = place("rhea", "folder", follows=False)
    renew(b"two")
    rhea, path = door("rhea"), file_at(id).path
    page = rhea.get(path).text
    assert "A newer version is on the shelf." in page
    assert "and we know why" in page, "the team reads the master's note"
    assert post(rhea, f"/shelf/placements/{placement}", act="keep").status_code == 303
    assert "Take it after all" in rhea.get(path).text
    assert post(rhea, f"/shelf/placements/{placement}", act="take", changed="From January").status_code == 303
    assert file_at(id).version.number == 2
    assert "From January" in door("petra").get(path).text
    assert post(rhea, f"/shelf/placements/{placement}", act="follow").status_code == 303
    assert at(placement).follows
    assert post(rhea, f"/shelf/placements/{placement}", act="burn").status_code == 303
    assert "is-bad" in rhea.get(path).text or "alert" in rhea.get(path).text


def test_a_withdrawn_master_is_said_where_it_is_placed(door, place, file_at, acting, master):
    _placement, id = place("rhea", "folder")
    with acting("nora") as nora:
        library.remove_file(nora, fetch(nora, Library.REMOVE_FILE, master))
    assert "was taken off the shelf" in door("rhea").get(file_at(id).path).text
    assert "shelf" not in door("petra").get(file_at(id).path).text


@pytest.mark.parametrize("name", CLIENTS)
def test_for_clients_there_is_no_shelf(door, world, place, master, name, room):
    placement, _file = place("rhea", "folder")
    client, shelf, front = door(name), world.ids["shelf"], world.ids["shelf_folder"]
    assert door("rhea").get("/shelf").status_code == 200
    assert client.get("/shelf").status_code in (403, 404)
    pages = (f"/w/{shelf}/files/", f"/w/{shelf}/files/{front}", f"/w/{shelf}/files/f/{master}", f"/shelf/{master}/place")
    api = (f"files/{master}", f"folders/{front}/files", f"files/{master}/placements", f"placements/{placement}")
    for path in (*pages, *(f"/api/v1/{each}" for each in (*api, f"workspaces/{shelf}/folders"))):
        assert door("rhea").get(path).status_code in (200, 302), path
        assert client.get(path).status_code == 404, path
    assert client.get(f"/api/v1/files/{master}/content").status_code == 404
    assert post(client, f"/shelf/placements/{placement}", act="ask").status_code == 404
    assert post(client, f"{room}/files/{world.ids['folder']}/shelf", masters=master).status_code in (403, 404)
    for path in ("/api/v1/shelf", "/api/v1/workspaces", "/api/v1/changes", "/search?q=Prices"):
        found = client.get(path)
        assert master not in found.text, path
        assert shelf not in found.text, path


def test_the_shelf_is_no_workspace_on_any_list(door, world, master):
    rhea, shelf = door("rhea"), world.ids["shelf"]
    assert shelf not in rhea.get("/api/v1/workspaces").text
    assert shelf not in rhea.get("/w/").text
    for path in ("/", "/discussions", "/people", "/plan", "/settings", "/groups", "/export", "/view"):
        assert rhea.get(f"/w/{world.ids['room']}{path}").status_code in (200, 302, 405), path
        assert rhea.get(f"/w/{shelf}{path}").status_code in (404, 405), path


def test_in_a_view_as_the_client_nothing_tells_of_it(door, world, place, file_at, room):
    _placement, id = place("rhea", "folder")
    rhea = door("rhea")
    assert "From the shelf" in rhea.get(file_at(id).path).text
    assert post(rhea, f"{room}/view", person=world.ids["petra"]).status_code == 303
    for path in (file_at(id).path, f"{room}/files/", f"{room}/"):
        assert "helf" not in rhea.get(path).text, path
    assert rhea.get("/shelf").status_code in (403, 404)


def test_the_api_lists_adds_places_and_answers(door, world, file_at):
    rhea = door("rhea")
    headers = {"X-CSRFToken": csrf_of(rhea)}
    assert rhea.get("/api/v1/shelf").json == {"items": [], "next": None}
    made = rhea.post("/api/v1/shelf", data={"files": (io.BytesIO(b"one"), "Sheet.txt"), "note": "First"}, headers=headers)
    assert made.status_code == 201
    master = made.json["id"]
    assert [each["id"] for each in rhea.get("/api/v1/shelf").json["items"]] == [master]
    places = f"/api/v1/files/{master}/placements"
    for wrong in ({"folders": []}, {"folders": ["x"]}, {"folders": [world.ids["shelf"]] if "shelf" in world.ids else ["0" * 22]}, {}):
        assert rhea.post(places, json=wrong, headers=headers).status_code == 422, wrong
    placed = rhea.post(places, json={"folders": [world.ids["folder"]], "follows": False}, headers=headers)
    assert placed.status_code == 201
    (one,) = placed.json["items"]
    assert (one["workspace"], one["version"], one["newest"], one["follows"], one["asks"]) == (world.ids["room"], 1, 1, False, False)
    data = {"file": (io.BytesIO(b"two"), "Sheet.txt")}
    assert rhea.post(f"/api/v1/files/{master}/versions", data=data, headers=headers).status_code == 201
    here = f"/api/v1/placements/{one['id']}"
    assert rhea.get(here).json["asks"] is True
    taken = rhea.patch(here, json={"newer": "take", "note": "Now with depths", "follows": True}, headers=headers).json
    assert (taken["version"], taken["asks"], taken["follows"]) == (2, False, True)
    assert file_at(one["file"]).version.note == "Now with depths"
    assert rhea.patch(here, json={"newer": "keep"}, headers=headers).status_code == 422
    assert rhea.patch(here, json={"newer": "burn"}, headers=headers).status_code == 422
    assert [each["id"] for each in rhea.get(places).json["items"]] == [one["id"]]
    assert door("ravi").get(places).json["items"] == []
    assert door("ravi").get(here).status_code == 404
    assert door("mona").patch(here, json={"follows": False}, headers={"X-CSRFToken": "x"}).status_code in (400, 403)


def test_where_it_is_used_costs_the_same_however_often(door, house, world, acting, place, master):
    from workspaces.library.models import Folder
    from workspaces.shelf import actions

    place("rhea", "folder")
    rhea, path = door("rhea"), f"/w/{world.ids['shelf']}/files/f/{master}"
    rhea.get(path)
    with counting(house) as few:
        rhea.get(path)
    with acting("rhea") as actor:
        folders = [library.make_folder_in(actor, actor.session.get_one(Folder, world.pks["folder"]), name=f"More {n}") for n in range(5)]
        actions.place(actor, fetch(actor, Library.READ_FILE, master), folders=folders)
    with counting(house) as many:
        assert rhea.get(path).text.count("not opened yet") >= 6
    assert len(many) == len(few)


def test_the_library_s_pages_are_the_shelf_s_too(door, world, master, renew):
    renew(b"two")
    mona, files = door("mona"), f"/w/{world.ids['shelf']}/files"
    folder, file = f"{files}/{world.ids['shelf_folder']}", f"{files}/f/{master}"
    for path in (f"{files}/", f"{files}/removed", folder, f"{folder}/who", f"{folder}/edit", f"{folder}/move"):
        page = mona.get(path)
        assert page.status_code == 200, path
        assert "Team only" in page.text, path
        assert f"/w/{world.ids['shelf']}-shelf/people" not in page.text, path
    for path in ("", "/who", "/edit", "/move", "/aside", "/compare", "?v=1", "/page/1"):
        assert mona.get(f"{file}{path}").status_code == 200, path
    assert "Prices.txt" in mona.get("/search?q=Prices").text
    assert post(mona, f"{files}/folders", parent=world.ids["shelf_folder"], name="Terms").status_code == 303
    assert "Terms" in mona.get("/shelf").text
    assert post(mona, f"{file}/remove").status_code == 303
    assert "Prices.txt" in mona.get(f"{files}/removed").text
    assert post(mona, f"{file}/restore").status_code == 303
    for act in ("pin", "ask"):
        assert post(mona, f"{file}/{act}", pinned="1", must_read="1").status_code in (303, 403, 404, 422), act
