"""The importer of messages: a table with one message a row."""

from collections.abc import Iterable, Iterator
from datetime import UTC

from portal.imports.registry import Field, Importer, Option, Plan, Row, importer
from portal.imports.values import address, moment
from portal.imports.work import Work
from portal.kernel.errors import Invalid
from portal.kernel.schemas import clean
from portal.kernel.words import gettext as _
from workspaces.forums.importing import taking_back
from workspaces.forums.importing.arranging import by_time
from workspaces.forums.importing.places import REJECT, STAFF, Places
from workspaces.forums.importing.writing import Message, checked, write_messages

DAY_FIRST = "day"


def arrange(rows: Iterable[Row], plan: Plan) -> Iterator[Row]:
    return by_time(_timed(row, plan.option("date_order") == DAY_FIRST) for row in rows)


def _timed(row: Row, day_first: bool) -> Row:
    """With the moment as it sorts."""
    if row.reason:
        return row
    try:
        at = moment(row.told.get("at", ""), day_first=day_first)
        row.told["when"] = at.astimezone(UTC).isoformat()
    except Invalid as wrong:
        row.reason = wrong.words
    return row


def write(work: Work, rows: list[Row]) -> None:
    places = Places(work)
    found = []
    for row in rows:
        try:
            found.append(_message(work, places, row))
        except Invalid as wrong:
            work.reject(row, wrong)
    write_messages(work, found)


def _message(work: Work, places: Places, row: Row) -> Message:
    told = {name: clean(str(value)) for name, value in row.told.items()}
    id, reply_to = told.get("id", ""), told.get("reply_to", "")
    workspace = told.get("workspace") or work.plan.option("workspace")
    place = places.of(workspace, told.get("forum") or work.plan.option("forum"))
    if not id:
        raise Invalid(("id", _("A message needs an id, or a second run would bring it again.")))
    return checked(
        Message(
            row=row,
            place=place,
            key=f"{place.workspace.id}/{id}",
            refs=(f"{place.workspace.id}/{reply_to}",) if reply_to else (),
            title=told.get("topic", ""),
            named_topic=bool(told.get("topic")),
            email=address(told.get("author_email", "")),
            name=told.get("author_name", ""),
            when=told["when"],
            body=told.get("body", ""),
        )
    )


importer(
    Importer(
        "messages",
        "Messages",
        "Conversations: a table with one message a row",
        (
            Field("id", "Id", ("Message ID", "ts", "Comment ID")),
            Field("workspace", "Workspace"),
            Field("forum", "Forum", ("Channel", "Board", "Category")),
            Field("topic", "Topic", ("Thread", "Subject", "Conversation", "Title")),
            Field("author_email", "Author's e-mail", ("Author email", "Email", "From email", "Sender email")),
            Field("author_name", "Author's name", ("Author name", "Author", "From", "Sender", "User", "Name")),
            Field("at", "When", ("Date", "Time", "Timestamp", "Created at", "Sent at", "Created")),
            Field("body", "Message", ("Body", "Text", "Content", "Comment")),
            Field("reply_to", "Answers", ("Reply to", "Parent", "Parent ID", "In reply to", "thread_ts")),
        ),
        write,
        taking_back.HOW,
        options=(
            Option("workspace", "Workspace, for rows that name none", "Its title or id."),
            Option("forum", "Forum, for rows that name none", "Empty: one that only the team sees."),
            Option(
                "date_order",
                "3/4/2026 is",
                choices=(("month", "the 4th of March"), (DAY_FIRST, "the 3rd of April")),
            ),
            Option(
                "new_forums",
                "A forum that is not there",
                choices=((REJECT, "refuse the row"), (STAFF, "make it, for the team only")),
            ),
        ),
        required=(("id",), ("at",), ("body",), ("author_email", "author_name")),
        arrange=arrange,
    )
)
