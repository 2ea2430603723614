"""What the committed vectors expect comes out through the package too."""
from conftest import lines
from medlot import AiValue, Scanned, Verifier, scan

TODAY = "2026-11-23"
FOREIGN = ("HIBC", "PPN", "PZN", "ISO 15434", "Chinese", "registration number")
DAMAGED = ("garbage", "zero-width", "leading 0", "swapped case")


def test_every_committed_bundle_gives_the_verdict_codes_and_reasons_that_it_states(bundles):
    assert len(bundles) > 800
    for vector in bundles:
        verifier = Verifier(bytes.fromhex(vector["root"]))
        for held in vector["held"]:
            verifier.keep(bytes.fromhex(held))
        verdict = verifier.verify(bytes.fromhex(vector["object"]), None, None)
        assert verdict.verdict.name.lower() == vector["verdict"], vector["name"]
        if "error" in vector:
            assert verdict.reasons[0].code == vector["error"], vector["name"]
        wanted = [(r["log"], r["index"], r["id"], r["counts"], r.get("why")) for r in vector["records"]]
        got = [(r.log, r.index, r.id, r.counts, r.why and r.why.code) for r in verdict.records]
        assert got == wanted, vector["name"]


def agrees(item, want, whole):
    """Whether a reading has every field that is wanted, and, `whole`, no other."""
    fields = all(
        getattr(item, key) == want.get(key) or (not whole and key not in want)
        for key in ("gtin", "lot", "expiry", "serial")
    )
    return fields and all(AiValue(ai=ai, value=value) in item.elements for ai, value in want.get("other", {}).items())


def good(row, got):
    expect, error = row["expect"], row["expect"].get("error", "")
    candidates = got.candidates if isinstance(got, Scanned.CONFIRM) else []
    if row.get("recovery_only") or "strict_expect" in row:
        return isinstance(got, Scanned.REFUSED) or any(agrees(item, expect, True) for item in candidates)
    if "candidates" in expect:
        return isinstance(got, Scanned.CONFIRM) and all(
            any(agrees(item, want, False) for item in candidates) for want in expect["candidates"]
        )
    if any(system in error for system in FOREIGN):
        return isinstance(got, Scanned.FOREIGN)
    if error:
        confirmed = isinstance(got, Scanned.CONFIRM) and any(word in error for word in DAMAGED)
        return confirmed or isinstance(got, Scanned.REFUSED)
    return isinstance(got, Scanned.READ) and agrees(got.item, expect, True)


def test_every_recorded_scan_comes_out_as_its_row_says():
    rows = lines("tests/data/scans.jsonl")
    assert len(rows) > 100
    wrong = [(row, got) for row in rows if not good(row, got := scan(row["raw"], None, TODAY))]
    assert not wrong, wrong


def test_a_refused_scan_has_its_number_and_both_languages():
    got = scan("019506682101352", None, TODAY)
    assert isinstance(got, Scanned.REFUSED) and 1000 <= got.code < 5000
    assert got.name and got.english and got.vietnamese
