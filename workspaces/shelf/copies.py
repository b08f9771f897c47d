"""Why a copy does not say what comes from the shelf: the file is in it with every version, the shelf is of this installation."""

from portal.kernel.copying import left_out

left_out("the files are there; the shelf they were placed from is of this installation", "placement")
