"""The ``protected`` rule."""

from __future__ import annotations

import pytest

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.rules import Protected
from pytest_fitness.testing import codebase

SHOP = {"shop.secrets.keys": "KEY = 1", "shop.secrets": "", "shop.auth.login": "", "shop.auth": "", "shop.api": ""}
RULE = Protected(of="secrets", only_by="auth")


def found(texts: dict[str, str], rule: Protected = RULE) -> list[str]:
    """Return the violations of *rule* in SHOP with *texts*, as a terminal shows them."""
    return [str(v) for v in codebase(SHOP | texts).violations(rule)]


def test_friends_and_the_part_itself_may_import_it() -> None:
    """Directly."""
    assert found({"shop.auth.login": "import shop.secrets.keys", "shop.secrets": "from shop.secrets import keys"}) == []


def test_anybody_else_may_not() -> None:
    """At the importing line."""
    assert found({"shop.api": "from shop.secrets.keys import KEY"}) == [
        "shop/api.py:1: shop.api must not import shop.secrets.keys: it is for auth"
    ]


def test_what_a_friend_makes_of_it_is_the_friends() -> None:
    """A use through a function is what friends are for."""
    assert (
        found(
            {
                "shop.auth.login": "from shop.secrets.keys import KEY\ndef login(): ...",
                "shop.api": "from shop.auth.login import login",
            }
        )
        == []
    )


@pytest.mark.parametrize(
    ("login", "init", "api", "name"),
    [
        ("from shop.secrets.keys import KEY", "", "from shop.auth.login import KEY", "shop.auth.login.KEY"),
        ("from shop.secrets.keys import KEY as k", "", "from shop.auth.login import k", "shop.auth.login.k"),
        ("from shop.secrets import keys", "", "from shop.auth.login import keys", "shop.auth.login.keys"),
        ("from shop.secrets.keys import *", "", "from shop.auth.login import KEY", "shop.auth.login.KEY"),
        ("from shop.secrets.keys import KEY", "", "from shop.auth.login import *", "shop.auth.login.*"),
        ("from shop.secrets.keys import KEY", "from .login import KEY", "from shop.auth import KEY", "shop.auth.KEY"),
        ("from shop.secrets.keys import KEY", "from .login import *", "from shop.auth import *", "shop.auth.*"),
    ],
)
def test_a_facade_does_not_defeat_it(login: str, init: str, api: str, name: str) -> None:
    """A name that a friend hands on is still protected."""
    (text,) = found({"shop.auth.login": login, "shop.auth": init, "shop.api": api})

    assert text.startswith(f"shop/api.py:1: shop.api must not import {name}: it is shop.secrets.keys")
    assert text.endswith(", handed on")


def test_circles_and_unreadable_friends_end() -> None:
    """Two friends that import everything from each other; one that is no Python."""
    texts = {
        "shop.auth": "from shop.auth.login import *\nimport shop.secrets",
        "shop.auth.login": "import os\nfrom shop.auth import *",
        "shop.api": "from shop.auth import x\nfrom shop.auth.bad import y\nfrom shop.auth.login import os",
        "shop.auth.bad": "import shop.secrets\ndef (:",
    }

    (problem,) = found(texts)
    assert problem.startswith("shop/auth/bad.py:2: shop.auth.bad cannot be read")


def test_single_imports_and_kinds_can_be_left_out() -> None:
    """With a reason."""
    texts = {"shop.api": "from shop.secrets.keys import KEY", "shop.auth.login": ""}
    rule = Protected(of="secrets", only_by="auth", ignore="api -> secrets.keys: until SHOP-4")
    assert found(texts, rule) == []
    texts = {"shop.api": "if 1:\n    from shop.secrets.keys import KEY"}
    assert found(texts, Protected(of="secrets", only_by="auth", except_kinds="conditional")) == []


def test_names_have_to_exist_and_to_leave_somebody() -> None:
    """Else the rule is always green."""
    with pytest.raises(EmptySelectionError, match="no module matches 'secret'"):
        found({}, Protected(of="secret", only_by="auth"))
    with pytest.raises(EmptySelectionError, match="no module matches 'aut'"):
        found({}, Protected(of="secrets", only_by="aut"))
    with pytest.raises(RuleError, match="nobody to protect from"):
        found({}, Protected(of="secrets", only_by=("auth", "api")))
    with pytest.raises(RuleError, match="`only_by` needs at least one name"):
        Protected(of="secrets", only_by=())


@pytest.mark.parametrize(
    ("login", "api"),
    [
        ("from shop.secrets.keys import KEY", "from shop.auth import login\nlogin.KEY"),
        ("from shop.secrets.keys import KEY", "import shop.auth.login as l\nl.KEY"),
        ("from shop.secrets.keys import KEY", "import importlib\nimportlib.import_module('shop.auth.login').KEY"),
        ("from shop.secrets import keys\nTOKEN = keys.KEY", "pass\nfrom shop.auth.login import TOKEN"),
        ("from shop.secrets.keys import KEY as K\nTOKEN: str = K", "pass\nfrom shop.auth.login import TOKEN"),
        ("from shop.secrets.keys import KEY\ntype X = int", "pass\nfrom shop.auth.login import KEY"),
        ("from shop.secrets.keys import KEY", "type X = int\nfrom shop.auth.login import KEY"),
        ("from shop.secrets.keys import KEY\n__all__ = ['KEY']", "pass\nfrom shop.auth.login import *"),
    ],
)
def test_a_name_is_handed_on_in_other_ways_too(login: str, api: str) -> None:
    """Used as an attribute, assigned, beside newer syntax."""
    (text,) = found({"shop.auth.login": login, "shop.api": api})

    assert text.startswith("shop/api.py:2: shop.api must not import shop.auth.login.")
    assert "it is shop.secrets.keys.KEY, handed on" in text


def test_a_star_hands_on_what_it_names() -> None:
    """And one name on one line is one entry."""
    login = "from shop.secrets.keys import KEY\ndef sign(): ...\n__all__ = ['sign']"
    assert found({"shop.auth.login": login, "shop.api": "from shop.auth.login import *"}) == []
    texts = {"shop.auth.login": "from shop.secrets.keys import KEY", "shop.auth": "from shop.auth.login import KEY"}
    assert len(found({**texts, "shop.api": "from shop.auth import KEY, login"})) == 1


def test_who_cannot_be_parsed_and_imports_nothing_of_it_is_no_problem() -> None:
    """Only what has to do with the protected part needs to be read."""
    assert found({"shop.auth.login": "from shop.secrets.keys import KEY", "shop.api": "import json\ndef (:"}) != []
    assert found({"shop.auth.login": "pass"}) == []
