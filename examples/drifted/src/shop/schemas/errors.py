"""The shape of every error."""

from pydantic import BaseModel


class ErrorBody(BaseModel):
    """What went wrong."""

    code: str
    message: str
    details: dict[str, str | int]


class ErrorOut(BaseModel):
    """The envelope."""

    error: ErrorBody
