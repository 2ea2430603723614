"""Opens an own log on a flash chip, written from spec/log.md sections 1, 2 and 4 (and wire-format.md section 4) alone."""
import hashlib
import zlib

from log_reader import DAMAGED, FORM, GROUP, MARK, NOT_A_LOG, OFF_CHAIN, SEAL, Closed, Log, number

CHECKPOINT, ACKNOWLEDGED = 5, 6
KINDS = (GROUP, MARK, SEAL, CHECKPOINT, ACKNOWLEDGED)
STATE = 193


class Header:
    def __init__(self, raw):
        self.sequence, self.log, self.index = number(raw[4:8]), raw[8:16], number(raw[16:20])
        self.head, self.before, self.skip = raw[20:52], number(raw[52:56]), number(raw[56:58])
        self.goes_on = raw[58] == 1


class Unit:
    """A unit under way: its bytes so far, from its beginning or from a sector's header on."""

    def __init__(self, kind, is_whole, place, skip=0):
        self.kind, self.is_whole, self.place, self.skip, self.data = kind, is_whole, place, skip, b""


class Chip:
    def __init__(self, image, word, sector):
        self.image, self.word, self.sector = image, word, sector
        self.sectors = len(image) // sector
        self.header_size = -(-64 // word) * word

    def header(self, sequence):
        place = sequence % self.sectors
        raw = self.image[place * self.sector : place * self.sector + 64]
        right = raw[:4] == b"MLF\x01" and zlib.crc32(raw[:60]) == number(raw[60:]) and raw[58] < 2 and raw[59] == 0
        header = Header(raw) if right else None
        return header if header and header.sequence % self.sectors == place else None

    def with_sequence(self, sequence):
        header = self.header(sequence)
        return header if header and header.sequence == sequence else None

    def frame(self, sequence, at, limit):
        """(kind byte, payload, end) of a whole frame of this sector, or None."""
        base = sequence % self.sectors * self.sector
        if at + 7 > limit:
            return None
        data = self.image[base + at : base + limit]
        length, kind = number(data[:2]), data[2]
        if length > 4_096 or kind == 0 or length + 7 > len(data):
            return None
        sum_of = at.to_bytes(4, "little") + sequence.to_bytes(4, "little") + data[: 3 + length]
        if zlib.crc32(sum_of) != number(data[3 + length : 7 + length]):
            return None
        return kind, data[3 : 3 + length], self.aligned(at + 7 + length)

    def aligned(self, at):
        return -(-at // self.word) * self.word

    def rest(self, sequence, at):
        base = sequence % self.sectors * self.sector
        return self.image[base + at : base + self.sector]


class FlashLog(Log):
    def __init__(self, header):
        super().__init__(None)
        self.anchor(header)
        self.acknowledged, self.checkpoint = 0, None

    def anchor(self, header):
        """Reading begins at a sector's header: what stands before isn't known."""
        self.log8, self.count, self.head, self.known = header.log, header.index, header.head, False
        self.open, self.under_way, self.promised = {}, None, None
        if header.goes_on:
            self.under_way = Unit(None, False, None, header.skip)

    def reached(self):
        """The chain behind the records so far, and whether a record is under way."""
        if not self.under_way or self.under_way.kind != GROUP:
            return self.count, self.head, False
        return self.walk(self.under_way)[:3]

    def walk(self, unit):
        """(count, head, whether inside a record, the check behind the last or None, bytes behind it, records)"""
        data, count, head = unit.data[unit.skip :], self.count, self.head
        # Inside a record begun before what is read: the place after it is the header's.
        if len(unit.data) < unit.skip:
            return count, head, False, None, b"", 0
        at = begun = 0
        while at < len(data):
            length = number(data[at : at + 2])
            if at + 2 > len(data):
                return count, head, True, None, b"", begun
            if length > 4_096:
                raise Closed(FORM)
            if length == 0:
                check = data[at + 2 : at + 10]
                return count, head, False, check if len(check) == 8 else None, data[at + 10 :], begun
            if at + 2 + length > len(data):
                return count, head, True, None, b"", begun
            head = hashlib.sha256(b"medlot/1/record." + head + count.to_bytes(4, "little")
                                  + length.to_bytes(2, "little") + data[at + 2 : at + 2 + length]).digest()
            count, at, begun = count + 1, at + 2 + length, begun + 1
            if self.promised and begun == 1 + self.promised[2]:
                if self.promised[:2] != (count, head):
                    raise Closed(OFF_CHAIN)
        return count, head, False, None, b"", begun

    def agrees(self, header):
        count, head, inside = self.reached()
        if header.goes_on != (self.under_way is not None):
            return False
        if inside:
            # It names the record after the one under way: seen when that is whole.
            self.promised = (header.index, header.head, self.walk(self.under_way)[5])
            return True
        return (header.index, header.head) == (count, head)

    def take(self, kind, payload, place):
        """Takes a frame; says whether it ended a unit."""
        more, goes_on, kind = bool(kind & 0x40), bool(kind & 0x80), kind & 0x3F
        if kind not in KINDS or goes_on != (self.under_way is not None):
            raise Closed(FORM)
        if not goes_on:
            self.under_way = Unit(kind, True, place)
        unit = self.under_way
        if unit.kind not in (None, kind):
            raise Closed(FORM)
        unit.kind, unit.data = kind, unit.data + payload
        if kind == GROUP:
            _, _, _, check, behind, records = self.walk(unit)
            if unit.is_whole and check is not None and records == 0 or behind:
                raise Closed(FORM)
        if more:
            return False
        self.under_way = None
        if kind == GROUP:
            self.end_of_group(unit)
        elif not unit.is_whole:
            pass  # what it says isn't all here; a checkpoint behind it says it
        else:
            {MARK: self.offered, SEAL: self.sealed_at, CHECKPOINT: self.state, ACKNOWLEDGED: self.held}[kind](unit.data)
            if kind == CHECKPOINT:
                self.checkpoint = (unit.place, self.count)
        return True

    def end_of_group(self, unit):
        count, head, _, check, _, _ = self.walk(unit)
        if check is None:
            raise Closed(FORM)
        if check != head[:8]:
            raise Closed(OFF_CHAIN)
        self.count, self.head, self.promised = count, head, None

    def sealed_at(self, data):
        if len(data) != 100:
            raise Closed(FORM)
        count, head = number(data[:4]), data[4:36]
        if self.open.get(count) == head:
            self.open = {n: h for n, h in self.open.items() if n > count}
            self.sealed = max(self.sealed, count)
        elif self.known or count > self.count:
            raise Closed(OFF_CHAIN)

    def state(self, data):
        if len(data) < STATE + 2 + 35:
            raise Closed(FORM)
        self.log, count, head = data[:32], number(data[32:36]), data[36:68]
        sealed, acknowledged, flags = number(data[68:72]), number(data[76:80]), data[80]
        mark, seal = data[81:93], data[93:193]
        absent = (flags & 1 == 0 and any(mark)) or (flags & 2 == 0 and any(seal))
        if flags > 3 or absent or max(sealed, acknowledged) > count:
            raise Closed(FORM)
        if (self.log[:8], count, head) != (self.log8, self.count, self.head):
            raise Closed(OFF_CHAIN)
        self.sealed, self.open, self.known = sealed, {}, True
        self.mark = number(mark[:4]) if flags & 1 else None
        self.acknowledged = max(self.acknowledged, acknowledged)
        self.blob = data[STATE + 2 + number(data[STATE : STATE + 2]) :]

    def held(self, data):
        if len(data) != 12:
            raise Closed(FORM)
        if number(data[:4]) > self.count:
            raise Closed(OFF_CHAIN)
        self.acknowledged = max(self.acknowledged, number(data[:4]))


def headless(chip, newest):
    """Whether a unit ends in a sector begun after the newest one, whose header is lost."""
    for sequence in range(newest + 1, newest + chip.sectors):
        if chip.header(sequence) or not set(chip.rest(sequence, 0)) - {0xFF}:
            return False
        for at in range(chip.header_size, chip.sector, chip.word):
            frame = chip.frame(sequence, at, chip.sector)
            if frame is not None and not frame[0] & 0x40:
                return True
    return False


def read_sector(chip, log, sequence, limit):
    """Reads the frames of a sector; where its good part must end, `limit` says."""
    at = chip.header_size
    while frame := chip.frame(sequence, at, chip.sector if limit is None else limit):
        log.take(frame[0], frame[1], sequence)
        at = frame[2]
    if limit is not None:
        if at != limit:
            raise Closed(DAMAGED)
        return
    if set(chip.rest(sequence, at)) - {0xFF}:
        for behind in range(chip.aligned(at + 1), chip.sector, chip.word):
            frame = chip.frame(sequence, behind, chip.sector)
            if frame is not None and not frame[0] & 0x80:
                raise Closed(DAMAGED)


def open_flash(image, word, sector):
    """What a chip holds; raises Closed."""
    chip = Chip(image, word, sector)
    headers = [header for place in range(chip.sectors) if (header := chip.header(place))]
    if not headers:
        raise Closed(NOT_A_LOG)
    newest = max(headers, key=lambda header: header.sequence)
    ring = [newest]
    while len(ring) < chip.sectors and (before := chip.with_sequence(ring[0].sequence - 1)) and before.log == newest.log:
        ring.insert(0, before)
    log, fault, sound, lost = FlashLog(ring[0]), None, ring[0].sequence, False
    for header, after in zip(ring, ring[1:] + [None], strict=True):
        if not lost and header is not ring[0] and not log.agrees(header):
            fault, lost = OFF_CHAIN, True
        if lost:
            log.anchor(header)
            lost, sound = False, header.sequence
        try:
            read_sector(chip, log, header.sequence, after.before if after else None)
        except Closed as closed:
            fault, lost, sound = closed.code, True, header.sequence + 1
    if headless(chip, newest.sequence):
        fault, sound = DAMAGED, newest.sequence + 1
    if log.checkpoint is None:
        raise Closed(NOT_A_LOG if newest.sequence == 0 and fault is None else fault or DAMAGED)
    begins = [header for header in ring if header.index <= log.acknowledged] or [ring[0]]
    first = min(log.checkpoint[0], begins[-1].sequence)
    if sound > first or not log.known or ring[0].index > log.acknowledged:
        raise Closed(fault or DAMAGED)
    log.first = next(header.index for header in ring if header.sequence == first)
    return log
