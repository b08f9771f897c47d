"""Commands: an account written out, checked, and brought in."""

from pathlib import Path

import click
from sqlalchemy import func, or_, select

from portal.accounts.models import Account, AccountDomain
from portal.kernel.house import House
from portal.kernel.shell import as_json, grumble, say, say_json, using_house
from portal.kernel.words import filesize
from search.copies import hashes, reading, writing
from search.copies.hashes import NotWhole
from search.copies.reading import Unusable

FOLDER = click.Path(path_type=Path, file_okay=False)
THERE = click.Path(path_type=Path, file_okay=False, exists=True)


@click.group()
def export() -> None:
    """Take everything of an account out, to be read and kept without this program."""


@export.command()
@click.argument("account", metavar="A")
@click.argument("folder", metavar="DIR", type=FOLDER)
@as_json
@using_house
def account(house: House, account: str, folder: Path, as_json: bool) -> None:
    """Write everything of account A (its id, name or mail domain) to a new folder DIR.

    Pages to be read from disk, every row as JSON, the files with every version, and a signed list of hashes.
    """
    found = _named(house, account)
    try:
        told = writing.write_account(house, found, folder)
    except FileExistsError:
        raise click.BadParameter("There is something in it already.", param_hint="DIR") from None
    except FileNotFoundError as missing:
        _fail([f"The bytes of a file are missing ({missing}). Run mainstay verify, mend it, and try again."])
    if as_json:
        say_json(told)
        return
    say(f"{told['files']} files, {filesize(told['size'])}, in {folder}")
    say(f"Signed by {told['key']}: tell this to whoever is to check it.")


@export.command()
@click.argument("folder", metavar="DIR", type=THERE)
@click.option("--key", default="", metavar="FINGERPRINT", help="Who must have signed it, as `mainstay export key` there prints it.")
@as_json
def verify(folder: Path, key: str, as_json: bool) -> None:
    """Check a copy against its signed list of hashes. Names every file that is not as it was; exit code 1 if there is any."""
    try:
        signer = hashes.verify(folder, key)
    except NotWhole as wrong:
        if as_json:
            say_json({"whole": False, "wrong": wrong.lines})
            raise SystemExit(1) from None
        _fail(wrong.lines)
    if as_json:
        say_json({"whole": True, "key": signer})
        return
    say("The copy is whole.")
    say(f"Signed by {signer}" + ("." if key else ": ask whoever made it whether this is their key (mainstay export key)."))


@export.command()
@using_house
def key(house: House) -> None:
    """Print the fingerprint of the key that this installation signs copies with."""
    say(hashes.fingerprint(hashes.own_key(house.settings).public_key()))


@click.command(name="copy")
@click.argument("folder", metavar="DIR", type=THERE)
@click.option("--key", default="", metavar="FINGERPRINT", help="Who must have signed it.")
@click.option("--owner", default="", metavar="EMAIL", help="Who of the staff here looks after the account from now on.")
@as_json
@using_house
def bring_copy(house: House, folder: Path, key: str, owner: str, as_json: bool) -> None:
    """Bring in an account from the copy that another installation wrote to DIR.

    Ids, times, authors and the chain of hashes stay as they were. Nothing here is overwritten; a second run changes nothing. Its people
    come without a way to sign in.
    """
    try:
        told = reading.bring_in(house, folder, key=key, owner=owner)
    except NotWhole as wrong:
        _fail(wrong.lines)
    except Unusable as wrong:
        _fail([str(wrong)])
    if as_json:
        say_json(told)
    elif told["brought"]:
        say(f"{told['name']} is here: {told['rows']} rows. Signed by {told['key']}.")
        if not owner:
            say("Nobody here looks after it yet: an admin can give it to somebody.")
    else:
        say(f"{told['name']} is here already. Nothing was changed.")


def _fail(lines: list[str]) -> None:
    for line in lines:
        grumble(line)
    raise SystemExit(1)


def _named(house: House, told: str) -> str:
    """The id of the account that was meant."""
    with house.db.reading() as session:
        of_domain = select(AccountDomain.account_pk).where(AccountDomain.name == told.lower())
        meant = or_(Account.id == told, func.lower(Account.name) == told.lower(), Account.pk.in_(of_domain))
        found = list(session.scalars(select(Account.id).where(meant).limit(2)))
    if not found:
        raise click.BadParameter("There is no such account.", param_hint="A")
    if len(found) > 1:
        raise click.BadParameter(f"Several accounts are called that; name its id: {', '.join(found)}.", param_hint="A")
    return found[0]
