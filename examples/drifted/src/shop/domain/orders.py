"""Orders."""

from dataclasses import dataclass

from shop.domain.errors import UnknownOrder
from shop.domain.pricing import line_total, shipping
from shop.domain.products import ProductService
from shop.infrastructure.stores import OrderStore


@dataclass(frozen=True)
class Order:
    """An order; *total* is in cents, shipping included."""

    number: int
    total: int
    lines: dict[str, int]


class OrderService:
    """Orders of the shop."""

    def __init__(self, products: ProductService, store: OrderStore) -> None:
        self.products = products
        self.store = store

    def place(self, quantities: dict[str, int]) -> Order:
        """Take the products out of stock and note the order."""
        taken = {sku: self.products.take(sku, quantity) for sku, quantity in quantities.items()}
        goods = sum(line_total(taken[sku].price, quantity) for sku, quantity in quantities.items())
        total = goods + shipping(goods)
        return Order(self.store.add(total, quantities), total, quantities)

    def get(self, number: int) -> Order:
        """Return one order."""
        row = self.store.find(number)
        if row is None:
            raise UnknownOrder(f"there is no order {number}", number=number)
        return Order(row.number, row.total, {line.sku: line.quantity for line in row.lines})

    def cancel(self, number: int) -> None:
        """Forget an order and put its products back."""
        from shop.api.v1 import events

        for sku, quantity in self.get(number).lines.items():
            self.products.take(sku, -quantity)
        events.order_cancelled(number)
        self.store.remove(number)
