"""On every engine."""

from tests.search.both import break_index, settings, take_index_away

__all__ = ["break_index", "settings", "take_index_away"]
