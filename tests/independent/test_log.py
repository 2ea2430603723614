"""Every committed image of a log through the independent reader: what is whole, what is dropped, what closes it."""
import json
import pathlib

import pytest

from log_reader import Closed, recover

FILE = pathlib.Path(__file__).parent.parent / "vectors" / "v1" / "log.jsonl"
VECTORS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
IMAGES = {v["name"]: bytes.fromhex(v["image"]) for v in VECTORS if "image" in v}


def test_images_that_open_and_images_of_every_reason_to_close():
    assert {v.get("error") for v in VECTORS} == {None, 2506, 2601, 2602, 2603, 2604}
    assert len(VECTORS) > 1_000


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_image(vector):
    image = IMAGES[vector.get("of", vector["name"])]
    if "of" in vector:
        at, remove, put = vector["splice"]
        image = image[:at] + bytes.fromhex(put) + image[at + remove :]
    try:
        log, end = recover(image)
    except Closed as closed:
        assert closed.code == vector.get("error")
        return
    assert "error" not in vector
    said = {"log": log.log.hex(), "records": log.count, "head": log.head.hex(), "seals": log.seals, "mark": log.mark,
            "unsealed": log.count - log.sealed, "end": end, "dropped": len(image) - end}
    assert said == {key: vector[key] for key in said}
