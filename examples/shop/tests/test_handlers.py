"""What handlers may do."""

from pytest_fitness import Codebase
from pytest_fitness.rules import BlockingAsyncHandlers, FatHandlers, RawResponses, SchemaPlacement, WritingReads


def test_handlers_translate_and_do_no_more(codebase: Codebase) -> None:
    assert codebase.violations(FatHandlers(inside="api")) == []
    assert codebase.violations(RawResponses(inside="api")) == []
    assert codebase.violations(WritingReads(inside="api")) == []
    assert codebase.violations(BlockingAsyncHandlers(inside="api", allow_empty="all handlers run in threads")) == []


def test_schemas_have_a_home(codebase: Codebase) -> None:
    rule = SchemaPlacement(inside="api", homes=("schemas",), hidden_from=("domain", "infrastructure"))
    assert codebase.violations(rule) == []
