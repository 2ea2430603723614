"""Answers questions of stock from objects: verified, judged by trust_reader, added up by the spec's ledger."""
from ledger_book import Book
from ledger_findings import Findings
from ledger_stock import lots, pick
from ledger_transit import Transit
from record_reader import Reader
from trust_reader import Evaluation, hold

SCHEMES = ["gtin", "registration", "permit", "national", "local"]


def product_text(name):
    r = Reader(name)
    scheme = r.varint()
    if scheme == 0:
        return f"gtin:{r.fixed(6):014}"
    if scheme == 1 and name[1] == 0:
        return f"registration:{int.from_bytes(name[2:7], 'little'):012}"
    return f"{SCHEMES[scheme] if scheme < len(SCHEMES) else scheme}:{r.text(1, 50)}"


def product_name(text, names):
    """The encoding of a product's text, of those that occur."""
    return next((name for name in names if product_text(name) == text), text.encode())


def expiry_text(expiry):
    if expiry <= 1:
        return ["none", "not-read"][expiry]
    year, month, day = 1975 + (expiry >> 9), expiry >> 5 & 15, expiry & 31
    return f"{year:04}-{month:02}" + (f"-{day:02}" if day else "")


def short(r):
    return r.identity[:8].hex()


def without_nothing(value):
    return {key: v for key, v in value.items() if v is not None}


def of_lot(product, lot):
    return {"product": product_text(product), "lot": lot[1:].decode() or None}


def of_place(place):
    store, fund, vvm, hold_ = place
    return {"store": store or None, "fund": fund or None, "vvm": vvm or None, "hold": True if hold_ else None}


def answer(root, objects, asked):
    held, _ = hold(root, objects)
    book = Book(held, Evaluation(held))
    names = {p for said in held.records.values() for p in [said.get("product"), *(said.get("products") or ())] if p}
    transit = Transit(book)
    everything = {facility: lots(book, facility) for facility in book.facilities}
    here = [lot for facility in book.facilities for lot in everything[facility]]
    asked_of = {**asked, "controlled": {product_name(text, names) for text in asked["controlled"]}}
    findings = Findings(book, here, transit, asked_of).asked_for()
    return {
        "as_of": {facility: [[log.hex()[:16], max(by) + 1] for log, by in sorted(book.logs.items())
                             if next(iter(by.values()))[0].facility == facility] for facility in book.facilities},
        "lots": [without_nothing({
            "facility": lot.facility, **of_lot(lot.product, lot.number), "expiry": expiry_text(lot.expiry()),
            "recalls": sorted(short(r) for r, end in lot.recalls() if end is None) or None,
            "stock": [without_nothing({**of_place(place), "units": lot.shelf(place)[0], "parts": lot.shelf(place)[1] or None})
                      for place in sorted({place for place, _ in lot.balances}) if lot.shelf(place) != (0, [])],
        }) for lot in here],
        "shipments": [without_nothing({
            "record": short(s.record), "to": s.to[-1] if s.to else None, "sent": s.sent, "received": s.received,
            "back": s.back, "refused": s.refused, "remaining": s.remaining, "answers": [short(r) for r in s.answers],
        }) for s in transit.shipments],
        "picks": [one_pick(book, everything, wanted, names) for wanted in asked["picks"]],
        "findings": [without_nothing({
            "code": f["code"], "facility": f["facility"], "other": f["other"], "amount": f["amount"],
            **(of_lot(f["product"], f["lot"]) if f["product"] else {}), "records": [short(r) for r in f["records"]],
        }) for f in findings],
    }


def one_pick(book, everything, wanted, names):
    today = tuple(map(int, wanted["today"].split("-")))
    picked, missing = pick(everything.get(wanted["facility"], []), book, wanted["facility"],
                           product_name(wanted["product"], names), wanted["units"], today,
                           wanted.get("store"), wanted.get("fund"))
    return {"picked": [without_nothing({**of_lot(lot.product, lot.number), **of_place(place), "units": n})
                       for lot, place, n in picked], "short": missing}
