"""The door for letters: LMTP (RFC 2033), at which the mail server in front of us hands them over. What is answered with 250 is kept."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP

from portal.kernel.errors import Refused, TooLarge
from portal.kernel.house import House
from portal.kernel.listening import listens
from workspaces.capture import intake

AGAIN = 5.0  # seconds until an address that is taken is asked for again
MOST_AT_ONCE = 50  # addresses of one letter
log = structlog.get_logger(__name__)


class Door(LMTP):
    """Longer lines than the standard has are not refused: programs write them."""

    line_length_limit = 2**20


class Handler:
    """What is answered to each step. The database is asked in threads, so that one slow answer keeps no other waiting."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.threads = ThreadPoolExecutor(8, thread_name_prefix="lmtp")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if len(envelope.rcpt_tos) >= MOST_AT_ONCE:
            return "452 4.5.3 Too many recipients"
        try:
            known = await asyncio.get_running_loop().run_in_executor(self.threads, intake.knows, self.house, address)
        except Exception as error:
            log.warning("capture.away", error=str(error)[:300])
            return "451 4.3.0 Try again later"
        if not known:
            log.info("capture.unknown", address=intake.name_in_logs(address))
            return "550 5.1.1 No such address"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """One answer for each address, in their order."""
        loop = asyncio.get_running_loop()
        sender, raw = envelope.mail_from or "", envelope.content or b""
        told = [await loop.run_in_executor(self.threads, self.take, each, sender, raw) for each in envelope.rcpt_tos]
        return "\r\n".join(told)

    def take(self, address: str, sender: str, raw: bytes) -> str:
        try:
            intake.keep(self.house, address, sender, raw)
        except TooLarge:
            return "552 5.3.4 Too large"
        except LookupError:
            return "550 5.1.1 No such address"
        except intake.Full:
            log.warning("capture.flood", address=intake.name_in_logs(address))
            return "451 4.7.1 Too many letters, try again later"
        except Exception as error:  # the database or the storage is away: whoever hands it over keeps it and comes again
            tell = log.warning if isinstance(error, Refused | OSError) else log.exception
            tell("capture.not_kept", error=str(error)[:300])
            return "451 4.3.0 Try again later"
        return "250 2.0.0 Kept"


class Ear(Controller):
    """A listener of ours, in a thread of its own."""

    def factory(self) -> LMTP:
        return Door(self.handler, **self.SMTP_kwargs)


def ear(house: House) -> Ear | None:
    """A listener at the address that the settings name, not yet started; None where they name none."""
    where = urlsplit(house.settings.inbound_url)
    if where.scheme != "lmtp":
        return None
    told: dict[str, Any] = {"data_size_limit": intake.LARGEST, "enable_SMTPUTF8": True, "server_hostname": house.settings.capture_domain}
    return Ear(Handler(house), hostname=where.hostname, port=where.port or 0, ready_timeout=10, **told)


@listens("letters")
def listen(house: House, stop: threading.Event) -> None:
    """Until the worker stops; where somebody else holds the address, it is tried again."""
    while not stop.is_set():
        made = ear(house)
        if made is None:
            return
        try:
            made.start()
        except Exception as error:
            log.error("capture.cannot_listen", address=house.settings.inbound_url, error=str(error)[:300])
            stop.wait(AGAIN)
            continue
        log.info("capture.listens", address=house.settings.inbound_url)
        stop.wait()
        made.stop(no_assert=True)
