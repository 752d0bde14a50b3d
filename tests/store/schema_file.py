"""The whole schema as one readable file, made from a migrated database and the comments in the migrations.

    python -m tests.store.schema_file       writes server/draftwire_server/store/schema.sql

A test compares the file with what the migrations make: who adds one runs this again. The file is for readers; nothing
is made from it.
"""

import asyncio
import re
import tempfile
from pathlib import Path
from typing import Any

from draftwire_server.cli.process.embedded import running
from draftwire_server.store.migrate import migrate
from tests.system.world import store

STORE = Path(__file__).resolve().parents[2] / "server/draftwire_server/store"
FILE = STORE / "schema.sql"
HEAD = "-- The schema after all migrations. Made by `make schema`; nothing is made from it.\n"
COMMENTS_AT = 54
NO_COLUMNS = ("add", "primary", "unique", "foreign", "check", "constraint", "exclude")  # what else begins such a line

DOMAINS = """
select t.typname as name, format_type(t.typbasetype, t.typtypmod) as type,
       (select pg_get_constraintdef(c.oid) from pg_constraint c where c.contypid = t.oid and c.contype = 'c') as rule,
       (select l.collname from pg_collation l where l.oid = t.typcollation and l.collname <> 'default') as collation
  from pg_type t where t.typnamespace = 'draftwire'::regnamespace and t.typtype = 'd' order by t.typname
"""
TABLES = """
select c.oid, c.relname as name, c.reloptions as options
  from pg_class c where c.relnamespace = 'draftwire'::regnamespace and c.relkind = 'r' order by c.relname
"""
COLUMNS = """
select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as filled,
       a.attidentity::text as identity, pg_get_expr(d.adbin, d.adrelid) as value, a.attgenerated::text as made,
       (select l.collname from pg_collation l join pg_type t on t.oid = a.atttypid
         where l.oid = a.attcollation and a.attcollation <> t.typcollation) as collation
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
CONSTRAINTS = """
select conname as name, contype::text as type, pg_get_constraintdef(oid) as text
  from pg_constraint where conrelid = $1 and contype in ('p', 'u', 'f', 'c')
 order by position(contype::text in 'pufc'), conname
"""
INDEXES = """
select pg_get_indexdef(i.indexrelid) as text
  from pg_index i join pg_class c on c.oid = i.indexrelid
 where i.indrelid = $1 and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype <> 'f')
 order by c.relname
"""
TRIGGERS = """
select pg_get_triggerdef(oid) as text from pg_trigger where tgrelid = $1 and not tgisinternal order by tgname
"""
FUNCTIONS = """
select pg_get_functiondef(p.oid) as text from pg_proc p
 where p.pronamespace = 'draftwire'::regnamespace and p.prokind = 'f' order by p.proname, p.oid
"""


async def described(connection: Any) -> str:
    """Describe a migrated schema, tables in the order of their names, with what the migrations say of each column."""
    said = comments([path.read_text() for path in sorted((STORE / "migrations").glob("*.sql"))])
    parts = [HEAD]
    for domain in await connection.fetch(DOMAINS):
        collation = f' collate "{domain["collation"]}"' if domain["collation"] else ""
        parts.append(f"create domain {domain['name']} as {domain['type']}{collation} {domain['rule'] or ''};\n")
    parts += [await _table(connection, table, said) for table in await connection.fetch(TABLES)]
    parts += [f"{function['text'].rstrip()};\n" for function in await connection.fetch(FUNCTIONS)]
    return _plain("\n".join(parts))


async def _table(connection: Any, table: Any, said: dict[tuple[str, str], str]) -> str:
    lines = []
    for column in await connection.fetch(COLUMNS, table["oid"]):
        line = f"  {column['name']} {column['type']}"
        line += f' collate "{column["collation"]}"' if column["collation"] else ""
        line += " not null" if column["filled"] else ""
        if column["made"]:
            line += f" generated always as ({column['value']}) stored"
        elif column["identity"]:
            line += " generated always as identity"
        elif column["value"] is not None:
            line += f" default {column['value']}"
        lines.append((line, said.get((table["name"], column["name"]), "")))
    constraints = await connection.fetch(CONSTRAINTS, table["oid"])
    lines += [(f"  constraint {constraint['name']} {constraint['text']}", "") for constraint in constraints]
    texts = []
    for number, (line, comment) in enumerate(lines, 1):
        line += "," if number < len(lines) else ""
        texts.append(f"{line:<{COMMENTS_AT}} -- {comment}" if comment else line)
    above = said.get((table["name"], ""))
    options = f" with ({', '.join(table['options'])})" if table["options"] else ""
    about = f"-- {above}\n" if above else ""
    beside = [*await connection.fetch(INDEXES, table["oid"]), *await connection.fetch(TRIGGERS, table["oid"])]
    body = "\n".join(texts)
    return f"{about}create table {table['name']} (\n{body}\n){options};\n" + "".join(
        f"{row['text']};\n" for row in beside
    )


def _plain(text: str) -> str:
    """Write it as the migrations do: without the schema's name, in small letters, types by their short names."""
    bodies = re.split(r"(\$function\$.*?\$function\$)", re.sub(r"\bdraftwire\.", "", text), flags=re.DOTALL)
    for n in range(0, len(bodies), 2):  # what lies between the bodies of functions
        plain = re.sub(r"('(?:[^']|'')*')::text\b(?!\[)", r"\1", bodies[n]).replace(
            "timestamp with time zone", "timestamptz"
        )
        bodies[n] = "".join(
            each if each.startswith(("'", '"', "--")) else re.sub(r"\b[A-Z]{2,}\b", lambda word: word[0].lower(), each)
            for each in re.split(r"('(?:[^']|'')*'|\"[^\"]*\"|--.*)", plain)
        )
    return "".join(bodies)


def comments(migrations: list[str]) -> dict[tuple[str, str], str]:
    """Find what migrations say of a table (column "") above it, and of a column at the end of its line."""
    found: dict[tuple[str, str], str] = {}
    for migration in migrations:
        table, above = "", []
        for line in migration.splitlines():
            if line.startswith("--"):
                above.append(line.removeprefix("--").strip())
                continue
            if named := re.match(r"(create|alter) table (?:if not exists )?(\w+)", line):
                table = named[2]
                if named[1] == "create" and above:
                    found[table, ""] = "\n-- ".join(above)
            sql, _, comment = line.partition("--")
            names = re.findall(r"add column (\w+)", sql) or re.findall(r"^  (\w+) ", sql)
            if table and comment and names and names[-1] not in NO_COLUMNS:
                found[table, names[-1]] = comment.strip()
            above = []
            if line.rstrip().endswith(";") or ";  " in line:
                table = ""
    return found


async def _write() -> None:
    with tempfile.TemporaryDirectory() as directory:
        async with running(Path(directory)) as services:
            await migrate(services.database_url)
            async with store(services.database_url) as connection:
                FILE.write_text(await described(connection))


if __name__ == "__main__":
    asyncio.run(_write())
