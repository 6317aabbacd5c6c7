"""All errors as HTTP answers of one shape."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shop.domain.errors import OutOfStock, ShopError, UnknownOrder, UnknownProduct
from shop.schemas.errors import ErrorBody, ErrorOut

STATUS: dict[type[ShopError], int] = {UnknownProduct: 404, UnknownOrder: 404, OutOfStock: 409}


def install_error_handlers(app: FastAPI) -> None:
    """Answer every error with ``{"error": {"code", "message", "details"}}``."""

    @app.exception_handler(ShopError)
    def on_shop_error(request: Request, error: ShopError) -> JSONResponse:
        return _answer(STATUS.get(type(error), 400), error.code, str(error), error.details)

    @app.exception_handler(HTTPException)
    def on_http_error(request: Request, error: HTTPException) -> JSONResponse:
        return _answer(error.status_code, f"http_{error.status_code}", error.detail, {})

    @app.exception_handler(RequestValidationError)
    def on_invalid_request(request: Request, error: RequestValidationError) -> JSONResponse:
        details = {".".join(map(str, each["loc"])): str(each["msg"]) for each in error.errors()}
        return _answer(422, "invalid_request", "the request does not fit its schema", details)

    @app.exception_handler(Exception)
    def on_anything_else(request: Request, error: Exception) -> JSONResponse:
        return _answer(500, "internal", "something went wrong", {})


def _answer(status: int, code: str, message: str, details: dict[str, str | int]) -> JSONResponse:
    return JSONResponse(ErrorOut(error=ErrorBody(code=code, message=message, details=details)).model_dump(), status)
