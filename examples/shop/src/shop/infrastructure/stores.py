"""Where rows are kept."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.infrastructure.tables import OrderLineRow, OrderRow, ProductRow


class ProductStore:
    """Rows of products."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def all(self) -> Sequence[ProductRow]:
        """Return every row, by SKU."""
        return self.session.scalars(select(ProductRow).order_by(ProductRow.sku)).all()

    def find(self, sku: str) -> ProductRow | None:
        """Return one row."""
        return self.session.get(ProductRow, sku)

    def save(self, sku: str, price: int, stock: int) -> None:
        """Insert or update a row."""
        self.session.merge(ProductRow(sku=sku, price=price, stock=stock))
        self.session.flush()


class OrderStore:
    """Rows of orders."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, total: int, quantities: dict[str, int]) -> int:
        """Insert an order and return its number."""
        row = OrderRow(total=total, lines=[OrderLineRow(sku=s, quantity=q) for s, q in quantities.items()])
        self.session.add(row)
        self.session.flush()
        return row.number

    def find(self, number: int) -> OrderRow | None:
        """Return one order with its lines."""
        return self.session.get(OrderRow, number)

    def remove(self, number: int) -> None:
        """Delete an order."""
        self.session.delete(self.session.get_one(OrderRow, number))
