"""What the committed vectors state of logs' files and of synchronisations comes out through the package too."""
import json
import zlib
from hashlib import sha256

import pytest
from conftest import agree, differs, lines
from medlot import Failure, KeySuite, LogInput, SyncPartyInput, SyncSession, Verifier, read_log, read_sync_line

# Vectors count seconds since 2020.
BEGINNING = 1_577_836_800


def image_of(images, vector):
    """The bytes of a log's file, or of another one with others in the place of some."""
    if "image" in vector:
        return bytes.fromhex(vector["image"])
    image = bytes.fromhex(images[vector["of"]])
    at, remove, put = vector["splice"]
    return image[:at] + bytes.fromhex(put) + image[at + remove :]


def of_log(images, vector):
    try:
        log = read_log(image_of(images, vector), 0, 10_000)
    except Failure.Invalid as closed:
        return differs("error", closed.code, vector.get("error"))
    said = {
        "log": log.log, "records": log.count, "head": log.head, "seals": log.seals, "unsealed": log.unsealed,
        "mark": log.mark, "end": log.end, "dropped": log.dropped,
    }
    shown = [record.index for record in log.records]
    return differs("log", said, {key: vector.get(key) for key in said}) or differs("shown", shown, list(range(log.count)))


def test_every_committed_image_of_a_log_is_recovered_as_it_states():
    vectors = lines("tests/vectors/v1/log.jsonl")
    assert len(vectors) > 1000
    images = {vector["name"]: vector["image"] for vector in vectors if "image" in vector}
    agree("log", vectors, lambda vector: of_log(images, vector))


def framed(message):
    """A message on a line (`spec/sync.md` section 2)."""
    out = bytearray(1)
    for run in (message + zlib.crc32(message).to_bytes(4, "little")).split(b"\0"):
        while len(run) >= 254:
            out += b"\xff" + run[:254]
            run = run[254:]
        out += bytes([len(run) + 1]) + run
    return bytes(out) + b"\0"


def session_of(party):
    clock = party["clock"]
    says = SyncPartyInput(
        facilities=party["facilities"], log=party["log"], clock=None if clock is None else BEGINNING + clock,
        message=party["message"], piece=party["piece"], window=party["window"],
    )
    session = SyncSession(bytes.fromhex(party["root"]), says)
    for whole in party["whole"]:
        suite = KeySuite.P256 if whole["suite"] == 1 else KeySuite.ED25519
        key = bytes.fromhex(whole["key"])
        log = LogInput(parent=whole["parent"], suite=suite, key=key, facility=whole["facility"])
        session.hold_whole(log, whole["count"])
    for one in party["objects"]:
        session.hold(bytes.fromhex(one))
    for one in party["aside"]:
        session.hold_aside(bytes.fromhex(one))
    if "unsealed" in party:
        session.hold_back(bytes.fromhex(party["unsealed"]))
    return session


HEADER, BUNDLE, MOST_ELEMENTS = 4, 4, 16


def is_bundle(one):
    return one[HEADER - 1] == BUNDLE


def held(root, objects):
    """Every record held: its log, index and identity."""
    verifier = Verifier(root)
    for one in objects:
        verifier.keep(one)
    bundles = [one for one in objects if is_bundle(one)]
    asked = [root]
    # Each holds one element: several in one bundle are verified at once.
    for at in range(0, len(bundles), MOST_ELEMENTS):
        some = bundles[at : at + MOST_ELEMENTS]
        asked.append(some[0][:HEADER] + b"".join(one[HEADER:] for one in some))
    records = [record for one in asked for record in verifier.verify(one, None, None).records]
    return {(bytes.fromhex(r.log), r.index, bytes.fromhex(r.id)) for r in records}


def of_side(vector, side):
    """Replays a session for one side: it sends what is recorded, and comes to the same."""
    party = vector[side]
    session, objects = session_of(party), [bytes.fromhex(one) for one in party["objects"]]
    own = [bytes.fromhex(turn["line"]) for turn in vector["turns"] if turn["by"] == side]
    left = sum(map(len, own)) if vector["cut"] else 1 << 40
    sent = []

    def turn(came):
        nonlocal left
        session.receive(came)
        objects.extend(one.object for one in session.came() if one.aside is None)
        out = session.send()[:left]
        left -= len(out)
        return out

    came = b""
    for line in vector["turns"]:
        if line["by"] == side:
            sent.append(turn(came))
            came = b""
        else:
            came = bytes.fromhex(line["line"])
    if rest := turn(came):
        sent.append(rest)
    if sent != own:
        return f"{side} sends something else"
    outcome, wanted = session.outcome(), vector["outcome"][side]
    counts, records = {}, sha256()
    for log, index, identity in sorted(held(bytes.fromhex(party["root"]), objects)):
        counts[log.hex()] = counts.get(log.hex(), 0) + 1
        records.update(log + index.to_bytes(4, "big") + identity)
    said = {
        "done": session.is_done(), "held": counts, "records": records.hexdigest(),
        "objects": sorted(one.hex() for one in objects if not is_bundle(one)),
        "aside": [aside.why.code for aside in outcome.aside], "standing": outcome.standing,
        "acknowledged": outcome.acknowledged, "clock_ahead": outcome.clock_ahead,
        "observes": [{"log": one.log, "count": one.count, "head": one.head} for one in outcome.observes],
    }
    return next((wrong for key in said if (wrong := differs(f"{side}, {key}", said[key], wanted[key]))), None)


def of_line(line, says):
    return differs("says", [json.loads(one) for one in read_sync_line(bytes.fromhex(line))], says)


def of_sync(vector):
    if "line" in vector:
        return of_line(vector["line"], vector["says"])
    if "message" in vector:
        session = session_of(vector["to"])
        for message in vector["before"]:
            session.receive(framed(bytes.fromhex(message)))
        try:
            session.receive(framed(bytes.fromhex(vector["message"])))
        except Failure as refused:
            return differs("verdict", refused.code, vector["verdict"])
        return differs("verdict", 0, vector["verdict"])
    said = (of_line(turn["line"], turn["messages"]) for turn in vector["turns"])
    sides = (of_side(vector, side) for side in vector["replays"])
    return next((wrong for part in (said, sides) for wrong in part if wrong), None)


def test_every_committed_session_line_and_message_goes_as_it_states():
    vectors = lines("tests/vectors/v1/sync.jsonl")
    assert len(vectors) > 100
    agree("sync", vectors, of_sync)


def test_nothing_is_sent_before_what_came_was_handed_out():
    vector = next(one for one in lines("tests/vectors/v1/sync.jsonl") if "b" in one.get("replays", []))
    session = session_of(vector["b"])
    given = iter(bytes.fromhex(turn["line"]) for turn in vector["turns"] if turn["by"] == "a")
    with pytest.raises(Failure.Refused) as refused:
        for line in given:
            session.receive(line)
            session.send()
    assert refused.value.code == 4012
    came = session.came()
    assert came and came[0].aside is None and came[0].object
    assert session.send()
