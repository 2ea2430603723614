"""Every committed record through the independent reader: malformed or not, and where it may stand."""
import json
import pathlib

import pytest

from record_reader import KNOWN, decode

FILE = pathlib.Path(__file__).parent.parent / "vectors" / "v1" / "records.jsonl"
VECTORS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
NAMES = {0: "movement", 1: "reversal", 2: "refuse", 3: "count_begin", 4: "count_line", 5: "count_end", 6: "observed",
         7: "clock_set", 16: "attest", 17: "blind", 18: "detail", 19: "close", 32: "root", 33: "next_root",
         34: "introduce", 35: "enrol", 36: "revoke", 37: "confirm", 38: "state", 39: "recall", 40: "end_recall",
         41: "same_product", 42: "lot_fact", 43: "facility"}


def malformed(vector):
    record = bytes.fromhex(vector["bytes"])
    return len(record) < 6 or bool(decode(record, vector["index"])["malformed"])


def test_every_kind_stands_in_the_vectors():
    kinds = {bytes.fromhex(v["bytes"])[4] & 0x3F for v in VECTORS if v["valid"]}
    assert KNOWN <= kinds and kinds - KNOWN
    assert len(VECTORS) > 2_000 and any(not v["valid"] for v in VECTORS)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_record(vector):
    assert malformed(vector) != vector["valid"]
    if "says" in vector:
        says, record = vector["says"], bytes.fromhex(vector["bytes"])
        read = decode(record, vector["index"])
        assert NAMES.get(read["kind"], "unknown") == says["kind"]
        assert says.get("not_fully_understood", False) == (read["odd"] or not read["known"])
