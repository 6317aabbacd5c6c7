"""The application."""

from fastapi import FastAPI

from shop.api.errors import install_error_handlers
from shop.api.v1 import orders, products
from shop.core.config import Settings
from shop.core.dependencies import open_database


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the application on the configured database."""
    app = FastAPI(title="shop")
    open_database(app, settings or Settings())
    install_error_handlers(app)
    app.include_router(products.router, prefix="/v1")
    app.include_router(orders.router, prefix="/v1")
    return app
