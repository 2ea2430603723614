"""Every committed vector through the independent reader: the same bytes, the same verdicts."""
import json
import pathlib

import pytest

from medlot_reader import Refused, log_identity, read_segment

FILE = pathlib.Path(__file__).parent.parent / "vectors" / "v1" / "segments.jsonl"
VECTORS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def test_there_are_vectors_of_both_verdicts():
    assert {v["verdict"] for v in VECTORS} == {"valid", "refused"}
    assert len(VECTORS) > 500


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_segment(vector):
    h0, key, body = (bytes.fromhex(vector[k]) for k in ("log", "key", "body"))
    assert log_identity(bytes.fromhex(vector["parent"]), vector["suite"], key, vector["facility"].encode()) == h0
    try:
        index, head, records = read_segment(body, h0, vector["suite"], key)
    except Refused:
        assert vector["verdict"] == "refused"
        return
    assert vector["verdict"] == "valid"
    assert (index, head.hex()) == (vector["index"], vector["head"])
    if vector["records"]:
        assert [r.hex() for r in records] == vector["records"]
