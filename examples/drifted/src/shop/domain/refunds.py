"""Refunds."""

import importlib

from sqlalchemy.orm import Session


def refundable(total: int, days: int) -> int:
    """Return how many cents of *total* are given back after so many *days*."""
    if days <= 14:
        return total
    if days <= 30:
        return total // 2
    return 0


def fee(total: int) -> int:
    """Return what the payment provider keeps."""
    fixed = 25
    share = total * 2 // 100
    if total < 10_00:
        return fixed
    return fixed + share


def report(session: Session, number: int) -> str:
    """Return one line on the refund of an order."""
    errors = importlib.import_module("fastapi.exceptions")
    if number < 1:
        raise errors.HTTPException(404)
    lines = []
    lines.append(f"refund of order {number}")
    lines.append(f"open transactions: {session.in_transaction()}")
    return "; ".join(lines)
