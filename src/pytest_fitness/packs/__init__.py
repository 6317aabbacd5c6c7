"""Packs: lists of rules for a whole style of architecture, to be judged one test a rule.

```python
import pytest
from pytest_fitness import Codebase, Rule
from pytest_fitness.packs import onion

RULES = onion(outer=("api", "infrastructure"), application="services", domain="domain")

@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_onion(codebase: Codebase, rule: Rule) -> None:
    assert codebase.violations(rule) == []
```
"""

from pytest_fitness.packs.hexagonal import hexagonal
from pytest_fitness.packs.onion import onion

__all__ = ["hexagonal", "onion"]
