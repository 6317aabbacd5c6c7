"""What happened, for whoever listens."""

CANCELLED: list[int] = []


def order_cancelled(number: int) -> None:
    """Note a cancelled order."""
    CANCELLED.append(number)
