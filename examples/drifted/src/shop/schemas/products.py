"""Products as clients see them."""

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt


class ProductIn(BaseModel):
    """A product to put on sale."""

    sku: str
    price: PositiveInt
    stock: NonNegativeInt


class ProductOut(BaseModel):
    """A product on sale."""

    model_config = ConfigDict(from_attributes=True)

    sku: str
    price: int
    stock: int
