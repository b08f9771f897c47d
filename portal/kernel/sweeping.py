"""Periodic work of the kernel itself: what is only kept for a while goes."""

from sqlalchemy import delete

from portal.kernel.bus import KEPT, BusRow
from portal.kernel.clock import now
from portal.kernel.house import House
from portal.kernel.periodic import every


@every("*/10 * * * *", "bus.forget", "Forget messages that every process has heard")
def forget_messages(house: House) -> None:
    with house.db.writing() as session:
        session.execute(delete(BusRow).where(BusRow.at < now() - KEPT))
