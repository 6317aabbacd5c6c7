"""What handlers are given."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from sqlalchemy.orm import Session

from shop.core.config import Settings
from shop.domain.orders import OrderService
from shop.domain.products import ProductService
from shop.infrastructure.database import session_factory
from shop.infrastructure.stores import OrderStore, ProductStore


def open_database(app: FastAPI, settings: Settings) -> None:
    """Make sessions available to the handlers of *app*."""
    app.state.sessions = session_factory(settings.database_url)


def session(request: Request) -> Iterator[Session]:
    """One transaction a request."""
    with request.app.state.sessions.begin() as current:
        yield current


def products(current: Annotated[Session, Depends(session)]) -> ProductService:
    """The products in this transaction."""
    return ProductService(ProductStore(current))


def orders(current: Annotated[Session, Depends(session)]) -> OrderService:
    """The orders in this transaction."""
    return OrderService(ProductService(ProductStore(current)), OrderStore(current))


Products = Annotated[ProductService, Depends(products)]
Orders = Annotated[OrderService, Depends(orders)]
