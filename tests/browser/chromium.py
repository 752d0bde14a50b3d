"""Find a Chromium for the browser tests; where there is none, install it or say how.

Looked for, in this order: CHROMIUM, the usual names on PATH and the usual places, Playwright's own download.
Run as a script it prints the path, and installs the distribution's Chromium if it may (Debian and Ubuntu, as
root). Tests never skip for want of a browser: `find_chromium` raises with the command that helps.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = (
    *("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"),
    *("microsoft-edge-stable", "microsoft-edge"),
)
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
)
DOWNLOADS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
ADVICE = (
    "The browser tests need Chromium and found none.\n"
    "  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y chromium\n"
    "  elsewhere:       .venv/bin/playwright install chromium\n"
    "or set CHROMIUM to the path of one."
)


class NoChromium(Exception):
    """There is none; the text says what to do."""


def find_chromium() -> str:
    """Give the path of a Chromium. Raises `NoChromium`."""
    for path in _candidates():
        if os.access(path, os.X_OK) and _starts(path):
            return path
    raise NoChromium(ADVICE)


def install() -> str:
    """Install the distribution's Chromium, if we are root on a Debian, and find it. Raises `NoChromium`."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise NoChromium(ADVICE)
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in ([apt, "update"], [apt, "install", "-y", "--no-install-recommends", "chromium"]):
        if subprocess.run(command, env=environ, stdout=sys.stderr, check=False).returncode != 0:
            raise NoChromium(f"`{' '.join(command)}` failed.\n{ADVICE}")
    return find_chromium()


def _candidates() -> Iterator[str]:
    if chosen := os.environ.get("CHROMIUM"):
        yield chosen
        return
    for name in NAMES:
        if path := shutil.which(name):
            yield path
    yield from PLACES
    downloads = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), *DOWNLOADS]
    for directory in downloads:
        if directory:
            patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
            for pattern in patterns:
                yield from map(str, sorted(Path(directory).expanduser().glob(pattern), reverse=True))


def _starts(path: str) -> bool:
    """Whether it is a browser at all: some distributions ship a stub that only tells how to install one."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> int:
    """Print the path of a Chromium, installing one if needed and possible."""
    try:
        try:
            path = find_chromium()
        except NoChromium:
            path = install()
    except NoChromium as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(path)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
