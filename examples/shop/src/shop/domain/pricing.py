"""What an order costs. Prices are in cents."""

BULK = 10
BULK_DISCOUNT = 5  # percent
FREE_SHIPPING_FROM = 50_00
SHIPPING = 4_90


def line_total(price: int, quantity: int) -> int:
    """Return the price of *quantity* pieces; from ten on there is a discount, rounded in the customer's favour."""
    total = price * quantity
    if quantity >= BULK:
        total -= -(-total * BULK_DISCOUNT // 100)
    return total


def shipping(goods: int) -> int:
    """Return the cost of shipping goods of that value."""
    return 0 if goods >= FREE_SHIPPING_FROM else SHIPPING
