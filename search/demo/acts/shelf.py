"""The shelf: a document on it, where it is placed, and a new version that arrives where it is followed."""

from sqlalchemy import select

from search.demo.script import Scene
from search.demo.tale import Tale
from workspaces.library import actions as library
from workspaces.shelf import actions
from workspaces.shelf.models import Placement
from workspaces.shelf.queries import front_of


def shelve(tale: Tale, scene: Scene) -> None:
    """Put a paper on the shelf; kept by its key."""
    actor, received = tale.actor(scene.who), tale.papers[scene.fields["file"]]
    front = front_of(actor, actions.open_shelf(actor))
    tale.keep(scene.what[0], library.add_file(actor, front, received=received, note=scene.fields.get("note", "")))


def place(tale: Tale, scene: Scene) -> None:
    """Place a document of the shelf in a folder; the file there is kept by its key."""
    master, folder, key = scene.what
    follows = scene.fields.get("how") != "ask"
    made = actions.place(tale.actor(scene.who), tale.things[master], folders=[tale.things[folder]], follows=follows)[0]
    tale.keep(key, made.file)
    tale.was_here(scene.who, made.file.workspace)


def renew(tale: Tale, scene: Scene) -> None:
    """A new version on the shelf comes to where it is followed, as the worker would have brought it."""
    master = tale.things[scene.what[0]]
    received = tale.papers[scene.fields["file"]]
    library.add_version(tale.actor(scene.who), master, received=received, note=scene.fields.get("note", ""))
    for placement in tale.session.scalars(select(Placement).where(Placement.master_pk == master.pk)).all():
        actions.arrive(tale.actor("system"), placement)


ACTS = {"shelve": shelve, "place": place, "renew": renew}
