"""Orders over HTTP."""

from fastapi import APIRouter

from shop.core.dependencies import Orders
from shop.schemas.orders import OrderIn, OrderOut

router = APIRouter(prefix="/orders", tags=["orders"])


@router.post("", status_code=201)
def place_order(new: OrderIn, orders: Orders) -> OrderOut:
    """Place an order."""
    return OrderOut.model_validate(orders.place({line.sku: line.quantity for line in new.lines}))


@router.get("/{number}")
def get_order(number: int, orders: Orders) -> OrderOut:
    """Return one order."""
    return OrderOut.model_validate(orders.get(number))


@router.delete("/{number}", status_code=204)
def cancel_order(number: int, orders: Orders) -> None:
    """Cancel an order and put its products back."""
    orders.cancel(number)
