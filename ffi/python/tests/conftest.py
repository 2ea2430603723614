"""The committed vectors."""
import json
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def lines(path):
    """The lines of a file of this repository, each a JSON object."""
    return [json.loads(line) for line in (ROOT / path).read_text("utf-8").split("\n") if line]


def differs(what, got, wanted):
    return None if got == wanted else f"{what}: {got}, not {wanted}"


def agree(group, vectors, problem):
    """Asks of each vector what is wrong with what comes out, if anything is; none may be. Says how many agreed where
    `cargo xtask conformance` wants to know."""
    wrong = [(vector.get("name") or vector, found) for vector in vectors if (found := problem(vector))]
    if file := os.environ.get("MEDLOT_CONFORMANCE"):
        with open(file, "a", encoding="utf-8") as out:
            out.write(f"conformance python {group} {len(vectors) - len(wrong)}\n")
    assert not wrong, wrong[:10]


@pytest.fixture(scope="session")
def bundles():
    return lines("tests/vectors/v1/bundles.jsonl")
