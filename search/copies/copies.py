"""Copies are in no copy."""

from portal.kernel.copying import left_out

left_out("copies are not copied", "workspace_copy")
