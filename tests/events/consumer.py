"""A consumer of events as a platform would write it: deals with each, then stores where to go on. Made to be killed."""

import asyncio
import os
import sys
from pathlib import Path

import draftwire


async def consume(url: str, token: str, directory: Path) -> None:
    stored = directory / "after"
    after = int(stored.read_text()) if stored.exists() else 0
    async with draftwire.Api(url, token) as api:
        following = api.events.follow(after)
        async for event in following:
            with (directory / "handled").open("a") as handled:
                handled.write(f"{event.number}\n")
            (directory / "after.new").write_text(str(following.after))
            os.replace(directory / "after.new", stored)


if __name__ == "__main__":
    asyncio.run(consume(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
