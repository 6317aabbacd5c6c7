"""What can go wrong in the shop."""


class ShopError(Exception):
    """Base class; *code* is for machines, the message for people."""

    code = "shop_error"

    def __init__(self, message: str, **details: str | int) -> None:
        super().__init__(message)
        self.details = details


class UnknownProduct(ShopError):
    """There is no such product."""

    code = "unknown_product"


class UnknownOrder(ShopError):
    """There is no such order."""

    code = "unknown_order"


class OutOfStock(ShopError):
    """There is less of a product than was ordered."""

    code = "out_of_stock"
