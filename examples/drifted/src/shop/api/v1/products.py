"""Products over HTTP."""

from fastapi import APIRouter

from shop.core.dependencies import Products
from shop.infrastructure.tables import ProductRow
from shop.schemas.products import ProductIn, ProductOut

router = APIRouter(prefix="/products", tags=["products"])


@router.get("")
def list_products(products: Products) -> list[ProductOut]:
    """Return every product."""
    return [ProductOut.model_validate(product) for product in products.all()]


@router.get("/{sku}")
def get_product(sku: str, products: Products) -> ProductOut:
    """Return one product."""
    return ProductOut.model_validate(products.get(sku))


@router.post("", status_code=201)
def add_product(new: ProductIn, products: Products) -> ProductOut:
    """Put a product on sale."""
    return ProductOut.model_validate(products.add(new.sku, new.price, new.stock))


@router.get("/{sku}/row", response_model=None)
def get_row(sku: str, products: Products) -> ProductRow | None:
    """Return the row of a product."""
    return products.store.find(sku)
