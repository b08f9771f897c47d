"""What mail brings: the queue of letters."""

from portal.kernel.feature import Feature
from portal.mail import queue

MAIL = Feature(declares=(queue,))
