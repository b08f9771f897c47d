"""The one composition root: what Mainstay is made of, to be read as a table of contents."""

from flask import Flask

import portal.accounts.documents
import portal.accounts.policy
import portal.cli.examining
import portal.kernel.sweeping
import portal.notices.policy
import portal.people.checks
import portal.people.jobs
import portal.people.mails
import portal.people.policy
import search.finding.policy
import search.today.policy
import workspaces.forums.documents
import workspaces.forums.mails
import workspaces.forums.policy
import workspaces.library.documents
import workspaces.library.policy
import workspaces.rooms.mails
import workspaces.rooms.policy
from portal.accounts import actions as accounts
from portal.accounts import api as accounts_api
from portal.accounts import queries as accounts_queries
from portal.accounts import sources as accounts_sources
from portal.accounts import views as accounts_views
from portal.admin import views as admin_views
from portal.cli import demo, serving, verifying
from portal.cli.main import cli
from portal.kernel import checks, outbox
from portal.kernel import settings as settings_
from portal.kernel.bus import Bus, RedisBus, TableBus
from portal.kernel.content import watch_content
from portal.kernel.db import Database
from portal.kernel.house import House
from portal.kernel.settings import Settings
from portal.kernel.shell import Program
from portal.kernel.storage import Directory
from portal.kernel.words import gettext as _
from portal.mail import letters, queue
from portal.mail.transport import transport
from portal.notices import api as notices_api
from portal.notices import live as notices_live
from portal.notices import queries as notices_queries
from portal.notices import views as notices_views
from portal.people import api as people_api
from portal.people import cli as people_cli
from portal.people import queries as people
from portal.people import sign_ins
from portal.people import views as people_views
from portal.web import app as web
from portal.web import health, realtime
from portal.web.render import share
from portal.web.slots import fill
from search.demo import teller
from search.engines import open_engine
from search.finding import api as finding_api
from search.finding import views as finding_views
from search.indexer import check as index_check
from search.indexer import cli as index_cli
from search.indexer import jobs as index_jobs
from search.today import views as today_views
from search.trail import api as trail_api
from search.trail import registering as trail
from search.trail import views as trail_views
from workspaces.forums import actions as forums
from workspaces.forums import api as forums_api
from workspaces.forums import attachments
from workspaces.forums import jobs as forums_jobs
from workspaces.forums import live as forums_live
from workspaces.forums import queries as forums_queries
from workspaces.forums import slots as forums_slots
from workspaces.forums import sources as forums_sources
from workspaces.forums import views as forums_views
from workspaces.forums.actions import handing_over as forums_handing_over
from workspaces.library import actions as library
from workspaces.library import api as library_api
from workspaces.library import jobs as library_jobs
from workspaces.library import live as library_live
from workspaces.library import queries as library_queries
from workspaces.library import slots as library_slots
from workspaces.library import views as library_views
from workspaces.rooms import actions as rooms
from workspaces.rooms import api as rooms_api
from workspaces.rooms import live as rooms_live
from workspaces.rooms import queries as rooms_queries
from workspaces.rooms import sources as rooms_sources
from workspaces.rooms import views as rooms_views


def build_house(settings: Settings | None = None) -> House:
    """The ports and their adapters, as the settings name them. Opens nothing that is not there yet."""
    settings = settings or settings_.load()
    watch_content()
    db = Database(settings.database_url)
    bus: Bus = RedisBus(settings.redis_url) if settings.redis_url else TableBus(db)
    db.publish = bus.publish
    storage = Directory(settings.blobs_dir, settings.uploads_dir)
    search = open_engine(f"whoosh://{settings.index_dir}", settings.secret_key.encode())
    house = House(settings, db, storage, bus, post=transport(settings), search=search)
    register(house)
    return house


def register(house: House) -> None:
    """The plug points: subscribers, sources, mailboxes, slots, registries."""
    queue.register()
    letters.speak_for(people.vendor)
    share("vendor", people.vendor)
    share("inbox_count", notices_queries.unread_count)
    realtime.PERSONAL["notice"] = notices_live.notification
    outbox.consumer(forums_jobs.TELL_OF_POSTS)
    index_jobs.register()
    accounts_sources.register()
    forums_sources.register()
    forums_live.register()
    checks.CHECKS |= {
        "accounts": lambda house, session: accounts_queries.breaches(session),
        "blobs": library_jobs.check_blobs,
        "index": lambda house, session: index_check.differences(house),
    }
    rooms_live.PLACES[:] = [forums_live.audiences, library_queries.audiences_in]
    rooms_queries.COUNTS["discussions"] = forums_queries.unread_posts
    rooms_queries.COUNTS["files"] = library_queries.count_new
    library_live.register()
    library_slots.attach_to(attachments.PORT)
    fill("topic.files", library_slots.of_topic, "library/_topic_aside.html")
    fill("home.start_here", library_slots.start_here, "library/_start_here.html")
    fill("home.discussions", forums_slots.newest, "forums/_home.html")
    fill("home.team", forums_slots.unanswered, "forums/_waiting.html")
    fill("workspace.places", forums_slots.places, "forums/_places.html")
    fill("workspace.places", library_slots.places, "library/_places.html")
    rooms.MARK_READ[:] = [forums_slots.read_all]
    accounts_sources.register()
    accounts.ON_GIVEN[:] = [rooms.hand_over_rooms, forums_handing_over.pass_on_followings]
    fill("person.aside", accounts_views.ownership.owned_by, "accounts/_owned.html")
    trail.register()
    rooms_sources.register()
    rooms_live.register()
    rooms.FITTINGS[:] = [
        lambda actor, workspace: forums.make_forum(actor, workspace, title=_("General")),
        lambda actor, workspace: library.make_folder(actor, workspace, name=_("Files")),
    ]


def create_app(settings: Settings | None = None, house: House | None = None) -> Flask:
    """The web application. Refuses to build with an endpoint, a socket handler or an action that declares nothing."""
    house = house or build_house(settings)
    app = web.build(house, sign_ins.People(), sign_ins.set_up)
    for pages in PAGES:
        app.register_blueprint(pages)
    web.finish(app)
    return app


PAGES = [
    health.pages,
    people_views.pages,
    people_api.api,
    admin_views.pages,
    accounts_views.pages,
    accounts_api.api,
    trail_views.pages,
    trail_api.api,
    today_views.pages,
    notices_views.pages,
    notices_api.api,
    finding_views.pages,
    finding_api.api,
    forums_views.pages,
    forums_api.api,
    rooms_views.pages,
    rooms_api.api,
    library_views.folders,
    library_views.files,
    library_api.api,
]


COMMANDS = [
    serving.serve,
    serving.worker_command,
    serving.migrate,
    demo.demo,
    people_cli.user,
    people_cli.token,
    index_cli.index,
    verifying.verify,
    verifying.doctor,
    verifying.queue,
]


def main() -> None:
    """The `mainstay` command."""
    for command in COMMANDS:
        cli.add_command(command)
    cli(obj=Program(build_house, create_app, teller.tell))
