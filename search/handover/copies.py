"""What of handovers is in a copy of an account: who owned it when is there, and their words on its trail."""

from portal.kernel.copying import left_out

left_out("who held an account when, and that it was handed over, is on its trail", "handover", "handover_item")
