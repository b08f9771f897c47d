"""Nobody's address is in a copy."""

from portal.kernel.copying import left_out

left_out("ways in are not taken along", "calendar_feed")
