"""What mail brings: the queue of letters."""

from portal.kernel.feature import Feature
from portal.mail import copies, queue

MAIL = Feature(declares=(copies, queue))
