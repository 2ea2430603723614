"""Every committed session, line and message through the independent reader: the same messages, rules kept, one outcome."""
import json
import pathlib

import pytest

from sync_messages import line_says, read_message, units
from sync_reader import Session, verdict

FILE = pathlib.Path(__file__).parent.parent / "vectors" / "v1" / "sync.jsonl"
VECTORS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
SESSIONS = [v for v in VECTORS if "turns" in v]
LINES = [v for v in VECTORS if "line" in v]
MESSAGES = [v for v in VECTORS if "message" in v]
# A segment that is refused: whether its rows or its seal say so first isn't part of the format.
SAME = {3912: 3002}


def test_there_are_sessions_of_every_outcome_and_messages_of_every_refusal():
    outcomes = [v["outcome"][side] for v in SESSIONS for side in "ab"]
    assert {o["standing"] for o in outcomes} == {"as_here", "behind", "forked"}
    assert {code for o in outcomes for code in o["aside"]} == {3002, 3003, 3004, 3912}
    said = {name for v in SESSIONS for turn in v["turns"] for one in turn["messages"] for name in one}
    assert said == {"hello", "have", "want", "piece", "more", "took", "left", "end"}
    assert {v["verdict"] for v in MESSAGES} == {0, 2701, 2702, 2703, 2704, 2705, 2709}
    assert len(SESSIONS) > 30 and len(LINES) > 25 and len(MESSAGES) > 30


@pytest.mark.parametrize("vector", SESSIONS, ids=lambda v: v["name"])
def test_session(vector):
    session = Session({side: vector[side] for side in "ab"}, vector["replays"])
    lines, said = {"a": b"", "b": b""}, {"a": 0, "b": 0}
    for turn in vector["turns"]:
        by = turn["by"]
        lines[by] += bytes.fromhex(turn["line"])
        messages = [data for kind, data in units(lines[by]) if kind == "message"][said[by] :]
        said[by] += len(messages)
        assert [dict([read_message(data)]) for data in messages] == turn["messages"]
        for data in messages:
            session.said(by, *read_message(data), len(data))
    for side in "ab":
        # Who sees two histories makes a proof; of several that hold any will do.
        for made in set(vector["outcome"][side]["objects"]) - set(session.outcome(side)["objects"]):
            assert session.sides[side].proves_fork(bytes.fromhex(made))
        outcome, want = session.outcome(side), dict(vector["outcome"][side])
        for one in outcome, want:
            one["aside"] = [SAME.get(code, code) for code in one["aside"]]
            if vector["cut"]:
                del one["done"]  # what a party sent into a cut line it doesn't know
        assert outcome == want, side


@pytest.mark.parametrize("vector", LINES, ids=lambda v: v["name"])
def test_line(vector):
    assert line_says(bytes.fromhex(vector["line"])) == vector["says"]


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda v: v["name"])
def test_message(vector):
    before = [bytes.fromhex(one) for one in vector["before"]]
    assert verdict(vector["to"], before, bytes.fromhex(vector["message"])) == vector["verdict"]
