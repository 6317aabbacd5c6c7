"""Known violations: read, matched, written down, and taken out again; waivers and permissions beside them."""

from pytest_fitness.baseline.accepted import Accepted
from pytest_fitness.baseline.entries import SHRINK, Entry, describe, parse, render
from pytest_fitness.baseline.ledger import Ledger

__all__ = ["SHRINK", "Accepted", "Entry", "Ledger", "describe", "parse", "render"]
