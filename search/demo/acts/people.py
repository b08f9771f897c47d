"""Staff come and go; clients say who they are."""

from portal.kernel.actor import the_system
from portal.kernel.clock import now
from portal.people import actions as people
from search.demo.script import Scene
from search.demo.tale import Tale


def install(tale: Tale, scene: Scene) -> None:
    """The vendor's name and its first admin, as /setup asks for them."""
    session, system = tale.session, the_system(tale.session)
    ours = people.installation(session)
    ours.set_up_at = now()
    person = people.add_staff(system, email=scene.fields["email"], name=scene.fields["name"], roles=["admin"], title=scene.fields["title"])
    person.timezone = scene.fields["timezone"]
    tale.keep(scene.what[0], person)
    choices = {"name": scene.fields["vendor"], "contact": scene.fields["contact"], "timezone": scene.fields["timezone"]}
    people.change_installation(system, **choices)


def hire(tale: Tale, scene: Scene) -> None:
    told = scene.fields
    manager = tale.things[told["manager"]] if "manager" in told else None
    person = people.add_staff(
        tale.actor(scene.who), email=told["email"], name=told["name"], roles=scene.listed("roles"), title=told["title"], manager=manager
    )
    person.timezone = people.installation(tale.session).timezone
    tale.keep(scene.what[0], person)


def suspend(tale: Tale, scene: Scene) -> None:
    people.suspend_person(tale.actor(scene.who), tale.things[scene.what[0]])


ACTS = {"install": install, "hire": hire, "suspend": suspend}
