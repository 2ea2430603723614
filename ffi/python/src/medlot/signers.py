"""Keys that sign for medlot: files through `cryptography`, chips through PKCS#11. The private key stays where it is."""
from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Callable, Protocol

from ._medlot import Device, JoinInput, KeySuite, RenewInput, StoredChange

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["KeySigner", "Pkcs11Signer", "SignatureForm", "Signer", "joining", "keep", "renew_with", "seal_with"]


class SignatureForm(Enum):
    """How a key store writes a signature. Said, never guessed: a DER signature can be 64 bytes long too."""

    RAW = "raw"
    """r ‖ s of P-256, or an Ed25519 signature: 64 bytes."""
    DER = "der"
    """ASN.1 DER, a sequence of r and s."""


class Signer(Protocol):
    """A key that signs what medlot hands out."""

    @property
    def suite(self) -> str:
        """`p256` or `ed25519`."""

    @property
    def public_key(self) -> bytes:
        """As medlot keeps it: P-256 compressed, 33 bytes; Ed25519 32 bytes."""

    @property
    def form(self) -> SignatureForm:
        """How `sign` writes."""

    def sign(self, message: bytes) -> bytes:
        """Signs; may take a second where the key lies in a chip."""


class KeySigner:
    """A key of the package `cryptography` (extra `keys`): P-256 or Ed25519."""

    def __init__(self, key: EllipticCurvePrivateKey | Ed25519PrivateKey) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        self._key = key
        if isinstance(key, ed25519.Ed25519PrivateKey):
            self.suite, self.form = "ed25519", SignatureForm.RAW
            self.public_key = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        elif isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
            self.suite, self.form = "p256", SignatureForm.DER
            self.public_key = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        else:
            kind = key.curve.name if isinstance(key, ec.EllipticCurvePrivateKey) else type(key).__name__
            raise ValueError(f"key: medlot takes P-256 and Ed25519, this is {kind}")

    def sign(self, message: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519
        from cryptography.hazmat.primitives.hashes import SHA256

        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(message)
        return self._key.sign(message, ec.ECDSA(SHA256()))


class Pkcs11Signer:
    """A P-256 key in a chip or a hardware security module, through `python-pkcs11` (extra `pkcs11`).

    The session stays the caller's, who opens it with the PIN and closes it.
    """

    suite = "p256"
    form = SignatureForm.RAW

    def __init__(self, session: Any, label: str) -> None:
        from hashlib import sha256

        from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass  # type: ignore[import-untyped]

        found = {"label": label, "key_type": KeyType.EC}
        self._key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, **found)
        public = session.get_key(object_class=ObjectClass.PUBLIC_KEY, **found)
        if public[Attribute.EC_PARAMS] != bytes.fromhex("06082a8648ce3d030107"):
            raise ValueError(f"label: {label!r} is a key of another curve than P-256")
        # A DER octet string: 04, 65, 04, x, y.
        point = public[Attribute.EC_POINT][-65:]
        if len(point) != 65 or point[0] != 4:
            raise ValueError(f"label: {label!r} has a public key of an unknown form, {point.hex()}")
        self.public_key = bytes([2 + (point[64] & 1)]) + point[1:33]
        # Many chips sign a digest only.
        self._digest, self._mechanism = sha256, Mechanism.ECDSA

    def sign(self, message: bytes) -> bytes:
        return bytes(self._key.sign(self._digest(message).digest(), mechanism=self._mechanism))


def joining(signer: Signer, facility: str | None = None, label: str | None = None) -> JoinInput:
    """For `Device.join`: a device that joins with this is signed for by the signer."""
    return JoinInput(facility=facility, label=label, suite=_suite(signer), public_key=signer.public_key)


def _suite(signer: Signer) -> KeySuite:
    return KeySuite.P256 if signer.suite == "p256" else KeySuite.ED25519


def keep(device: Device, store: Callable[[list[StoredChange]], None] | None) -> None:
    """Makes durable what the last call wrote; `store` writes all of it in one transaction.

    Where it raises, the device takes no further call and is opened anew from what is stored. Devices in a folder have
    nothing to store.
    """
    changes = device.changes()
    if not changes:
        return
    try:
        if store is None:
            raise ValueError("store: you keep this device's files, say how")
        store(changes)
    except BaseException:
        device.failed()
        raise
    device.confirm()


def seal_with(
    device: Device, signer: Signer, now: int, store: Callable[[list[StoredChange]], None] | None = None
) -> int | None:
    """Seals what stands with a key outside. Gives how many records are sealed then; None where nothing stood unsealed."""
    keep(device, store)
    to_sign = device.prepare_seal(now)
    if to_sign is None:
        return None
    # The offer must be durable before anyone signs it: else a pulled battery makes an honest device look like a forger.
    keep(device, store)
    device.attach_seal(to_sign.count, signer.sign(to_sign.bytes), signer.form is SignatureForm.DER, now)
    keep(device, store)
    return to_sign.count


def renew_with(
    device: Device, signer: Signer, now: int, store: Callable[[list[StoredChange]], None] | None = None
) -> bytes:
    """Begins to go on with a new key outside. Gives the request for the authority; once its enrolment is accepted, the new
    log takes over and this signer seals (`Device.public_key` says whose log is in use).

    Called again with the same key, it goes on where it was.
    """
    keep(device, store)
    begun = device.renew(RenewInput(suite=_suite(signer), public_key=signer.public_key), now)
    # As in `seal_with`: durable before anyone signs it.
    keep(device, store)
    if begun.to_sign is None:
        assert begun.request is not None
        return begun.request
    der = signer.form is SignatureForm.DER
    request = device.attach_renewal(begun.log, signer.sign(begun.to_sign.bytes), der, now)
    keep(device, store)
    return request
