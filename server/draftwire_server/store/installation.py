"""Which installation this database is of: the id that was made with its schema, and what a restored copy has of its own.

The id alone does not tell a copy from what it was made of. What `pg_dump` and restore change goes into `Installation.name`:
the cluster's system identifier, and the oids of database and schema. A copy of the files (a base backup, a snapshot of
the machine) has all of that too, as a replica has that takes over; they differ in when their Postgres was started alone,
by which `draftwire check` tells that there are two. Such a copy needs `draftwire installation renew`.
"""

import msgspec

from draftwire_server.core.ids import derived_id, new_id
from draftwire_server.store.postgres import Connection


class Installation(msgspec.Struct, frozen=True):
    """What a worker reads when it starts."""

    id: str  # copies have it too
    database: str  # what a restored copy has of its own
    postgres_since: str  # when this Postgres was started, to the microsecond: a copy of the files has its own

    @property
    def name(self) -> str:
        """What stands in front of keys and channels; another one for every copy that was restored from a dump."""
        return derived_id("installation", self.id, self.database)


LOAD = """
select i.id,
       (select oid from pg_database where datname = current_database())::text
         || '.' || (select relnamespace from pg_class where oid = i.tableoid)::text as database,
       to_char(pg_postmaster_start_time() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US') as since,
       has_function_privilege('pg_control_system()', 'execute') as tells_system
  from installation i
"""
SYSTEM = "select system_identifier::text from pg_control_system()"
RENEW = "update installation set id = $1"


async def load(connection: Connection) -> Installation:
    """Read it. Where the role may not ask for the system identifier (it may, unless that was revoked), it is left out."""
    row = await connection.fetchrow(LOAD)
    assert row is not None, "made with the schema"
    system = await connection.fetchval(SYSTEM) if row["tells_system"] else ""
    return Installation(row["id"], f"{system}.{row['database']}", row["since"])


async def renew(connection: Connection) -> str:
    """Make a new id: of a copy that is an installation of its own from now on."""
    fresh = new_id()
    await connection.execute(RENEW, fresh)
    return fresh
