"""Accounts, contacts, notes, and who looks after them."""

from portal.accounts import actions as accounts
from search.demo.script import Scene
from search.demo.tale import Tale

LISTS = ("domains", "tags")


def open_account(tale: Tale, scene: Scene) -> None:
    fields = {name: value for name, value in scene.fields.items() if name not in LISTS}
    lists = {name: tuple(scene.listed(name)) for name in LISTS}
    tale.keep(scene.what[0], accounts.open_account(tale.actor(scene.who), **fields, **lists))  # type: ignore[arg-type]


def change(tale: Tale, scene: Scene) -> None:
    fields = {name: sorted(scene.listed(name)) if name in LISTS else value for name, value in scene.fields.items()}
    accounts.change_account(tale.actor(scene.who), tale.things[scene.what[0]], **fields)


def contact(tale: Tale, scene: Scene) -> None:
    account, key = scene.what
    told = {name: scene.fields.get(name, "") for name in ("name", "email", "title", "phone")}
    made = accounts.add_contact(tale.actor(scene.who), tale.things[account], roles=scene.listed("roles"), tags=scene.listed("tags"), **told)
    tale.keep(f"contact.{key}", made)


def roles(tale: Tale, scene: Scene) -> None:
    """A contact's part in the purchase from now on."""
    accounts.change_contact(tale.actor(scene.who), tale.things[f"contact.{scene.what[0]}"], roles=list(scene.what[1:]))


def note(tale: Tale, scene: Scene) -> None:
    account, *key = scene.what
    written = accounts.write_note(
        tale.actor(scene.who), tale.things[account], body=tale.words(scene), kind=scene.fields.get("kind", "call")
    )
    if key:
        tale.keep(key[0], written)


def team(tale: Tale, scene: Scene) -> None:
    account, person = scene.what
    accounts.join_team(tale.actor(scene.who), tale.things[account], person=tale.things[person])


def give(tale: Tale, scene: Scene) -> None:
    account, person = scene.what
    accounts.give_account(tale.actor(scene.who), tale.things[account], to=tale.things[person], reason=scene.fields.get("reason", ""))


ACTS = {"account": open_account, "change": change, "contact": contact, "roles": roles, "note": note, "team": team, "give": give}
