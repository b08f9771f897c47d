"""The formula that every engine ranks by, so that a change of engine changes no order.

BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) with Lucene's idf, which is never negative.
A score is summed in float64 in the order of the sorted terms; ties are settled by date, newest first, then by pk,
lowest first.
"""

from math import log

B, K1 = 0.6, 1.6  # no unit; the best of those tried on Cranfield, MED, CISI and TIME
FILL_BELOW = 20  # documents with every word: if fewer, documents with any of the words follow them
RANKED = 20_000  # an engine that reads each match of its own ranks the newest so many, and all that tie with the last
EXPANSIONS = 64  # words that a prefix stands for, the most frequent visible ones


def idf(documents: int, holding: int) -> float:
    """The weight of a term that `holding` of the visible documents have."""
    return log(1 + (documents - holding + 0.5) / (holding + 0.5))
