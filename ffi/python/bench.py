"""What each call of the façade costs from Python: one line of JSON, seconds. `cargo xtask bench bindings` runs it."""
import json
import sys
import time
from pathlib import Path

from medlot import Device, Language, StockInput, StoredFile, Verifier, scan

NOW = 1_577_836_800 + 217_000_000 + 100_000 * 60
PACK = "0108934567000017172806301012345A"


def least(work):
    best = float("inf")
    for _ in range(5):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best


def main(folder):
    base = folder / "device"
    files = [
        StoredFile(name=path.relative_to(base).as_posix(), bytes=path.read_bytes())
        for path in base.rglob("*")
        if path.is_file()
    ]
    root, segment = (folder / "root.mlt").read_bytes(), (folder / "segment.mlt").read_bytes()

    def opened():
        device = Device.open(files, None, NOW)
        device.stock(StockInput(), 0, 0, Language.EN, NOW)
        return device

    device = opened()
    total = device.stock(StockInput(), 0, 0, Language.EN, NOW).total
    print(json.dumps({
        "open": least(opened),
        # Another question each time: the answer to the last one is kept.
        "stock_new": least(lambda: [device.stock(StockInput(empty_too=e), 0, 0, Language.EN, NOW) for e in (True, False)]),
        "stock_rows": least(lambda: device.stock(StockInput(), 0, total, Language.EN, NOW)),
        "verify_1000": least(lambda: Verifier(root).verify(segment, NOW, None)),
        "scan_1000": least(lambda: [scan(PACK, None, "2026-11-28") for _ in range(1_000)]),
    }))


main(Path(sys.argv[1]))
