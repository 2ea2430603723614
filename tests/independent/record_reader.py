"""Decodes records, written from spec/wire-format.md alone (sections 1 and 5): what is malformed, what they say.

Products, lot numbers, parties and documents are given as their encodings: that is how they are compared.
"""
import re

MAX_OPEN = 16_383


class Malformed(Exception):
    """The record is kept and counts no."""


def require(condition, why):
    if not condition:
        raise Malformed(why)


class Reader:
    """The forms of section 1."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        require(self.at + n <= len(self.data), "cut off")
        self.at += n
        return self.data[self.at - n : self.at]

    def fixed(self, n):
        return int.from_bytes(self.take(n), "little")

    def varint(self, least=0, most=2**32 - 1):
        value = shift = 0
        while True:
            byte = self.fixed(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                require(byte or shift == 7, "a varint not in its one form")
                require(least <= value <= most, "a number over its limit")
                return value
            require(shift < 70, "a varint that doesn't end")

    def zigzag(self, most):
        n = self.varint(0, 2**64 - 1)
        n = n >> 1 ^ -(n & 1)
        require(-most <= n <= most, "a number over its limit")
        return n

    def text(self, least, most, characters=None):
        data = self.take(self.varint(0, most))
        require(len(data) >= least, "an empty text")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed("not UTF-8") from error
        require(not any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F for c in text), "a control character")
        require(text == text.strip(" "), "a blank first or last")
        require(characters is None or re.fullmatch(characters, text), "a character that can't stand here")
        return text

    def encoded(self, read):
        start = self.at
        read()
        return self.data[start : self.at]

    # Section 1.1.
    def facility(self):
        return self.text(1, 20, r"[A-Za-z0-9._/-]*")

    def store(self, least=1):
        return self.text(least, 12, r"[A-Z0-9.-]*")

    def checked(self, size, digits):
        n = self.fixed(size)
        require(0 < n < 10**digits, "a number of GS1 out of range")
        weights = [3 if (digits - 1 - i) % 2 else 1 for i in range(digits)]
        require(sum(int(d) * w for d, w in zip(f"{n:0{digits}}", weights)) % 10 == 0, "a check digit")

    def product(self):
        scheme = self.varint(0, MAX_OPEN)
        if scheme == 0:
            self.checked(6, 14)
        elif scheme == 1 and self.data[self.at : self.at + 1] == b"\0":
            self.take(1)
            require(self.fixed(5) < 10**12, "a registration number")
        elif scheme == 1:
            text = self.text(1, 50)
            require(not re.fullmatch(r"[0-9]{12}", text) and " " not in text, "a registration number")
            require(re.search(r"[0-9]", text) and re.search(r"[A-Za-z]|[^\0-\x7f]", text), "a registration number")
        else:
            self.text(1, 50)

    def party(self):
        scheme = self.varint(0, MAX_OPEN)
        self.facility() if scheme == 0 else self.checked(6, 13) if scheme == 1 else self.text(1, 50)

    def date(self, none=False):
        n = self.fixed(2)
        year, month, day = 1975 + (n >> 9), n >> 5 & 15, n & 31
        if none and n in (0, 1):
            return
        days = [31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28] + [31, 30, 31, 30, 31] * 2
        days = [*days[:2], 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        require(1 <= month <= 12 and (0 if none else 1) <= day <= days[month - 1], "no such date")

    def document(self):
        self.varint(0, MAX_OPEN)
        self.text(1, 50)

    def reference(self, index):
        """(None, index, None) in the own log, else (log id, index, beginning of the identity)."""
        form = self.fixed(1)
        if form == 0:
            at = self.varint()
            require(at < index, "a reference to what doesn't stand before")
            return None, at, None
        require(form == 1, "a reference in no form")
        return self.take(8), self.varint(), self.take(16)

    def back(self, index):
        back = self.varint(1)
        require(back <= index, "a distance before the log's beginning")
        return back

    def parts(self):
        return self.varint(2, 65_535), self.varint(0, MAX_OPEN)

    # As they are encoded.
    def product_name(self):
        return self.encoded(self.product)

    def lot_name(self, least=0):
        return self.encoded(lambda: self.text(least, 50))

    def party_name(self):
        return self.encoded(self.party)

    def document_name(self):
        return self.encoded(self.document)

    def expiry(self):
        return int.from_bytes(self.encoded(lambda: self.date(none=True)), "little")

    def amount(self, value):
        require(value >> 1 <= 10**15, "an amount over its limit")

    def list(self, least, most, read, increasing=True):
        items = [self.encoded(read) for _ in range(self.varint(least, most))]
        require(not increasing or all(a < b for a, b in zip(items, items[1:])), "a list not strictly increasing")
        return items

    def cut(self, least=0):
        log, n, head = self.take(16), self.varint(least), self.take(32)
        require(n or head[:16] == log, "a cut at 0 at another hash")
        return log, n, head

    def key(self):
        suite = self.fixed(1)
        return suite, self.take(self.varint(1, 2_048)), self.fixed(1)


def extensions(r):
    """Whether one of them has to be understood."""
    last, odd = -1, False
    for _ in range(r.varint(1, 16)):
        number = r.varint(0, MAX_OPEN)
        require(number > last, "extensions not increasing")
        last, odd = number, odd or number % 2 == 1
        r.take(r.varint())
    return odd


def optional(r, presence, readers):
    """Fields behind the bits, in their order; the highest bit is ext. Whether an odd one stands there."""
    require(presence >> (len(readers) + 1) == 0, "a bit that isn't listed")
    found = {}
    for bit, read in enumerate(readers):
        if presence >> bit & 1:
            found[bit] = read()
    odd = bool(presence >> len(readers) & 1) and extensions(r)
    return found, odd


MOVEMENT = ["operator", "document", "amount", "party", "sent", "back", "lines", "answers", "serial", "form", "store",
            "to_store", "bucket", "to_bucket", "fund", "to_fund", "vvm", "to_vvm", "document2", "unit", "prescription",
            "local_reason", "made_on"]


def movement(r, index):
    presence, what = r.varint(), r.varint(0, MAX_OPEN * 4 + 3)
    direction, reason = what % 4, what // 4
    require(direction < 3, "direction 3")
    product, lot, expiry = r.product_name(), r.lot_name(), r.expiry()
    quantity = r.varint(1, 999_999_999)
    has = [presence >> bit & 1 for bit in range(24)]
    values, odd = optional(r, presence, [
        lambda: r.text(1, 12), r.document_name, lambda: r.amount(r.varint(0, 2**64 - 1)), r.party_name, lambda: True,
        lambda: r.back(index), lambda: r.varint(1, 65_535), lambda: r.reference(index),
        lambda: r.text(1, 20, r"[A-Za-z0-9!\"%&'()*+,\-./:;<=>?_]*"), r.parts, r.store, lambda: r.store(0),
        lambda: r.varint(1, 2), lambda: r.varint(0, 1), lambda: r.text(1, 20), lambda: r.text(0, 20),
        lambda: r.varint(1, 4), lambda: r.varint(0, 4), r.document, lambda: r.checked(8, 18),
        lambda: r.take(10), lambda: r.text(1, 12), r.date])
    bucket = values.get(12, 0)
    require(not has[4] or direction == 1 and (has[3] or has[5] or has[6]), "sent, but not out to someone")
    require(not has[6] or not has[4] or has[3], "a group sent to nobody")
    require(not (has[5] and has[6]), "head and line of a group")
    require(not has[7] or direction == 0 or bucket == 2, "answers, but neither in nor from transit")
    require(bucket != 2 or direction == 1 and has[7] and not has[4], "from transit")
    for to, own, none in ((11, 10, ""), (13, 12, 0), (15, 14, ""), (17, 16, 0)):
        require(not has[to] or direction == 2 and values[to] != values.get(own, none), "a target")
    require(direction != 2 or has[11] or has[13] or has[15] or has[17], "a move that changes nothing")
    require(not has[18] or has[1], "a second document alone")
    out = {name: values.get(bit) for bit, name in enumerate(MOVEMENT)}
    return {**out, "direction": direction, "reason": reason, "product": product, "lot": lot, "expiry": expiry,
            "quantity": quantity, "bucket": bucket, "supply": direction == 0 and reason in (4, 5), "odd": odd}


def refuse(r, index):
    presence = r.varint()
    shipment = r.reference(index)
    quantity = r.varint(1, 999_999_999)
    reason = r.varint(0, MAX_OPEN)
    require(presence >> 2 & 3 != 3, "head and line of a group")
    found, odd = optional(r, presence, [lambda: r.text(1, 12), r.document, lambda: r.back(index),
                                        lambda: r.varint(1, 65_535), r.parts, lambda: r.text(1, 12)])
    return {"odd": odd, "quantity": quantity, "answers": shipment, "reason": reason, "form": found.get(4)}


def body(r, kind, index):
    """The fields; raises Malformed."""
    if kind == 0:
        return movement(r, index)
    if kind == 1:
        target = r.reference(index)
        total = r.varint(1, 999_999_999)
        form = r.fixed(1)
        require(form < 2, "a reversal in no form")
        repeated = (refuse if form else movement)(r, target[1])
        require(total <= repeated["quantity"], "more taken back than there was")
        return {"odd": repeated["odd"], "target": target, "total": total, "repeats": (2 if form else 0, repeated)}
    if kind == 2:
        return refuse(r, index)
    if kind == 17:
        r.take(16)
        return {}
    if kind == 36:
        return {"cut": r.cut()}
    presence, out = r.varint(), {}
    operator = lambda: r.text(1, 12)  # noqa: E731
    flag = lambda: True  # noqa: E731
    # Optional fields by their bits: name and reader.
    readers = []
    if kind == 3:
        readers = [("operator", operator), ("store", r.store), ("funds", lambda: r.list(1, 8, lambda: r.text(0, 20))),
                   ("products", lambda: r.list(1, 64, r.product)), ("blind", flag), ("document", r.document)]
    elif kind == 4:
        out["back"], out["product"], out["lot"], out["expiry"] = r.back(index), r.product_name(), r.lot_name(), r.expiry()
        out["quantity"] = r.varint(0, 999_999_999)
        readers = [("shown", lambda: r.zigzag(10**15)), ("operator", operator), ("form", r.parts),
                   ("bucket", lambda: r.varint(1, 1)), ("fund", lambda: r.text(1, 20)), ("vvm", lambda: r.varint(1, 4)),
                   ("made_on", r.date), ("serial", lambda: r.text(1, 20))]
    elif kind == 5:
        out["back"] = r.back(index)
        r.varint(0, 65_535)
        readers = [("rest_is_zero", flag), ("operator", operator)]
    elif kind == 6:
        out["of"], out["count"], out["head"] = r.take(16), r.varint(1), r.take(16)
        readers = [("clock", lambda: r.zigzag(2**32 - 1))]
    elif kind == 7:
        out["change"] = r.zigzag(2**32 - 1)
        require(out["change"] != 0, "a clock set by nothing")
    elif kind == 16:
        out["record"] = r.reference(index)
        out["capacity"] = r.varint(0, MAX_OPEN)
        readers = [("refused", flag), ("operator", operator), ("document", r.document)]
    elif kind == 18:
        r.back(index)
        r.list(1, 1_024, lambda: r.amount(max(r.varint(0, 2**64 - 1) - 1, 0)), increasing=False)
        readers = [("operator", operator)]
    elif kind == 32:
        require(re.fullmatch(rb"[A-Z]{5}", r.take(5)), "a country or a currency")
        r.zigzag(1_440)
        out["commitment"] = r.take(32)
    elif kind == 33:
        out["cut"], out["commitment"] = r.cut(1), r.take(32)
    elif kind == 34:
        r.varint(0, MAX_OPEN)
        readers = [("label", lambda: r.text(1, 50))]
    elif kind == 35:
        out["key"], out["facility"], out["roles"] = r.key(), r.facility().encode(), r.varint(0, MAX_OPEN)
        readers = [("first", r.key), ("scope", lambda: r.list(0, 16, r.facility)), ("from", lambda: r.varint(0, 65_535)),
                   ("until", lambda: r.varint(0, 65_535))]
    elif kind == 37:
        out["prefix"] = r.cut()
    elif kind == 38:
        r.varint(1, 3_660)
        out["entries"], out["root"] = r.varint(), r.take(32)
    elif kind == 39:
        require(1 <= r.fixed(1) <= 3, "a class")
        r.text(1, 50)
        out["products"] = r.list(1, 16, r.product)
        readers = [("lots", lambda: r.list(1, 64, r.lot_name)), ("from", lambda: r.varint(0, 65_535))]
    elif kind == 40:
        out["recall"] = r.reference(index)
        readers = [("notice", lambda: r.text(1, 50))]
    elif kind == 41:
        out["same"] = r.product_name(), r.product_name()
        require(out["same"][0] < out["same"][1], "two products out of order")
    elif kind == 42:
        out["product"], out["lot"], out["expiry"] = r.product_name(), r.lot_name(1), r.expiry()
        require(out["expiry"] > 1, "no expiry")
        r.text(1, 50)
    elif kind == 43:
        out["code"] = r.facility().encode()
        r.varint(0, MAX_OPEN)
        readers = [("parent", r.facility), ("successor", r.facility), ("from", lambda: r.varint(0, 65_535))]
    found, odd = optional(r, presence, [read for _, read in readers])
    out |= {name: found.get(bit) for bit, (name, _) in enumerate(readers)}
    out["odd"] = odd
    if kind == 35:
        # Texts without the length in front of them; None: the own facility.
        out["scope"] = None if out["scope"] is None else [item[1:] for item in out["scope"]]
        require(out["from"] is None or out["until"] is None or out["from"] <= out["until"],
                "validity ends before it begins")
    return out


KNOWN = {*range(8), *range(16, 20), *range(32, 44)}


def decode(record, index):
    """What a record says: kind, whether it is malformed, whether a reader of format 1 understands all of it."""
    out = {"kind": record[4] & 0x3F, "malformed": False, "known": True, "odd": False}
    kind = out["kind"]
    out["known"] = kind in KNOWN
    try:
        require(6 <= len(record) <= 4_096, "length")
        r = Reader(record)
        out["recorded_at"], head = r.fixed(4), r.fixed(1)
        out["clock_unset"], out["effective"] = bool(head & 0x80), None
        if head & 0x40:
            out["effective"] = r.varint()
            require(out["effective"] <= out["recorded_at"], "effective before the beginning")
        if kind not in KNOWN:
            require(kind >= 16, "a stock kind that doesn't exist")
            require(index > 0, "a place")
            return out
        # Places: Root, NextRoot and Introduce stand at index 0 and nowhere else, and nothing else stands there.
        require((index == 0) == (kind in (32, 33, 34)), "a place")
        out.update(body(r, kind, index))
        require(r.at == len(record), "bytes left over")
    except Malformed as why:
        out["malformed"] = str(why)
    return out
