"""What the committed vectors expect comes out through the package too."""
import re

from conftest import agree, differs, lines
from medlot import (
    AiValue,
    Failure,
    FindingsInput,
    KeySuite,
    Language,
    LogInput,
    ProductName,
    RecordView,
    Scanned,
    StockInput,
    Verifier,
    read_record,
    scan,
    verify_segment,
)

TODAY = "2026-11-23"
FOREIGN = ("HIBC", "PPN", "PZN", "ISO 15434", "Chinese", "registration number")
DAMAGED = ("garbage", "zero-width", "leading 0", "swapped case")


def key_of(field):
    """The key of a field; what an attestation is about has a name of its own."""
    field = field.removeprefix("_")
    return "record" if field == "attests" else field


def plain(value):
    """A view as the JSON that it is read from: what isn't there is left out."""
    if isinstance(value, ProductName):
        return {value.scheme: value.value}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not hasattr(value, "__dict__"):
        return value
    fields = {key_of(key): plain(one) for key, one in vars(value).items()}
    # Of what has no third answer, no is left out.
    no = ("sent", "unsealed", "refused", "documents")
    return {key: one for key, one in fields.items() if one is not None and (key not in no or one)}


FIELDS = [key_of(key) for key in RecordView.__init__.__annotations__ if key != "return"]


def of_bundle(vector):
    verifier = Verifier(bytes.fromhex(vector["root"]))
    for held in vector["held"]:
        verifier.keep(bytes.fromhex(held))
    verdict = verifier.verify(bytes.fromhex(vector["object"]), None, None)
    wanted = [(r["log"], r["index"], r["id"], r["counts"], r.get("why")) for r in vector["records"]]
    got = [(r.log, r.index, r.id, r.counts, r.why and r.why.code) for r in verdict.records]
    return (
        differs("verdict", verdict.verdict.name.lower(), vector["verdict"])
        or ("error" in vector and differs("error", verdict.reasons[0].code, vector["error"]))
        or differs("records", got, wanted)
    )


def test_every_committed_bundle_gives_the_verdict_codes_and_reasons_that_it_states(bundles):
    assert len(bundles) > 800
    agree("bundles", bundles, of_bundle)


def of_record(vector):
    try:
        record = read_record(bytes.fromhex(vector["bytes"]), vector["index"])
    except Failure.Invalid as refused:
        return differs("code", refused.code, vector.get("code"))
    if not vector["valid"]:
        return f"taken, not refused with {vector['code']}"
    wanted = {key: one for key, one in vector.get("says", {}).items() if key in FIELDS}
    return "says" in vector and differs("says", plain(record), {"log": "", "index": vector["index"], **wanted})


def test_every_committed_record_says_what_it_states_or_is_refused_with_its_number():
    vectors = lines("tests/vectors/v1/records.jsonl")
    assert len(vectors) > 5000
    agree("records", vectors, of_record)


def of_segment(vector):
    suite = KeySuite.P256 if vector["suite"] == 1 else KeySuite.ED25519
    log = LogInput(
        parent=vector["parent"], suite=suite, key=bytes.fromhex(vector["key"]), facility=vector["facility"]
    )
    try:
        segment = verify_segment(log, bytes.fromhex(vector["body"]))
    except Failure.Invalid as refused:
        # The vectors state the number's name as the core has it: `BadSeal` is `segment_bad_seal`.
        name = "segment" + re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", vector.get("error", ""))
        return differs("error", refused.name, name)
    records = [record.bytes.hex() for record in segment.records]
    return (
        differs("verdict", "valid", vector["verdict"])
        or differs("segment", (segment.log, segment.index, segment.head), (vector["log"], vector["index"], vector["head"]))
        or (vector["records"] and differs("records", records, vector["records"]))
    )


def test_every_committed_segment_gives_the_records_that_it_states_or_is_refused():
    vectors = lines("tests/vectors/v1/segments.jsonl")
    assert len(vectors) > 500
    agree("segments", vectors, of_segment)


