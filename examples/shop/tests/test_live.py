"""What only the running application knows."""

import pytest
from fastapi.testclient import TestClient

from pytest_fitness import Codebase
from pytest_fitness.model import Handler
from pytest_fitness.rules import BoundarySchemas
from pytest_fitness.runtime import ErrorEnvelope, OpenApiCompatibility, UnprotectedRoutes, routes, statements
from shop.core.dependencies import session
from shop.main import create_app


@pytest.mark.parametrize("route", routes(create_app), ids=str)
def test_route_speaks_schemas(codebase: Codebase, route: Handler) -> None:
    assert codebase.with_handlers(route).violations(BoundarySchemas(inside="api")) == []


def test_every_route_works_in_a_transaction(codebase: Codebase) -> None:
    assert codebase.violations(UnprotectedRoutes(create_app, by=session)) == []


def test_errors_look_alike(codebase: Codebase) -> None:
    assert codebase.violations(ErrorEnvelope(create_app)) == []


def test_clients_go_on_working(codebase: Codebase) -> None:
    assert codebase.violations(OpenApiCompatibility(create_app)) == []


def test_an_order_takes_few_statements(client: TestClient) -> None:
    client.post("/v1/orders", json={"lines": [{"sku": "tea", "quantity": 2}]})

    with statements(client.app.state.sessions.kw["bind"], max_queries=2, max_repeats=1):
        assert client.get("/v1/orders/1").status_code == 200
