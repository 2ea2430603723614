"""Recovers an own log from its file, written from spec/log.md sections 1 to 3 (and wire-format.md section 4) alone."""
import hashlib
import zlib

from medlot_reader import log_identity

NOT_A_LOG, DAMAGED, OFF_CHAIN, FORM, MARK_LOST = 2601, 2602, 2603, 2604, 2506
LOG, GROUP, MARK, SEAL = range(1, 5)


class Closed(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


def number(data):
    return int.from_bytes(data, "little")


def frame_at(data, at):
    """(kind byte, payload, end) of a whole frame, or None."""
    if at + 7 > len(data):
        return None
    length, kind = number(data[at : at + 2]), data[at + 2]
    end = at + 7 + length
    if length > 4_096 or kind == 0 or end > len(data):
        return None
    if zlib.crc32(data[at : end - 4]) != number(data[end - 4 : end]):
        return None
    return kind, data[at + 3 : end - 4], end


class Log:
    def __init__(self, h0):
        self.log = self.head = h0
        self.count = self.sealed = 0
        self.seals, self.mark = [], None
        # Count and head of marks whose seal may still come.
        self.open = {}

    def unit(self, kind, data):
        {GROUP: self.group, MARK: self.offered, SEAL: self.seal}[kind](data)

    def group(self, data, is_whole=True):
        """Takes a whole group; of the front of one only what breaks a rule is said."""
        at, count, head = 0, self.count, self.head
        while True:
            length = number(data[at : at + 2])
            at += 2
            if length > 4_096:
                raise Closed(FORM)
            if at + (length or 8) > len(data):
                if is_whole:
                    raise Closed(FORM)
                return
            if length == 0:
                break
            head = hashlib.sha256(b"medlot/1/record." + head + count.to_bytes(4, "little")
                                  + length.to_bytes(2, "little") + data[at : at + length]).digest()
            count, at = count + 1, at + length
        if count == self.count:
            raise Closed(FORM)
        if data[at : at + 8] != head[:8]:
            raise Closed(OFF_CHAIN)
        if len(data) > at + 8:
            raise Closed(FORM)
        if is_whole:
            self.count, self.head = count, head

    def offered(self, data):
        if len(data) != 12:
            raise Closed(FORM)
        if (number(data[:4]), data[4:]) != (self.count, self.head[:8]):
            raise Closed(MARK_LOST)
        self.mark = self.count
        if self.count not in self.open:
            if len(self.open) == 4:
                del self.open[min(self.open)]
            self.open[self.count] = self.head

    def seal(self, data):
        if len(data) != 100:
            raise Closed(FORM)
        count, head = number(data[:4]), data[4:36]
        if self.open.get(count) != head:
            raise Closed(OFF_CHAIN)
        self.open = {n: h for n, h in self.open.items() if n > count}
        self.sealed = max(self.sealed, count)
        self.seals.append(count)


def head_of(payload):
    """h0 from the first frame."""
    parent, suite, length = payload[:32], payload[32:33], number(payload[33:35])
    key, facility = payload[35 : 35 + length], payload[35 + length :]
    if len(payload) < 35 or len(key) < length or suite[0] > 1 or len(facility) > 20:
        raise Closed(NOT_A_LOG)
    try:
        facility.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Closed(NOT_A_LOG) from error
    return log_identity(parent, suite[0], key, facility)


def recover(data):
    """What a file holds; raises Closed."""
    if data[:4] != b"MLOG" or len(data) < 5:
        raise Closed(NOT_A_LOG)
    if data[4] != 2:
        raise Closed(FORM)
    first = frame_at(data, 5)
    if first is None or first[0] != LOG:
        raise Closed(NOT_A_LOG)
    log, at = Log(head_of(first[1])), first[2]
    end, parts = at, None
    while (frame := frame_at(data, at)) is not None:
        kind, payload, at = frame
        more, goes_on, kind = bool(kind & 0x40), bool(kind & 0x80), kind & 0x3F
        if kind not in (GROUP, MARK, SEAL) or goes_on != (parts is not None) or kind != GROUP and (more or goes_on):
            raise Closed(FORM)
        parts = (parts or []) + [payload]
        if more:
            log.group(b"".join(parts), is_whole=False)
        else:
            log.unit(kind, b"".join(parts))
            end, parts = at, None
    # Torn, unless a whole frame that begins a unit stands behind.
    for behind in range(at + 1, len(data)):
        frame = frame_at(data, behind)
        if frame is not None and not frame[0] & 0x80:
            raise Closed(DAMAGED)
    return log, end

