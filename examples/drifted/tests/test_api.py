from fastapi.testclient import TestClient


def test_products_are_listed(client: TestClient) -> None:
    assert client.get("/v1/products").json() == [{"sku": "tea", "price": 700, "stock": 12}]


def test_an_order_takes_from_stock_and_costs_shipping(client: TestClient) -> None:
    placed = client.post("/v1/orders", json={"lines": [{"sku": "tea", "quantity": 2}]})

    assert placed.status_code == 201
    assert placed.json() == {"number": 1, "total": 1890, "lines": {"tea": 2}}
    assert client.get("/v1/products/tea").json()["stock"] == 10


def test_a_cancelled_order_is_gone_and_its_products_are_back(client: TestClient) -> None:
    client.post("/v1/orders", json={"lines": [{"sku": "tea", "quantity": 2}]})

    assert client.delete("/v1/orders/1").status_code == 204
    assert client.get("/v1/orders/1").status_code == 404
    assert client.get("/v1/products/tea").json()["stock"] == 12


def test_more_than_there_is_cannot_be_ordered(client: TestClient) -> None:
    refused = client.post("/v1/orders", json={"lines": [{"sku": "tea", "quantity": 13}]})

    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "out_of_stock"
