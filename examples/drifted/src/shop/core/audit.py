"""Who did what."""

from shop.api.v1 import events


def placed(number: int) -> str:
    """Return the line for the audit log."""
    return f"order {number} placed, {len(events.CANCELLED)} cancelled so far"
