"""Names of writers are loaded over the connection of whoever reads the log: under contention that is a lane's."""

from draftwire_server.services.access.names import People
from draftwire_server.settings import Settings
from draftwire_server.store.postgres import Database
from tests.live.conftest import World


async def test_a_stranger_in_the_log_costs_no_second_connection(world: World) -> None:
    (row,) = await world.query("select id from actor where kind = 'user' limit 1")
    database = Database(Settings(world.database_url, ("k" * 32,), "r" * 32))
    people = People(database)
    try:
        async with database.transaction() as connection:
            named = await people.load(world.workspace, {row["id"]}, connection)
        assert named[row["id"]].name != ""
    finally:
        await database.close()
