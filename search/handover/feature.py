"""What handovers bring: the list, what hangs on somebody, carrying it out, taking it back."""

from portal.kernel.feature import Feature
from search.handover import copies, events, policy

HANDOVER = Feature(declares=(copies, events, policy))
