"""A call's context with all that it held: for tracking plans that look into it.

Events keep of a context what rules read. Where a plan constrains it, the context is decoded whole as well; a field
named ``WHOLE`` asks for that (``logs.wide``).
"""

from typing import Any

WHOLE = "context.*"
"""The field that stands for the whole context."""
ATTRIBUTE = "whole"


def whole(context: Any) -> dict[str, Any]:
    """The context as it stood on the wire; empty where it was not asked for."""
    held = getattr(context, ATTRIBUTE, None)
    return held if isinstance(held, dict) else {}
