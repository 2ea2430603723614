"""The committed vectors."""
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def lines(path):
    """The lines of a file of this repository, each a JSON object."""
    return [json.loads(line) for line in (ROOT / path).read_text("utf-8").split("\n") if line]


@pytest.fixture(scope="session")
def bundles():
    return lines("tests/vectors/v1/bundles.jsonl")
