"""A committed folder, opened in memory: the stock that stands beside it, in this language as in every other."""
import json
import threading

import pytest
from conftest import ROOT
from medlot import (
    Device, Direction, Failure, Language, MovementInput, StockInput, StoredChange, StoredFile, SyncInput,
)

NOW = 1_795_507_200  # 2026-11-24 08:00 UTC
FOLDER = ROOT / "tests/data/folder-1"


class Store:
    """What is durable: nothing else survives."""

    def __init__(self, files=None):
        self.files = dict(files or {})

    def keep(self, device):
        for change in device.changes():
            if isinstance(change, StoredChange.WRITE):
                self.files[change.name] = change.bytes
            elif isinstance(change, StoredChange.APPEND):
                self.files[change.name] = self.files[change.name][: change.at] + change.bytes
            else:
                del self.files[change.name]
        device.confirm()

    def open(self):
        return Device.open([StoredFile(name=name, bytes=bytes) for name, bytes in self.files.items()], None, NOW)


def frozen():
    base = FOLDER / "01C55"
    files = [path for path in base.rglob("*") if path.is_file() and path.name != "LOCK"]
    return Store({path.relative_to(base).as_posix(): path.read_bytes() for path in files})


def incoming(quantity="10"):
    return MovementInput(product="gtin:08935221225326", lot="241021VA", expiry="2027-03-31", quantity=quantity)


def stock(device):
    return device.stock(StockInput(), 0, 100, Language.EN, NOW)


def test_the_committed_folder_has_the_stock_that_stands_beside_it():
    wanted = json.loads((FOLDER / "stock.json").read_text("utf-8"))["stock"]
    page = stock(frozen().open())
    assert page.total == len(page.rows) == len(wanted)
    for row, want in zip(page.rows, wanted):
        assert {row.product.scheme: row.product.value} == want["product"]
        for key in ("lot", "expiry", "store", "fund", "vvm"):
            assert getattr(row, key) == want.get(key), key
        for key in ("on_hand", "available", "hold", "recalled", "expired", "in_transit_in", "in_transit_out"):
            assert getattr(row, key) == want[key], key


def test_what_was_not_stored_never_happened_and_nothing_is_written_before_it_is():
    store = frozen()
    device = store.open()
    before = stock(device).rows[0].on_hand
    device.record(Direction.IN, incoming(), False, Language.VI, NOW)
    assert stock(device).rows[0].on_hand == before + 10
    with pytest.raises(Failure.Refused) as refused:
        device.record(Direction.IN, incoming(), False, Language.VI, NOW)
    assert (refused.value.code, refused.value.name) == (4012, "unconfirmed")
    assert stock(store.open()).rows[0].on_hand == before
    store.keep(device)
    assert stock(store.open()).rows[0].on_hand == before + 10
    device.failed()
    with pytest.raises(Failure.Usage) as closed:
        device.status()
    assert closed.value.code == 4013 and "mở lại" in closed.value.vietnamese


def test_bad_files_and_fields_are_said_with_their_code():
    for files in ([], [StoredFile(name="medlot.toml", bytes=b"\xff\x00")]):
        with pytest.raises(Failure):
            Device.open(files, None, NOW)
    torn = frozen()
    log = next(name for name in torn.files if name.endswith(".mlog"))
    torn.files[log] = torn.files[log][:-1]
    assert torn.open().status().dropped > 0
    device = frozen().open()
    for movement in (MovementInput(), incoming("-1"), incoming("9" * 30), MovementInput(product="x" * 10_000_000)):
        with pytest.raises(Failure) as wrong:
            device.record(Direction.IN, movement, False, Language.EN, NOW)
        assert wrong.value.code and wrong.value.vietnamese
    with pytest.raises(Failure.Usage):
        device.stock(StockInput(), 0, 10, Language.EN, -1)


def test_eight_threads_on_one_device_wait_for_each_other():
    device, seen = frozen().open(), []

    def ask():
        for _ in range(20):
            seen.append(stock(device).total)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(seen) == 160 and len(set(seen)) == 1


def test_two_devices_synchronise_over_bytes():
    stores = frozen(), frozen()
    a, b = (store.open() for store in stores)
    a.sync_begin(SyncInput(), NOW)
    b.sync_begin(SyncInput(), NOW)
    there = back = b"begin"
    while there or back:
        there = a.sync_send()
        b.sync_receive(there)
        stores[1].keep(b)
        back = b.sync_send()
        a.sync_receive(back)
        stores[0].keep(a)
    assert a.sync_finish(NOW).done and b.sync_finish(NOW).done
