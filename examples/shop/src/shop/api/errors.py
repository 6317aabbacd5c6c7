"""Domain errors as HTTP answers, all of one shape."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from shop.domain.errors import OutOfStock, ShopError, UnknownOrder, UnknownProduct
from shop.schemas.errors import ErrorBody, ErrorOut

STATUS: dict[type[ShopError], int] = {UnknownProduct: 404, UnknownOrder: 404, OutOfStock: 409}


def install_error_handlers(app: FastAPI) -> None:
    """Answer every domain error with ``{"error": {"code", "message", "details"}}``."""

    @app.exception_handler(ShopError)
    def on_shop_error(request: Request, error: ShopError) -> JSONResponse:
        body = ErrorOut(error=ErrorBody(code=error.code, message=str(error), details=error.details))
        return JSONResponse(body.model_dump(), STATUS.get(type(error), 400))
