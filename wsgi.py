"""The one composition root: what Mainstay is made of, to be read as a table of contents. A feature's own are in its `feature.py`."""

import os

from flask import Flask

from portal.accounts.feature import ACCOUNTS
from portal.admin.feature import ADMIN
from portal.cli.feature import CLI
from portal.cli.main import cli
from portal.hooks.feature import HOOKS
from portal.imports.feature import IMPORTS
from portal.kernel import settings as settings_
from portal.kernel.bucket import Bucket
from portal.kernel.bus import Bus, RedisBus, TableBus
from portal.kernel.content import watch_content
from portal.kernel.db import Database
from portal.kernel.house import House
from portal.kernel.settings import Settings
from portal.kernel.shell import Program
from portal.kernel.storage import Directory, Storage
from portal.mail.feature import MAIL
from portal.mail.transport import transport
from portal.notices.feature import NOTICES
from portal.people import sign_ins
from portal.people.feature import PEOPLE
from portal.web import app as web
from search.brief.feature import BRIEF
from search.categories.feature import CATEGORIES
from search.copies.feature import COPIES
from search.demo import teller
from search.engines import open_engine
from search.finding.feature import FINDING
from search.handover.feature import HANDOVER
from search.indexer.feature import INDEXER
from search.links.feature import LINKS
from search.names.feature import NAMES
from search.promises.feature import PROMISES
from search.today.feature import TODAY
from search.trail.feature import TRAIL
from workspaces.calendar.feature import CALENDAR
from workspaces.capture.feature import CAPTURE
from workspaces.communities.feature import COMMUNITIES
from workspaces.forums.feature import FORUMS
from workspaces.library.feature import LIBRARY
from workspaces.moderation.feature import MODERATION
from workspaces.plan.feature import PLAN
from workspaces.previews.feature import PREVIEWS
from workspaces.references.feature import REFERENCES
from workspaces.requests.feature import REQUESTS
from workspaces.rooms.feature import ROOMS
from workspaces.shelf.feature import SHELF

FEATURES = (
    # portal: who they are and what we have with them
    PEOPLE,
    IMPORTS,
    ACCOUNTS,
    MAIL,
    NOTICES,
    HOOKS,
    ADMIN,
    CLI,
    # workspaces: where they work together
    ROOMS,
    FORUMS,
    LIBRARY,
    MODERATION,
    PLAN,
    COMMUNITIES,
    REQUESTS,
    REFERENCES,
    PREVIEWS,
    CALENDAR,
    CAPTURE,
    SHELF,
    # search: how it is remembered
    CATEGORIES,
    NAMES,
    LINKS,
    PROMISES,
    INDEXER,
    FINDING,
    TRAIL,
    BRIEF,
    HANDOVER,
    TODAY,
    COPIES,
)
COMMANDS = [command for feature in FEATURES for command in feature.commands]


def build_house(settings: Settings | None = None) -> House:
    """The ports and their adapters, as the settings name them. Opens nothing that is not there yet."""
    settings = settings or settings_.load()
    watch_content()
    db = Database(settings.database_url)
    bus: Bus = RedisBus(settings.redis_url) if settings.redis_url else TableBus(db)
    db.publish = bus.publish
    db.info["workspace_quota"] = settings.workspace_quota
    if settings.storage_url.startswith("s3:"):
        storage: Storage = Bucket(settings.storage_url, settings.uploads_dir)
    else:
        storage = Directory(settings.blobs_dir, settings.uploads_dir, group_reads=settings.x_accel)
    search = open_engine(settings.index_url, settings.secret_key.encode())
    for feature in FEATURES:
        feature.fills()
    return House(settings, db, storage, bus, build_house, post=transport(settings), search=search)


def create_app(settings: Settings | None = None, house: House | None = None) -> Flask:
    """The web application. Refuses to build with an endpoint, a socket handler or an action that declares nothing."""
    house = house or build_house(settings)
    app = web.build(house, sign_ins.People(), sign_ins.set_up)
    for feature in FEATURES:
        for pages in feature.pages:
            app.register_blueprint(pages)
    web.finish(app)
    return app


def main() -> None:
    """The `mainstay` command. What it makes is nobody else's to read; what a proxy is to send says otherwise itself."""
    os.umask(0o077)
    for command in COMMANDS:
        cli.add_command(command)
    cli(obj=Program(build_house, create_app, teller.tell))
