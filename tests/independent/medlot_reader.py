"""Reads and verifies segments, written from spec/wire-format.md alone (sections 1 to 6)."""
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Refused(Exception):
    """The object is not accepted at all."""


class Bytes:
    """Reads the forms of section 1 and keeps where it stands."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def take(self, n):
        if self.at + n > len(self.data):
            raise Refused("cut off")
        self.at += n
        return self.data[self.at - n : self.at]

    def u8(self):
        return self.take(1)[0]

    def varint(self, limit=2**64 - 1):
        value = shift = 0
        while True:
            b = self.u8()
            value |= (b & 0x7F) << shift
            if b < 0x80:
                if b == 0 and shift:
                    raise Refused("varint not minimal")
                break
            shift += 7
            if shift > 63:
                raise Refused("varint too long")
        if value > limit:
            raise Refused("varint over its limit")
        return value

    def text(self):
        return self.take(self.varint())

    def copy(self, read):
        """The bytes that `read` passes over."""
        start = self.at
        read(self)
        return self.data[start : self.at]


def product(r):
    scheme = r.varint()
    if scheme == 0:
        r.take(6)
    elif scheme == 1:
        n = r.varint()
        r.take(5 if n == 0 else n)
    else:
        r.text()


def lot_item(r):
    product(r)
    r.text()
    r.take(2)


def party(r):
    r.take(6) if r.varint() == 1 else r.text()


def reference(r):
    r.take(8)
    r.varint()
    r.take(16)


def varint_bytes(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out + bytes([n]))


def parts(r):
    r.varint()
    r.varint()


def document(r):
    r.varint()
    r.text()


def number(r):
    r.varint()


def words(r):
    r.text()


# Section 5.2, by presence bit; operator 0, document 1, counterparty 3 and answers 7 have forms of their own in rows.
FIELDS = {2: number, 4: lambda r: None, 5: number, 6: number, 8: words, 9: parts, 10: words, 11: words,
          12: number, 13: number, 14: words, 15: words, 16: lambda r: r.take(1), 17: lambda r: r.take(1),
          18: document, 19: lambda r: r.take(8), 20: lambda r: r.take(10), 21: words, 22: lambda r: r.take(2)}
CONTENT = {0x80: parts, 0x81: lot_item, 0x82: words, 0x83: party, 0x84: reference}


class Rows:
    def __init__(self, data, index):
        self.r, self.index = Bytes(data), index
        self.items, self.waiting, self.base, self.last = [], [], None, b""

    def item(self, kind):
        b = self.r.u8()
        if b == kind:
            content = self.r.copy(CONTENT[kind])
            self.waiting.append((kind, content))
            return content
        filled = len(self.items)
        if b >= 128 or b >= filled:
            raise Refused("slot is empty")
        newest = (filled - 1 - b) // 128 * 128 + b  # the last item that took this slot
        if self.items[newest][0] != kind:
            raise Refused("item of another class")
        return self.items[newest][1]

    def record(self):
        r = self.r
        if r.data[r.at : r.at + 1] == b"\xff":
            r.u8()
            n = r.varint()
            if not 6 <= n <= 4096:
                raise Refused("record length")
            record = r.take(n)
            if record[4] < 0x80:
                self.base = int.from_bytes(record[:4], "little")
        else:
            record = self.movement()
            self.items += self.waiting
            self.waiting = []
        self.index += 1
        return record

    def movement(self):
        r = self.r
        shape = Bytes(self.item(0x80))
        what, flags = shape.varint(), shape.varint()
        presence = flags >> 1
        if presence >> 23:
            raise Refused("extensions travel raw")
        time = int.from_bytes(r.take(4), "little") if self.base is None else self.base + r.varint(2**32 - 1)
        if time > 2**32 - 1:
            raise Refused("time")
        self.base = time
        out = time.to_bytes(4, "little") + bytes([0x40 if flags & 1 else 0])
        if flags & 1:
            out += varint_bytes(r.varint())
        out += varint_bytes(presence) + varint_bytes(what) + self.item(0x81) + varint_bytes(r.varint())
        for bit in range(23):
            if not presence >> bit & 1:
                continue
            if bit == 0:
                out += self.item(0x82)
            elif bit == 1:
                kind, shared, rest = r.varint(), r.varint(), r.text()
                if shared > len(self.last):
                    raise Refused("document")
                self.last = self.last[:shared] + rest
                out += varint_bytes(kind) + varint_bytes(len(self.last)) + self.last
            elif bit == 3:
                out += self.item(0x83)
            elif bit == 7:
                if r.data[r.at : r.at + 1] == b"\x85":
                    r.u8()
                    back = r.varint()
                    if not 1 <= back <= self.index:
                        raise Refused("answers")
                    out += b"\x00" + varint_bytes(self.index - back)
                else:
                    out += b"\x01" + self.item(0x84)
            else:
                out += r.copy(FIELDS[bit])
        if len(out) > 640:
            raise Refused("row rebuilds over 640 bytes")
        return out


def log_identity(parent, suite, key, facility):
    return hashlib.sha256(b"medlot/1/log...." + parent + bytes([suite]) + len(key).to_bytes(2, "little") + key
                          + bytes([len(facility)]) + facility).digest()


def verify_seal(suite, key, message, signature):
    try:
        if suite == 0:
            ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        elif suite == 1:
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            if not (0 < r < P256_ORDER and 0 < s <= (P256_ORDER - 1) // 2):
                raise Refused("signature out of range, or high S")
            public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
            public.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        else:
            raise Refused("unknown suite")
    except (InvalidSignature, ValueError) as error:
        raise Refused("seal") from error


def read_segment(body, h0, suite, key):
    """Index, head and exact records of a segment whose seal holds; raises Refused."""
    if not 64 <= len(body) <= 65_535:
        raise Refused("length")
    rows_end = len(body) - 64
    front = Bytes(body[:rows_end])
    index = front.varint(2**32 - 1)
    head = h0 if index == 0 else front.take(32)
    count = front.varint(1_024)
    if count == 0 or index + count > 2**32 - 1:
        raise Refused("count")
    rows = Rows(front.data[front.at :], index)
    records = [rows.record() for _ in range(count)]
    if rows.r.at != len(rows.r.data):
        raise Refused("left over")
    if sum(map(len, records)) > 65_535:
        raise Refused("too long rebuilt")
    for i, record in enumerate(records, index):
        head = hashlib.sha256(b"medlot/1/record." + head + i.to_bytes(4, "little")
                              + len(record).to_bytes(2, "little") + record).digest()
    verify_seal(suite, key, b"medlot/1/seal..." + h0 + (index + count).to_bytes(4, "little") + head, body[rows_end:])
    return index, head, records
