"""Where the database is and how it is spoken to: read once, before anything is opened."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rota.errors import BadSetting
from rota.instants import MILLISECOND, SECOND

__all__ = ("PATIENCE", "SILENCE", "Address", "read_address")

PATIENCE = 4  # seconds a connection or a statement may take
SILENCE = 12 * SECOND  # after which the server ends a transaction in which nobody says a word

SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")

# What a URL may say otherwise. A peer that vanished is noticed within `PATIENCE`, whether it owes
# an acknowledgement (tcp_user_timeout) or an answer (the keepalives).
DEFAULTS = {
    "application_name": "rota",
    "connect_timeout": str(PATIENCE),
    "keepalives": "1",
    "keepalives_idle": "2",
    "keepalives_interval": "1",
    "keepalives_count": "2",
    "tcp_user_timeout": str(PATIENCE * 1000),
}
# What it may not: the statements rely on it. Each has an index to go by, and a planner that knows
# nothing yet of a young table, or not any more of one that grew, must not think of another way:
# generic plans cost half the rate, joins that read a whole table all of it in the end. Temporary
# objects come last, so that none stands in for a table of ours.
OPTIONS = (
    f"-c search_path={{schema}},pg_temp -c statement_timeout={PATIENCE}s"
    f" -c idle_in_transaction_session_timeout={{silence}}ms"
    " -c plan_cache_mode=force_custom_plan -c jit=off"
    " -c enable_seqscan=off -c enable_bitmapscan=off"
    " -c enable_hashjoin=off -c enable_mergejoin=off"
    " -c default_transaction_isolation=read\\ committed"
)


class Address(NamedTuple):
    """A database, the schema in it, and the same for people: without the password."""

    conninfo: str
    schema: str
    place: str


def read_address(url: str, schema: str, silence: int = SILENCE) -> Address:
    """Parse a libpq URL. BadSetting says what to write instead, and never shows a password.

    `silence` is how long a transaction may stand still before the server ends it, 12 s at most. A
    process that was stopped in one holds its locks until then.

    >>> read_address("postgresql://ada:secret@db.example/shop", "rota").place
    'postgresql://ada@db.example/shop?schema=rota'
    """
    if not SCHEMA.fullmatch(schema) or schema.startswith("pg_") or schema == "information_schema":
        raise BadSetting(
            "it cannot be the name of Rota's schema",
            part="schema",
            text=schema,
            hint="write small letters, digits and _, at most 63, such as ?schema=rota",
        )
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:  # its words may repeat the password
        raise BadSetting(
            "libpq cannot read this address",
            part="database",
            text="postgresql://…",
            hint="write postgresql://user@host/name; special characters in a password as %40",
        ) from None
    ours = OPTIONS.format(schema=schema, silence=min(silence, SILENCE) // MILLISECOND)
    options = f"{given.get('options') or ''} {ours}".strip()
    fixed = {"options": options, "client_encoding": "utf8"}
    return Address(
        make_conninfo("", **{**DEFAULTS, **given, **fixed}), schema, place(given, schema)
    )


def place(given: dict[str, Any], schema: str) -> str:
    """The address for people."""
    user = f"{given['user']}@" if given.get("user") else ""
    host = given.get("host") or ""
    port = f":{given['port']}" if given.get("port") else ""
    query = ""
    if host.startswith("/"):  # the folder of a socket cannot stand where a host stands
        host, query = "", f"host={host}&"
    return f"postgresql://{user}{host}{port}/{given.get('dbname') or ''}?{query}schema={schema}"
