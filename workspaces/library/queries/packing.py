"""What goes into the ZIP of a folder: the files that the reader may see in it, and in what lies in it, each under a path of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from workspaces.library.models import File, Folder
from workspaces.library.names import clean_name, numbered
from workspaces.library.policy import May
from workspaces.library.queries.listing import Tree

AT_A_TIME = 500  # rows fetched at once


@dataclass(frozen=True)
class Wanted:
    """A file that is to go in, and where."""

    path: str
    file_pk: int


def wanted_in(actor: Actor, tree: Tree, folder: Folder | None) -> list[Wanted]:
    """The files of a folder and of the folders in it, at any depth; None is the whole library."""
    return list(_below(actor, tree, folder if folder is not None else tree.home, "", tree.inside(folder)))


def wanted_of(files: Iterable[File]) -> list[Wanted]:
    """Files that were chosen, beside each other."""
    taken: set[str] = set()
    return [Wanted(free_name(clean_name(file.name), taken), file.pk) for file in files]


def _below(actor: Actor, tree: Tree, folder: Folder | None, above: str, inner: list[Folder]) -> Iterator[Wanted]:
    taken: set[str] = set()
    for each in inner:
        name = free_name(clean_name(each.name.replace("/", "_").replace("\\", "_")), taken)
        yield from _below(actor, tree, each, f"{above}{name}/", tree.inside(each))
    if folder is not None:
        for pk, name in _files(actor, folder):
            yield Wanted(above + free_name(clean_name(name), taken), pk)


def _files(actor: Actor, folder: Folder) -> Any:
    found = allowed(actor, May.READ_FILE).where(File.folder_pk == folder.pk).order_by(File.name, File.pk)
    return actor.session.execute(found.with_only_columns(File.pk, File.name).execution_options(yield_per=AT_A_TIME))


def free_name(name: str, taken: set[str]) -> str:
    """The name, or with a number where something beside it would be the same to a file system that ignores case."""
    tried, n = name, 1
    while tried.casefold() in taken:
        n += 1
        tried = numbered(name, n)
    taken.add(tried.casefold())
    return tried
