"""Whether letters can come in: the door answers, and nothing waits to be let in for long."""

import smtplib
from collections.abc import Iterator
from urllib.parse import urlsplit

from portal.kernel.checks import BAD, GOOD, Finding, examines
from portal.kernel.house import House


@examines("mail in", watched=True)
def door(house: House) -> Iterator[Finding]:
    """The door for letters is open, where there is to be one."""
    if not house.settings.inbound_url:
        yield Finding("mail in", GOOD, "no mail is taken in (MAINSTAY_INBOUND_URL is not set)")
        return
    where = urlsplit(house.settings.inbound_url)
    try:
        with smtplib.LMTP(where.hostname or "", where.port or 0, timeout=2) as line:
            answers = line.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        answers = False
    if answers:
        yield Finding("mail in", GOOD, f"letters to @{house.settings.capture_domain} are taken in at {where.netloc}")
    else:
        mend = "The background worker listens there: does it run? The log says what keeps it: capture.cannot_listen."
        yield Finding("mail in", BAD, f"nobody answers at {where.netloc}: letters wait at the mail server", mend)
