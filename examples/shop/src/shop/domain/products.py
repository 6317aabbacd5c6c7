"""Products and their stock."""

from dataclasses import dataclass

from shop.domain.errors import OutOfStock, UnknownProduct
from shop.infrastructure.stores import ProductStore


@dataclass(frozen=True)
class Product:
    """Something on sale; *price* is in cents."""

    sku: str
    price: int
    stock: int


class ProductService:
    """Products of the shop."""

    def __init__(self, store: ProductStore) -> None:
        self.store = store

    def all(self) -> list[Product]:
        """Return every product, by SKU."""
        return [Product(row.sku, row.price, row.stock) for row in self.store.all()]

    def get(self, sku: str) -> Product:
        """Return one product."""
        row = self.store.find(sku)
        if row is None:
            raise UnknownProduct(f"there is no product {sku}", sku=sku)
        return Product(row.sku, row.price, row.stock)

    def add(self, sku: str, price: int, stock: int) -> Product:
        """Put a product on sale."""
        self.store.save(sku, price, stock)
        return self.get(sku)

    def take(self, sku: str, quantity: int) -> Product:
        """Take *quantity* pieces out of stock; a negative quantity puts pieces back."""
        product = self.get(sku)
        if product.stock < quantity:
            raise OutOfStock(f"only {product.stock} of {sku} left", sku=sku, left=product.stock)
        return self.add(sku, product.price, product.stock - quantity)
