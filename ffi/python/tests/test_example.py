"""The example of the README reads and judges."""
from conftest import ROOT
from example import receive
from medlot import Scanned, VerdictKind

PACK = "010340093595583810A21\x1d17271130"


def test_the_example_reads_and_judges(bundles, capsys):
    anchor, bundle = (bytes.fromhex(bundles[0][key]) for key in ("root", "object"))
    scanned, verdict = receive(PACK, anchor, bundle, "2026-11-23", 1_795_420_800)
    assert isinstance(scanned, Scanned.READ) and verdict.verdict == VerdictKind.VALID
    assert capsys.readouterr().out.startswith("03400935955838 A21 2027-11-30\nVALID")
    assert receive(PACK, bundle, bundle, "2026-11-23", 1_795_420_800)[1] is None
    assert "3911" in capsys.readouterr().out


def test_the_files_of_the_first_minutes_are_the_first_vector(bundles):
    for name, key in (("root", "root"), ("sales", "object")):
        assert (ROOT / f"ffi/testdata/{name}.mlt").read_bytes().hex() == bundles[0][key]
