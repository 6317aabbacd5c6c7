"""Present names of what was renamed."""

from __future__ import annotations

from pytest_fitness.sources.known_files import Renames


def test_a_name_goes_where_its_module_went_or_where_its_package_did() -> None:
    """One step after the other; what is in nothing that was renamed stays."""
    pairs = [("a.b.x", "a.c.x"), ("a.c.x", "a.d.x"), ("a.b.deep.y", "a.d.deep.y"), ("old", "new"), ("gone", "nowhere")]
    present = {"a", "a.d", "a.d.x", "a.d.deep", "a.d.deep.y", "a.d.z", "new"}
    renames = Renames(pairs, present)

    assert renames.present_name("a.b.x.f") == "a.d.x.f"
    assert renames.present_name("a.b.z a.b.deep.w") == "a.d.z a.d.deep.w"
    assert renames.present_name("a.other.f") == "a.other.f"
    assert renames.present_name("b.other") == "b.other"
    assert renames.present_name("old") == "new"
    assert renames.present_name("gone") == "gone"
    assert not renames.is_partial


def test_a_module_that_moved_as_a_whole_tells_nothing_of_packages() -> None:
    """Another name in another place is one module, not a package."""
    renames = Renames([("a.x", "b.y")], {"b.y", "a"})

    assert renames.present_name("a.x") == "b.y"
    assert renames.present_name("a.z") == "a.z"
