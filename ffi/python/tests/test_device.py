"""A device in memory and in a folder, signed for by a key outside."""
import pytest
from conftest import ROOT
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from medlot import (
    Device, Direction, Failure, Language, MovementInput, StockInput, StoredChange, StoredFile, read_log,
)
from medlot.signers import KeySigner, joining, renew_with, seal_with

INVITATION = (ROOT / "ffi/testdata/invitation.mlt").read_bytes()
NOW = 1_795_939_200  # 2026-11-28, 08:00 UTC
KEYS = [lambda: ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate]


class Stored(dict):
    """What an app stores."""

    def __call__(self, changes):
        for change in changes:
            if isinstance(change, StoredChange.WRITE):
                self[change.name] = change.bytes
            elif isinstance(change, StoredChange.APPEND):
                self[change.name] = self.get(change.name, b"")[: change.at] + change.bytes
            else:
                del self[change.name]

    def files(self):
        return [StoredFile(name=name, bytes=content) for name, content in self.items()]


def comes_in(device, quantity):
    line = MovementInput(product="gtin:08934567000017", lot="A1", expiry="2028-06", quantity=quantity)
    return device.record(Direction.IN, line, False, Language.EN, NOW)


@pytest.mark.parametrize("make", KEYS, ids=["p256", "ed25519"])
def test_a_key_outside_seals_what_the_device_writes_and_it_is_there_again(make):
    signer, stored = KeySigner(make()), Stored()
    device = Device.join(INVITATION, joining(signer), None, NOW)
    assert seal_with(device, signer, NOW, stored) == 1
    assert len(device.request()) > 100
    assert comes_in(device, "100").unsealed == 1
    assert seal_with(device, signer, NOW, stored) == 2
    assert seal_with(device, signer, NOW, stored) is None
    again = Device.open(stored.files(), None, NOW)
    assert (again.status().records, again.status().unsealed) == (2, 0)


def test_another_key_is_refused_and_the_right_one_still_taken():
    signer, stored = KeySigner(KEYS[0]()), Stored()
    device = Device.join(INVITATION, joining(signer), None, NOW)
    with pytest.raises(Failure):
        seal_with(device, KeySigner(KEYS[0]()), NOW, stored)
    assert seal_with(device, signer, NOW, stored) == 1


def test_a_store_that_fails_closes_the_device():
    signer = KeySigner(KEYS[0]())
    device = Device.join(INVITATION, joining(signer), None, NOW)
    with pytest.raises(ValueError, match="store"):
        seal_with(device, signer, NOW)
    with pytest.raises(Failure) as closed:
        device.status()
    assert closed.value.code == 4013


def test_a_device_in_a_folder_needs_no_store_and_says_when_it_is_closed(tmp_path):
    signer = KeySigner(KEYS[0]())
    device = Device.join_folder(str(tmp_path / "device"), INVITATION, joining(signer), None, NOW)
    assert seal_with(device, signer, NOW) == 1
    assert comes_in(device, "5").unsealed == 1
    page = device.stock(StockInput(), 0, 10, Language.EN, NOW)
    assert page.total == len(page.rows)
    device.close()
    with pytest.raises(Failure) as closed:
        device.status()
    assert closed.value.code == 4013
    assert Device.open_folder(str(tmp_path / "device"), None, NOW).status().unsealed == 1


def test_movements_entered_together_are_all_written_or_none(tmp_path):
    signer = KeySigner(KEYS[0]())
    device = Device.join_folder(str(tmp_path / "device"), INVITATION, joining(signer), None, NOW)
    assert seal_with(device, signer, NOW) == 1
    lots = ["A", "B", "C"]
    lines = [MovementInput(product="gtin:08934567000017", lot=lot, expiry="2028-06", quantity="2") for lot in lots]
    with pytest.raises(Failure) as refused:
        device.record_all(Direction.IN, [*lines, MovementInput(lot="D")], False, Language.EN, NOW)
    assert refused.value.english.startswith("line 4: product") and device.status().unsealed == 0
    said = device.record_all(Direction.IN, lines, False, Language.EN, NOW)
    assert (said.first, said.count, said.unsealed) == (1, 3, 3)


def test_a_new_key_outside_signs_for_a_log_of_its_own_and_the_one_in_use_goes_on_until_it_is_enrolled():
    old, new, stored = KeySigner(KEYS[0]()), KeySigner(KEYS[1]()), Stored()
    device = Device.join(INVITATION, joining(old), None, NOW)
    seal_with(device, old, NOW, stored)
    with pytest.raises(Failure.Usage) as refused:
        renew_with(device, old, NOW + 60, stored)
    assert "in use" in refused.value.english
    request = renew_with(device, new, NOW + 60, stored)
    assert renew_with(device, new, NOW + 60, stored) == request, "again, it goes on where it was"
    assert device.public_key() == old.public_key
    comes_in(device, "100")
    assert seal_with(device, old, NOW + 60, stored) == 2
    logs = [read_log(content, 0, 10) for name, content in stored.items() if name.startswith("logs/")]
    (renewed,) = [log for log in logs if log.key == new.public_key]
    assert (renewed.count, renewed.unsealed, renewed.seals) == (1, 0, [1])
