"""A small shop whose handlers break rules, and what a rule says of them."""

from __future__ import annotations

from pytest_fitness.model import Codebase, Rule
from pytest_fitness.testing import codebase

HEAD = """\
import asyncio, json, os, subprocess, time, requests, httpx
from pathlib import Path
from typing import Annotated, Any, Generator
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
router = APIRouter()
SessionLocal = sessionmaker()
class Base(DeclarativeBase): ...
class Row(Base): ...
class Order(BaseModel): ...
def get_db() -> Generator[Session]: ...
def untyped_db():
    with SessionLocal() as s:
        yield s
Db = Annotated[Session, Depends(get_db)]
"""


def shop(text: str, others: dict[str, str] | None = None) -> Codebase:
    """Return a codebase whose ``shop.api`` consists of HEAD and *text*."""
    return codebase({"shop.api": HEAD + text} | (others or {}))


def said(rule: Rule, text: str, others: dict[str, str] | None = None) -> list[str]:
    """Return the messages of the violations."""
    return [violation.message for violation in shop(text, others).violations(rule)]
