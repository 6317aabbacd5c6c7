"""A small shop: products, stock and orders."""
