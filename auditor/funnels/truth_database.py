"""Rows of truth out of a database, through SQLAlchemy (the extra ``truth``)."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from auditor.model.log import InputError
from auditor.model.truth import TruthSource

_AT_ONCE = 10_000
_INSTALL = "a database needs SQLAlchemy: pip install 'tracking-auditor[truth]'"


def database_rows(source: TruthSource) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Column names, and the rows of the query, fetched as they are needed. Raises ``InputError``, never with the
    password in it."""
    if not source.query:
        raise InputError(
            "a database needs --truth-query, such as --truth-query 'SELECT id AS user_id, created_at FROM users'"
        )
    if find_spec("sqlalchemy") is None:
        raise InputError(_INSTALL)
    import sqlalchemy
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

    try:
        url = _url(source.place)
    except ArgumentError as error:
        raise InputError("--truth is no URL of a database, such as postgresql://user:password@host/name") from error
    except NoSuchModuleError as error:
        raise InputError(f"--truth: SQLAlchemy knows no such database ({error})") from error
    shown = url.render_as_string(hide_password=True)
    try:
        connection = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool).connect()
    except (NoSuchModuleError, ImportError) as error:
        raise InputError(f"{shown}: the database's driver is not installed ({error})") from error
    except SQLAlchemyError as error:
        raise InputError(f"{shown}: {_first_line(error)}") from error
    try:
        asked = connection.execution_options(stream_results=True, yield_per=_AT_ONCE)
        result = asked.execute(sqlalchemy.text(source.query.replace(":", "\\:")))
        columns = list(result.keys())
    except SQLAlchemyError as error:
        connection.close()
        raise InputError(f"{shown}: {_first_line(error)}") from error

    def held() -> Iterator[tuple[Any, ...]]:
        try:
            for row in result:
                yield tuple(row)
        except SQLAlchemyError as error:
            raise InputError(f"{shown}: {_first_line(error)}") from error
        finally:
            result.close()
            connection.close()

    return columns, held()


def _url(place: str) -> Any:
    """The URL, with a driver that is there, and in UTF-8."""
    from sqlalchemy.engine import make_url

    url = make_url(place)
    if url.drivername == "postgresql" and find_spec("psycopg2") is None and find_spec("psycopg"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "postgresql" and "client_encoding" not in url.query:
        url = url.update_query_dict({"client_encoding": "utf8"})  # else a server without an encoding gives bytes
    return url


def _first_line(error: Exception) -> str:
    """What a driver says, without the query and the link that SQLAlchemy adds."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
