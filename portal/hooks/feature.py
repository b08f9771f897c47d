"""What webhooks bring: their pages, their part of the API with the change feed, and what is sent."""

from portal.hooks import api, copies, erasing, jobs, mails, policy, sources, views
from portal.kernel.feature import Feature

HOOKS = Feature(declares=(copies, erasing, jobs, mails, policy, sources), pages=(views.pages, api.api))
