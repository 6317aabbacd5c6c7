"""Tables."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base class of all tables."""


class ProductRow(Base):
    """A product."""

    __tablename__ = "products"

    sku: Mapped[str] = mapped_column(primary_key=True)
    price: Mapped[int]
    stock: Mapped[int]


class OrderLineRow(Base):
    """One line of an order."""

    __tablename__ = "order_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[int] = mapped_column(ForeignKey("orders.number"))
    sku: Mapped[str] = mapped_column(ForeignKey("products.sku"))
    quantity: Mapped[int]


class OrderRow(Base):
    """An order."""

    __tablename__ = "orders"

    number: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int]
    lines: Mapped[list[OrderLineRow]] = relationship(lazy="selectin", cascade="all, delete-orphan")
