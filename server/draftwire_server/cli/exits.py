"""Exit codes of the commands, and how settings that can't be used end one."""

import sys
from typing import Final, NoReturn

import asyncpg
import click

from draftwire_server.settings import Settings, SettingsError, from_env

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_SCHEMA: Final = 3
UNREACHABLE: Final = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError)

# Commands about the database often run without the keys: these stand in for them and sign nothing.
NO_KEYS: Final = {"DRAFTWIRE_TOKEN_KEYS": "-" * 32, "DRAFTWIRE_RESUME_KEY": "-" * 32}


def read_settings(environ: dict[str, str], *, needs_keys: bool = True) -> Settings:
    """Read the settings; end the process with exit code 2 and all their problems if they can't be used."""
    try:
        return from_env(environ if needs_keys else NO_KEYS | environ)
    except SettingsError as error:
        refuse_settings(error)


def refuse_settings(error: SettingsError) -> NoReturn:
    """End the process with every problem of the settings."""
    refuse("Invalid settings:\n" + "\n".join(f"  - {problem}" for problem in error.problems))


def refuse(message: str) -> NoReturn:
    """End the process: it was asked for what can't be."""
    click.echo(message, err=True)
    sys.exit(EXIT_USAGE)
