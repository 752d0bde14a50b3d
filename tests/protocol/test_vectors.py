"""The golden vectors: up to date, small, and passed when read back from JSON."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from draftwire.document.document import Document
from draftwire.document.ops import Effect, Op
from draftwire.document.rebase import land, rebase
from draftwire.document.shape import Shape

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"
NAMES = sorted(path.stem for path in VECTORS.glob("*.json"))
MOST_BYTES = 300 * 1024  # a page of tests loads them all in a browser


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vectors_generate", VECTORS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = generator()
ENGINE = sorted(GENERATE.FILES)


@pytest.mark.parametrize("name", ENGINE)
def test_a_file_is_what_the_engine_answers(name: str) -> None:
    written = (VECTORS / f"{name}.json").read_text(encoding="utf-8")
    assert len(written.encode()) <= MOST_BYTES
    assert written == GENERATE.render(name), "run python protocol/vectors/generate.py and review the difference"


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def test_batches_pass_when_read_back_as_wire_values() -> None:
    vectors = load("rebase")
    shape = Shape(**vectors["shape"])
    for case in vectors["batches"]:
        ops = msgspec.convert(case["ops"], tuple[Op, ...])
        over = msgspec.convert(case["over"], tuple[Effect, ...])
        head = Document.load(case["value"], shape)
        for effect in over:
            applied = head.apply(effect.op, 2)
            assert applied.effect == effect
            head = applied.document
        landed = land(head, rebase(ops, over, w=case["w"], head=head).ops, w=case["w"])
        assert landed.document.value == case["after"]
        assert json.loads(msgspec.json.encode(landed.effects)) == case["landed"]
