"""The shelf with a price list on it, placed by Rhea in her room and by Ravi in his."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.kernel.house import House
from portal.kernel.policy import fetch
from workspaces.library import actions as library
from workspaces.library.models import File, Folder
from workspaces.library.policy import May as Library
from workspaces.library.receiving import Received, take
from workspaces.shelf import actions, queries
from workspaces.shelf.models import Placement


@pytest.fixture
def bring(house: House) -> Callable[[str, bytes], Received]:
    """`bring("a.pdf", b"…")`: bytes as if they had just come."""
    return lambda name, content=b"bytes": take(house.storage, name, [content], 10**6)


@pytest.fixture
def master(acting, world, bring) -> str:
    """The id of the price list, by Nora, who works in neither room."""
    with acting("nora") as nora:
        front = queries.front_of(nora, actions.open_shelf(nora))
        file = library.add_file(nora, front, received=bring("Prices.txt", b"24 pumps: 100"), note="Margin is 30 percent")
        world.keep("master", file)
        world.keep("shelf_folder", front)
        world.keep("shelf", front.workspace)
        return file.id


@pytest.fixture
def place(acting, world, master):
    """`place("rhea", "folder")`: the id of a placement, and of its file."""

    def placing(who: str, folder: str, *, follows: bool = True) -> tuple[str, str]:
        with acting(who) as actor:
            if folder == "other_folder":
                at = actor.session.scalars(select(Folder).where(Folder.workspace_pk == world.pks["other"])).one()
            else:
                at = actor.session.get_one(Folder, world.pks[folder])
            made = actions.place(actor, fetch(actor, Library.READ_FILE, master), folders=[at], follows=follows)[0]
            return made.id, made.file.id

    return placing


@pytest.fixture
def renew(acting, master, bring):
    """`renew(b"…")`: another version on the shelf, by Nora."""

    def renewing(content: bytes, note: str = "Dearer by a tenth, and we know why") -> None:
        with acting("nora") as nora:
            library.add_version(nora, fetch(nora, Library.ADD_VERSION, master), received=bring("Prices.txt", content), note=note)

    return renewing


@pytest.fixture
def at(db):
    """`at(placement id)`: the placement as it stands now."""

    def found(id: str) -> Placement:
        db.rollback()
        db.expire_all()
        return db.scalars(select(Placement).where(Placement.id == id)).one()

    return found


@pytest.fixture
def file_at(db):
    def found(id: str) -> File:
        db.rollback()
        db.expire_all()
        return db.scalars(select(File).where(File.id == id)).one()

    return found
