"""What mail servers said is in no copy."""

from portal.kernel.copying import left_out

left_out("which addresses mail came back from is found out anew", "refused_address")
