"""The importer of mail: an mbox, or a folder of .eml files."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from portal.imports.registry import Field, Importer, Option, Plan, Row, Source, importer
from portal.imports.work import Work
from portal.kernel.errors import Invalid, Refused
from portal.kernel.house import House
from portal.kernel.words import gettext as _
from workspaces.forums.attachments import PORT
from workspaces.forums.importing import taking_back
from workspaces.forums.importing.arranging import by_time
from workspaces.forums.importing.mailbox import messages_of
from workspaces.forums.importing.parsing import Unreadable, parsed
from workspaces.forums.importing.places import Place, Places, account_named, workspace_named
from workspaces.forums.importing.writing import Message, checked, write_messages

ANSWER = re.compile(r"^\s*(?:(?:re|aw|antw|sv|vs|fw|fwd|wg|tr|rv)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def check(session: Session, plan: Plan) -> None:
    """Raises Invalid where it is not said where to."""
    account, workspace = plan.option("account"), plan.option("workspace")
    if bool(account) == bool(workspace):
        raise Invalid(("account", _("Say for which account it is, or into which workspace.")))
    account_named(session, account) if account else workspace_named(session, workspace)
    if plan.option("forum") and not workspace:
        raise Invalid(("forum", _("A forum needs the workspace it is in.")))


def rows(house: House, source: Source, plan: Plan) -> Iterator[Row]:
    """Each mail with what it says; what comes with it is stored on the way, outside of any transaction."""
    for number, (name, raw) in enumerate(messages_of(source), 1):
        try:
            if raw is None:
                raise Unreadable(_("This mail is too large."))
            mail = parsed(raw)
            told: dict[str, Any] = asdict(mail) | {"files": [PORT.take(house, each.name, each.data) for each in mail.files]}
            yield Row(number, told, [mail.id, mail.email, mail.name, mail.when, mail.subject, name])
        except (Unreadable, Refused) as why:
            yield Row(number, {}, ["", "", "", "", "", name], reason=str(why) or _("It cannot be stored."))


def arrange(found: Iterable[Row], plan: Plan) -> Iterator[Row]:
    return by_time(found)


def write(work: Work, found: list[Row]) -> None:
    place, messages = _place(work), []
    for row in found:
        try:
            messages.append(_message(place, row))
        except Invalid as wrong:
            work.reject(row, wrong)
    write_messages(work, messages)


def _place(work: Work) -> Place:
    places, plan = Places(work), work.plan
    if plan.option("workspace"):
        return places.of(plan.option("workspace"), plan.option("forum"))
    return places.of_account(plan.option("account"))


def _message(place: Place, row: Row) -> Message:
    told = row.told
    subject = " ".join(told["subject"].split())
    title = title_of(subject)
    return checked(
        Message(
            row=row,
            place=place,
            key=key_of(place, told["id"]),
            refs=tuple(key_of(place, ref) for ref in reversed(told["refs"])),
            title=title,
            named_topic=False,
            email=told["email"],
            name=told["name"],
            when=told["when"],
            body=told["body"],
            replies=title != subject or bool(told["refs"]),
            files=tuple(told["files"]),
        )
    )


def title_of(subject: str) -> str:
    """What it is about, without what says that it answers or forwards."""
    return ANSWER.sub("", subject) or subject


def key_of(place: Place, id: str) -> str:
    """The same mail may be in several rooms."""
    whole = f"{place.workspace.id}/{id}"
    return whole if len(whole) <= 200 else f"{place.workspace.id}/{hashlib.sha256(id.encode()).hexdigest()}"


importer(
    Importer(
        "mail",
        "Mail",
        "Letters from before: an mbox file, or with the command a folder of .eml files",
        tuple(
            Field(name, label)
            for name, label in (
                ("id", "Message-ID"), ("email", "From"), ("name", "Name"), ("at", "Date"), ("subject", "Subject"), ("file", "Where"),
            )
        ),
        write,
        taking_back.HOW,
        options=(
            Option("account", "Account", "Its name, id or mail domain: into a forum that only its team sees."),
            Option("workspace", "or workspace", "Its title or id."),
            Option("forum", "Forum of the workspace", "Its title or id. Empty: one that only the team sees."),
        ),
        check=check,
        rows=rows,
        arrange=arrange,
    )
)  # fmt: skip
