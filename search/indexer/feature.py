"""What the indexer brings: the consumer that keeps the index, its check, its commands."""

from portal.kernel.feature import Feature
from search.indexer import check, cli, jobs

INDEXER = Feature(declares=(check, jobs), commands=(cli.index,))
