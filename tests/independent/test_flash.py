"""Every committed image of a log on flash through the independent reader: what opens, with what, and what closes it."""
import hashlib
import json
import pathlib

import pytest

from flash_reader import open_flash
from log_reader import Closed

FILE = pathlib.Path(__file__).parent.parent / "vectors" / "v1" / "flash.jsonl"
VECTORS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def put_together(vectors):
    """The image and the shape of each vector, by its name."""
    images = {}
    for vector in vectors:
        piece = lambda part: b"\xff" * part if isinstance(part, int) else bytes.fromhex(part)  # noqa: E731
        if "image" in vector:
            images[vector["name"]] = (b"".join(map(piece, vector["image"])), vector["word"], vector["sector"])
            continue
        image, word, sector = images[vector["of"]]
        image = bytearray(image)
        for at, part in vector["changes"]:
            image[at : at + len(piece(part))] = piece(part)
        images[vector["name"]] = (bytes(image), word, sector)
    return images


IMAGES = put_together(VECTORS)


def test_chips_that_open_and_chips_of_every_reason_to_close():
    assert {v.get("error") for v in VECTORS} >= {None, 2601, 2602, 2603}
    assert len({v["name"] for v in VECTORS}) == len(VECTORS) > 500


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_chip(vector):
    try:
        log = open_flash(*IMAGES[vector["name"]])
    except Closed as closed:
        assert closed.code == vector.get("error")
        return
    assert "error" not in vector
    said = {"log": log.log.hex(), "records": log.count, "head": log.head.hex(), "from": log.first,
            "sealed": log.sealed, "mark": log.mark, "acknowledged": log.acknowledged, "as_of": log.checkpoint[1],
            "blob": [len(log.blob), hashlib.sha256(log.blob).hexdigest()[:16]]}
    assert said == {key: vector[key] for key in said}
