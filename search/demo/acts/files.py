"""Folders, files and their versions, and who looked at them."""

from search.demo.script import Scene
from search.demo.tale import Tale
from workspaces.library import actions as library


def folder(tale: Tale, scene: Scene) -> None:
    room, key = scene.what
    told = scene.fields.get("audience", "everyone")
    audience = told if told in ("everyone", "staff") else tale.things[told]
    made = library.make_folder(tale.actor(scene.who), tale.things[room], name=scene.fields["name"], audience=audience)
    tale.keep(key, made)


def add(tale: Tale, scene: Scene) -> None:
    """Add a paper to a folder; kept by its key."""
    place, key = scene.what
    received = tale.papers[scene.fields["file"]]
    tale.keep(key, library.add_file(tale.actor(scene.who), tale.things[place], received=received, note=scene.fields.get("note", "")))
    tale.was_here(scene.who, tale.things[key].workspace)


def version(tale: Tale, scene: Scene) -> None:
    received = tale.papers[scene.fields["file"]]
    library.add_version(tale.actor(scene.who), tale.things[scene.what[0]], received=received, note=scene.fields.get("note", ""))
    tale.was_here(scene.who, tale.things[scene.what[0]].workspace)


def show(tale: Tale, scene: Scene) -> None:
    """Put a file under "Start here"."""
    library.pin_file(tale.actor(scene.who), tale.things[scene.what[0]], pinned=True)


def read(tale: Tale, scene: Scene) -> None:
    """Somebody opens files as they are now."""
    for key in scene.what:
        library.note_view(tale.actor(scene.who), tale.things[key].version)
        tale.was_here(scene.who, tale.things[key].workspace)


ACTS = {"folder": folder, "add": add, "version": version, "show": show, "read": read}
