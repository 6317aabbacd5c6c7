"""Configuration, from the environment."""

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """What differs from one installation to the next."""

    database_url: str = field(default_factory=lambda: os.environ.get("SHOP_DATABASE", "sqlite://"))
