"""The database."""

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from shop.infrastructure.tables import Base


def session_factory(url: str) -> sessionmaker[Session]:
    """Return what makes sessions; an SQLite database in memory is shared by all of them."""
    in_memory = url == "sqlite://"
    options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}} if in_memory else {}
    engine = create_engine(url, **options)
    Base.metadata.create_all(engine)
    return sessionmaker(engine)
