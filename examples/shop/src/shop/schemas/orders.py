"""Orders as clients see them."""

from pydantic import BaseModel, ConfigDict, Field, PositiveInt


class OrderLineIn(BaseModel):
    """How many of what."""

    sku: str
    quantity: PositiveInt


class OrderIn(BaseModel):
    """A new order."""

    lines: list[OrderLineIn] = Field(min_length=1)


class OrderOut(BaseModel):
    """An order that was placed."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    total: int
    lines: dict[str, int]
