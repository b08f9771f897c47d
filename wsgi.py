"""The one composition root: what Mainstay is made of, to be read as a table of contents."""

from flask import Flask

import portal.accounts.documents
import portal.accounts.policy
import portal.cli.examining
import portal.kernel.sweeping
import portal.notices.policy
import portal.people.checks
import portal.people.jobs
import portal.people.policy
import search.finding.policy
import story
import workspaces.forums.mails
import workspaces.forums.policy
import workspaces.library.policy
import workspaces.rooms.policy
from portal.cli import demo, serving, verifying
from portal.cli.main import Program, cli
from portal.kernel import checks, outbox
from portal.kernel import settings as settings_
from portal.kernel.bus import Bus, RedisBus, TableBus
from portal.kernel.content import watch_content
from portal.kernel.db import Database
from portal.kernel.house import House
from portal.kernel.settings import Settings
from portal.kernel.storage import Directory
from portal.kernel.words import gettext as _
from portal.mail import letters, queue
from portal.mail.transport import transport
from portal.notices import api as notices_api
from portal.notices import live as notices_live
from portal.notices import queries as notices_queries
from portal.notices import views as notices_views
from portal.people import cli as people_cli
from portal.people import queries as people
from portal.people import sign_ins
from portal.web import app as web
from portal.web import health, realtime
from portal.web.render import share
from search.engines import open_engine
from search.finding import api as finding_api
from search.finding import views as finding_views
from search.indexer import check as index_check
from search.indexer import jobs as index_jobs
from workspaces.forums import actions as forums
from workspaces.forums import api as forums_api
from workspaces.forums import jobs as forums_jobs
from workspaces.library import actions as library
from workspaces.library import jobs as library_jobs
from workspaces.rooms import actions as rooms


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
    checks.CHECKS |= {"blobs": library_jobs.check_blobs, "index": lambda house, session: index_check.differences(house)}
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
    notices_views.pages,
    notices_api.api,
    finding_views.pages,
    finding_api.api,
    forums_api.api,
]


COMMANDS = [
    serving.serve,
    serving.worker_command,
    serving.migrate,
    demo.demo,
    people_cli.user,
    people_cli.token,
    verifying.verify,
    verifying.doctor,
    verifying.queue,
]


def main() -> None:
    """The `mainstay` command."""
    for command in COMMANDS:
        cli.add_command(command)
    cli(obj=Program(build_house, create_app, story.tell))
