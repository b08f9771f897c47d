"""PostgreSQL as the engine: it stores and finds, what is shared by all engines counts and ranks."""

from search.engines.postgresql.engine import PostgresqlEngine

__all__ = ["PostgresqlEngine"]