# Vectors count seconds since 2020.
BEGINNING = 1_577_836_800
# Of a facility of whose log only pieces are here a verifier doesn't say that it gave what it hadn't; the ledger alone does.
NEGATIVE_STOCK, PIECES = 5002, 3020


def units_of(stock):
    """Units with the share of those that are opened: whether three halves are one unit and a half isn't told."""
    return stock["units"] + sum(left / per for left, per, _ in stock.get("parts", []))


def without_empty(shelf):
    rounded = {place: (round(on_hand, 6), hold) for place, (on_hand, hold) in shelf.items()}
    return {place: of for place, of in rounded.items() if of != (0, 0)}


def stated_stock(vector):
    """By facility, lot and place: what stands there, and the whole units that are held."""
    shelf = {}
    for lot in vector["lots"]:
        for stock in lot["stock"]:
            place = (lot["facility"], lot["product"], lot.get("lot"))
            place += tuple(stock.get(key) for key in ("store", "fund", "vvm"))
            on_hand, hold = shelf.get(place, (0, 0))
            held = stock["units"] if stock.get("hold") else 0
            shelf[place] = (on_hand + units_of(stock), hold + held)
    return without_empty(shelf)


def said_stock(page):
    shelf = {}
    for row in page.rows:
        product = f"{row.product.scheme}:{row.product.value}"
        on_hand = row.on_hand + sum(part.count / part.per_unit for part in row.parts)
        shelf[(row.facility, product, row.lot, row.store, row.fund, row.vvm)] = (on_hand, row.hold)
    return without_empty(shelf)


def of_ledger(vector):
    verifier = Verifier(bytes.fromhex(vector["root"]))
    for one in vector["objects"]:
        verifier.keep(bytes.fromhex(one))
    asked = vector["asked"]
    now = BEGINNING + (asked["now"] or 217_659_600)
    stock, in_pieces = {}, set()
    for facility in sorted({lot["facility"] for lot in vector["lots"]}):
        page = verifier.stock(StockInput(facility=facility), 0, 10_000, Language.EN, now)
        stock |= said_stock(page)
        if any(missing.code == PIECES for missing in page.incomplete):
            in_pieces.add(facility)
    if wrong := differs("stock", stock, stated_stock(vector)):
        return wrong
    if asked["now"] is None:
        return None  # a verifier always knows the time
    facility = asked.get("facility")
    of = FindingsInput(
        facility=facility, all=facility is None, answer_days=asked["answer_days"], controlled=asked["controlled"]
    )
    rows = verifier.findings(of, 0, 10_000, Language.EN, now).rows
    # Others are trust's.
    got = sorted(
        (f.code, f.facility, f.product and f"{f.product.scheme}:{f.product.value}" or "", f.lot or "")
        for f in rows
        if 5000 < f.code < 6000
    )
    wanted = sorted(
        (f["code"], f["facility"], f.get("product", ""), f.get("lot", ""))
        for f in vector["findings"]
        if not (f["code"] == NEGATIVE_STOCK and f["facility"] in in_pieces)
    )
    return differs("findings", got, wanted)


def test_every_committed_world_gives_the_stock_and_the_findings_that_it_states():
    vectors = lines("tests/vectors/v1/ledger.jsonl")
    assert len(vectors) > 500
    agree("ledger", vectors, of_ledger)


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


def of_scan(row):
    got = scan(row["raw"], None, TODAY)
    return None if good(row, got) else got


def test_every_recorded_scan_comes_out_as_its_row_says():
    rows = lines("tests/data/scans.jsonl")
    assert len(rows) > 100
    agree("scans", rows, of_scan)


def test_a_refused_scan_has_its_number_and_both_languages():
    got = scan("019506682101352", None, TODAY)
    assert isinstance(got, Scanned.REFUSED) and 1000 <= got.code < 5000
    assert got.name and got.english and got.vietnamese
