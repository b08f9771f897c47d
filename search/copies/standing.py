"""Whether whom a copy was made for may still read all that is in it, as it is in it. Asked again each time it is taken away."""

from collections.abc import Iterator
from itertools import groupby, islice

from portal.kernel.actor import Actor
from portal.kernel.copying import STEP, Data, Scope, chapters
from portal.kernel.house import House
from portal.kernel.policy import RULES, allowed
from search.copies.assembling import stamp_of
from search.copies.models import WorkspaceCopy


def still_readable(house: House, actor: Actor, copy: WorkspaceCopy) -> bool:
    """False once anything in it was removed, hidden, changed, or is no longer for this person."""
    scope = Scope(workspace=copy.workspace)
    data = {each.path: each for made in chapters(scope) for each in made.data(scope)}
    assert copy.told_sha256
    with house.storage.open(copy.told_sha256) as file:
        told = (line.decode().split() for line in file)
        for path, of_path in groupby(told, lambda words: words[0]):
            for step in _steps((id, stamp) for _path, id, stamp in of_path):
                if path not in data or not _all_as_told(actor, data[path], step):
                    return False
    return True


def _all_as_told(actor: Actor, data: Data, told: dict[str, str]) -> bool:
    rows = list(actor.session.scalars(allowed(actor, data.verb).where(RULES[data.verb].model.id.in_(told))).unique())
    return {row["id"]: stamp_of(row) for row in data.show(actor, rows)} == told


def _steps(told: Iterator[tuple[str, str]]) -> Iterator[dict[str, str]]:
    while step := dict(islice(told, STEP)):
        yield step
