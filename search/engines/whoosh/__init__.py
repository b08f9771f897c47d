"""The embedded engine: Whoosh stores, our own numpy code finds and ranks.

Whoosh 2.7.4 has invalid escapes and an `is` with a number, of which Python warns when it first compiles the files. So
they are compiled here, where the warnings are known, and nowhere else.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import whoosh.codec.whoosh3
    import whoosh.index
    import whoosh.reading
    import whoosh.writing  # noqa: F401

from search.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
