"""A delivery with differences, from both ends and for who looks at both, under an authority at work."""
import os
import subprocess

import pytest
from conftest import ROOT
from medlot import (
    Device, Direction, FindingsInput, GotLine, HandoverInput, JoinInput, Language, LotInput, MovementInput, ReceiveInput,
    RefusedLine, StockInput, SyncInput, Verifier,
)

MEDLOT = os.environ.get("MEDLOT", str(ROOT / "target/debug/medlot"))
NOW = 1_795_939_200  # 2026-11-28, 08:00 UTC
PRODUCT = "gtin:08934567000017"


@pytest.fixture
def ministry(tmp_path):
    """The trust anchor, and what makes a device of a facility that is enrolled."""

    def medlot(*args):
        subprocess.run([MEDLOT, "--dir", "ministry", "--now", "2026-11-28T07:00:00Z", *args], cwd=tmp_path, check=True)

    def device(facility):
        medlot("authority", "invite", "--facility", facility, "--roles", "move,supply", "--out", f"{facility}.invitation")
        invitation = (tmp_path / f"{facility}.invitation").read_bytes()
        made = Device.join_folder(str(tmp_path / facility), invitation, JoinInput(), None, NOW)
        (tmp_path / f"{facility}.request").write_bytes(made.request())
        medlot("authority", "enrol", f"{facility}.request", "--scope", "own", "--out", f"{facility}.enrolment")
        assert made.accept((tmp_path / f"{facility}.enrolment").read_bytes(), NOW).enrolled
        return made

    medlot("authority", "init", "--country", "VN", "--currency", "VND", "--out", "root.mlt")
    return (tmp_path / "root.mlt").read_bytes(), device


def synchronise(a, b):
    for device in (a, b):
        device.sync_begin(SyncInput(), NOW)
    while not (a.sync_is_done() and b.sync_is_done()):
        there = a.sync_send()
        b.sync_receive(there)
        back = b.sync_send()
        a.sync_receive(back)
        assert there or back, "it goes on"
    assert a.sync_progress().stored.pieces == b.sync_progress().sent.pieces > 0
    assert [device.sync_finish(NOW).done for device in (a, b)] == [True, True]


def test_both_ends_and_who_looks_at_both_see_what_came_what_was_refused_and_what_is_missing(ministry):
    root, device = ministry
    sender, pharmacy = device("01A01"), device("01C55")
    line = MovementInput(product=PRODUCT, lot="A1", expiry="2028-06", quantity="12000", amount=1_481_400)
    sender.record(Direction.IN, line, False, Language.EN, NOW)
    handover = HandoverInput(to="facility:01C55", documents=["invoice:HD-1"], lines=[line], show_detail=True)
    sent = sender.hand_over(handover, False, Language.EN, NOW)
    found = ReceiveInput(
        got=[GotLine(line=1, quantity="11800")], refused=[RefusedLine(line=1, quantity="100", reason="damaged")]
    )
    pharmacy.receive(sent.bundle, found, NOW)
    synchronise(sender, pharmacy)

    stock = pharmacy.stock(StockInput(), 0, 10, Language.EN, NOW).rows
    assert [(row.lot, row.available) for row in stock] == [("A1", 11_800)]
    for at in (sender, pharmacy):
        short = next(f for f in at.findings(FindingsInput(all=True), 0, 10, Language.VI, NOW).rows if f.detail.sent)
        assert "nhận 11800, từ chối 100, thiếu 100" in short.message
        numbers = short.detail
        assert (numbers.received, numbers.refused, numbers.missing) == (11_800, 100, 100)
        assert (numbers.value.sent, numbers.value.received) == (1_481_400, 1_456_710)
    national = Verifier(root)
    for at in (sender, pharmacy):
        national.keep(at.extract(0))
    trace = national.trace(LotInput(product=PRODUCT, lot="A1"), Language.EN, NOW)
    assert (12_000, 11_800) in [(edge.quantity, edge.received) for edge in trace.edges]


def test_a_hand_over_with_a_changed_byte_is_refused_and_nothing_is_booked(ministry):
    _, device = ministry
    sender, pharmacy = device("01A01"), device("01C55")
    line = MovementInput(product=PRODUCT, lot="A1", expiry="2028-06", quantity="50")
    sender.record(Direction.IN, line, False, Language.EN, NOW)
    handover = HandoverInput(to="facility:01C55", documents=["invoice:HD-1"], lines=[line])
    bundle = bytearray(sender.hand_over(handover, False, Language.EN, NOW).bundle)
    bundle[-1] ^= 1
    with pytest.raises(Exception, match="signature|seal"):
        pharmacy.receive(bytes(bundle), ReceiveInput(), NOW)
    assert pharmacy.stock(StockInput(), 0, 10, Language.EN, NOW).total == 0
