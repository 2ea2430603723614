"""Frames and messages of a synchronisation, written from spec/sync.md sections 2 and 3 alone."""
import zlib

from medlot_reader import Bytes, Refused

FORM, VERSION, FORMAT, OTHER_ROOT, ORDER, RESTARTED = 2701, 2702, 2703, 2704, 2705, 2709
U32 = 2**32 - 1
HELLO_AT_MOST = 256


class Wrong(Exception):
    """A message that ends the session."""

    def __init__(self, code, why=""):
        super().__init__(code, why)
        self.code = code


# ----- section 2: frames

def uncobs(data):
    """What Cheshire and Baker's encoding holds, or None; there is no zero in `data`."""
    out, at = bytearray(), 0
    while at < len(data):
        code = data[at]
        if at + code > len(data):
            return None
        out += data[at + 1 : at + code]
        at += code
        if code < 255 and at < len(data):
            out.append(0)
    return bytes(out)


def units(line):
    """What a line carries: ("message", bytes), ("text", bytes) outside of frames, ("noise", bytes) between two zeros."""
    out, at, inside = [], 0, False
    while at < len(line):
        zero = line.find(b"\0", at)
        part, at = line[at : zero if zero >= 0 else len(line)], zero + 1 if zero >= 0 else len(line)
        if not inside:
            if part:
                out.append(("text", part))
            inside = zero >= 0
            continue
        if zero < 0:
            break  # the frame goes on
        if not part:
            continue
        data = uncobs(part)
        is_message = data is not None and len(data) >= 4 and zlib.crc32(data[:-4]) == int.from_bytes(data[-4:], "little")
        out.append(("message", data[:-4]) if is_message else ("noise", part))
        # The zero that ends a frame begins none; another may.
        inside = not is_message
    return out


# ----- section 3: messages

def check(holds, why, code=FORM):
    if not holds:
        raise Wrong(code, why)


class Fields(Bytes):
    def number(self, least=0, most=U32):
        value = self.varint(most)
        check(value >= least, "a number that is too small")
        return value

    def byte(self, least, most):
        value = self.u8()
        check(least <= value <= most, "a byte with another value")
        return value

    def rest(self):
        return self.take(len(self.data) - self.at)

    def is_done(self):
        return self.at == len(self.data)


def hello(r):
    check(len(r.data) <= HELLO_AT_MOST, "a hello that is too long")
    check(r.u8() == 1, "version", VERSION)
    check(r.u8() == 1, "format", FORMAT)
    said = {"root": r.take(16).hex(), "log": r.take(16)}
    said["log"] = said["log"].hex() if any(said["log"]) else None
    said |= {"message": r.number(256, 65_535), "piece": r.number(), "window": r.byte(1, 255)}
    said["clock"] = int.from_bytes(r.take(4), "little") if r.byte(0, 1) else None
    said["facilities"] = [facility(r) for _ in range(r.number(0, 8))]
    return said


def facility(r):
    data = r.take(r.number(1, 20))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Wrong(FORM, str(error)) from error


def item(r, log):
    kind = r.byte(0, 3)
    if kind == 0:
        return {"log": r.take(16).hex(), "end": r.number(1), "head": r.take(16).hex()}
    if kind == 3:
        return {"object": r.byte(1, 8), "hash": r.take(16).hex(), "length": r.number()}
    if kind == 1:
        log = r.take(16).hex()
    check(log, "no log in the item before")
    said = {"log": log, "index": r.number(), "count": r.number(1), "head": r.take(16).hex()}
    check(said["index"] + said["count"] <= U32, "records beyond the last index")
    return said


def have(r):
    said = {"last": r.byte(0, 1) == 1, "items": []}
    while not r.is_done():
        said["items"].append(item(r, said["items"][-1].get("log") if said["items"] else None))
    return said


def want(r):
    entries = []
    while not r.is_done():
        entry = {"position": r.number(), "points": []}
        check(not entries or entries[-1]["position"] < entry["position"], "positions that don't increase")
        for _ in range(r.byte(0, 32)):
            point = {"count": r.number(1), "head": r.take(8).hex()}
            check(not entry["points"] or entry["points"][-1]["count"] > point["count"], "points that don't decrease")
            entry["points"].append(point)
        entries.append(entry)
    return entries


def piece(r):
    said = {"position": r.number(), "form": r.u8(), "length": r.number(1)}
    check(said["form"] in (0, 2, 4), "form of a piece")
    data = r.rest()
    check(1 <= len(data) <= said["length"], "the first bytes of a piece")
    return said | {"bytes": data.hex()}


def more(r):
    data = r.rest()
    check(data, "no byte")
    return data.hex()


def took(r):
    return {"position": r.number(), "status": r.byte(0, 3), "count": r.number()}


TYPES = {1: ("hello", hello), 2: ("have", have), 3: ("want", want), 4: ("piece", piece), 5: ("more", more),
         6: ("took", took), 7: ("left", lambda r: r.number()), 8: ("end", lambda r: True)}


def read_message(message):
    """(name, what it says); raises Wrong."""
    check(message, "no type")
    if message[0] >= 64:
        return "passed_over", message[0]
    name, read = TYPES.get(message[0], (None, None))
    check(name, "an unknown type")
    r = Fields(message, 1)
    try:
        said = read(r)
    except Refused as error:
        raise Wrong(FORM, str(error)) from error
    check(r.is_done(), "bytes left over")
    return name, said


def line_says(line):
    """Everything that a line carries, as the vectors say it; it ends with the first refusal."""
    out = []
    for kind, data in units(line):
        if kind != "message":
            out.append({"text": data.hex()} if kind == "text" else {"noise": True})
            continue
        try:
            out.append(dict([read_message(data)]))
        except Wrong as wrong:
            return [*out, {"error": wrong.code}]
    return out
