"""Names of writers are loaded over the connection of whoever reads the log: under contention that is a lane's."""

from draftwire_server.services.access.names import People
from draftwire_server.settings import Settings
from draftwire_server.store.postgres import Database
from tests.live.conftest import seeded


async def test_a_stranger_in_the_log_costs_no_second_connection(module_database_url: str) -> None:
    _, workspace = await seeded(module_database_url)
    database = Database(Settings(module_database_url, ("k" * 32,), "r" * 32))
    people = People(database)
    try:
        async with database.transaction() as connection:
            row = await connection.fetchrow("select id from actor where kind = 'user' limit 1")
            named = await people.load(workspace, {row["id"]}, connection)
        assert named[row["id"]].name != ""
    finally:
        await database.close()
