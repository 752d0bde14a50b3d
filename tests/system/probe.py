"""A kind that no code knows, with everything that a kind can say."""

import json
from pathlib import Path
from typing import Any

PROBE: dict[str, Any] = {
    "name": "probe",
    "title": "Probe",
    "schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"title": {"type": "string"}, "rate": {"type": "integer", "default": 3}},
    },
    "keyed": ["/parts", "/parts/*/inner", "/flat"],
    "text": ["/title", "/notes", "/parts/*/body"],
    "language": [{"text": "/parts/*/body", "sibling": "dialect"}],
    "secret": ["/pass", "/parts/*/pass"],
    "computed": ["/digest"],
    "draft_mode": "both",
    "visibility": "readable",
    "initial": {
        "title": "a😀b",
        "notes": "one\ntwo\nthree\n",
        "plain": [1, 2],
        "parts": [
            {"id": "p", "body": "p\n", "dialect": "x", "inner": [{"id": "q", "n": 1}]},
            {"id": "r", "body": "r\n", "inner": []},
        ],
        "flat": [],
    },
    "title_from": "/title",
}


def write_probe(directory: Path) -> Path:
    """Put its file into a directory for `DRAFTWIRE_KINDS_DIR`."""
    (directory / "probe.json").write_text(json.dumps(PROBE))
    return directory
