"""Alembic's way into the models. Always run from the program: portal/kernel/migrations.py hands over the connection."""

from typing import Any, Literal

from alembic import context

import wsgi  # noqa: F401  (the composition root imports every model)
from portal.kernel.db import Base, Moment


def plainly(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Revisions do not depend on the program as it is today: our own column types are written as what they are underneath."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=context.config.attributes.get("batch", True),  # SQLite changes tables by copying them
    render_item=plainly,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
