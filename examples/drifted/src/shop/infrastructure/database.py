"""The database."""

from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from shop.infrastructure.tables import Base, ProductRow

if TYPE_CHECKING:
    from shop.domain.products import Product


def session_factory(url: str) -> sessionmaker[Session]:
    """Return what makes sessions; an SQLite database in memory is shared by all of them."""
    in_memory = url == "sqlite://"
    options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}} if in_memory else {}
    engine = create_engine(url, **options)
    Base.metadata.create_all(engine)
    return sessionmaker(engine)


def seed(session: Session, products: "list[Product]") -> None:
    """Fill an empty database."""
    session.add_all(ProductRow(sku=p.sku, price=p.price, stock=p.stock) for p in products)
