"""Every committed world through the independent reader: the same stock, shipments, picks and findings."""
import json
import pathlib

import pytest

from ledger_reader import answer

FILE = pathlib.Path(__file__).parent.parent / "vectors" / "v1" / "ledger.jsonl"
VECTORS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
SAYS = ["as_of", "lots", "shipments", "picks", "findings"]


def test_every_finding_stands_in_the_vectors():
    found = {f["code"] for v in VECTORS for f in v["findings"]}
    assert found == set(range(5001, 5024))
    assert len(VECTORS) > 350


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_world(vector):
    said = answer(bytes.fromhex(vector["root"]), [bytes.fromhex(one) for one in vector["objects"]], vector["asked"])
    for key in SAYS:
        assert said[key] == vector[key], key
