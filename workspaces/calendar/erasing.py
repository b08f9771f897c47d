"""What a restored backup must not bring back: addresses that were withdrawn since."""

from typing import Any, cast

from sqlalchemy import CursorResult, delete
from sqlalchemy.orm import Session

from portal.kernel.erasing import after_restore
from workspaces.calendar.models import CalendarFeed


@after_restore("calendar addresses withdrawn")
def withdraw_feeds(session: Session) -> int:
    """Which of them were withdrawn or renewed since cannot be told from those that were not."""
    return cast("CursorResult[Any]", session.execute(delete(CalendarFeed))).rowcount
