"""What a receiving desk does first: read the pack, judge what the sender says of it."""
from medlot import Failure, Scanned, Verdict, Verifier, scan


def receive(raw: str, anchor: bytes, bundle: bytes, today: str, now: int) -> tuple[Scanned, Verdict | None]:
    scanned = scan(raw, None, today)
    if isinstance(scanned, Scanned.READ):
        print(scanned.item.gtin, scanned.item.lot, scanned.item.expiry)
    try:
        verdict = Verifier(anchor).verify(bundle, now, None)
        print(verdict.verdict.name, *(reason.message for reason in verdict.reasons))
        return scanned, verdict
    except Failure as failure:
        print(failure.code, failure.name, failure.english)
        return scanned, None
