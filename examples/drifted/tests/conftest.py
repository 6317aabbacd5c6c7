from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from shop.main import create_app


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as client:
        client.post("/v1/products", json={"sku": "tea", "price": 700, "stock": 12})
        yield client
