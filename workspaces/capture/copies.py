"""What of capturing is in a copy: what was made of letters is there as messages, files and notes."""

from portal.kernel.copying import left_out

left_out("ways in are not taken along", "capture_address")
WHY = "what was read of letters is there as messages, files and notes; the letters as they came stay in this house"
left_out(WHY, "captured", "captured_thing")
