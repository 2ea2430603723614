"""Objects, keys and what counts, written from spec/wire-format.md section 7 and spec/trust.md alone, naively."""
import hashlib

from medlot_reader import Refused, log_identity, read_segment
from record_reader import Malformed, Reader, decode
from strict_ed25519 import is_strict

NO, UNKNOWN, YES = 0, 1, 2
WORDS = ["no", "unknown", "yes"]
# Of several reasons the first in this order is shown (section 4).
ORDER = [3001, 3002, 3009, 3010, 3005, 3006, 3003, 3011, 3008, 3007, 3004]
# The object may be right, but can't be read or followed here.
UNKNOWN_HERE = {3003, 3004, 3007}
ENROL, REGULATE, MOVE, SUPPLY, ATTEST, REPORT = (1 << bit for bit in range(6))


class Error(Exception):
    def __init__(self, code, unknown=False):
        super().__init__(code)
        self.code, self.unknown = code, unknown or code in UNKNOWN_HERE


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def verify_segment(body, log, suite, key):
    if suite == 0 and len(body) >= 64 and not (len(key) == 32 and is_strict(key) and is_strict(body[-64:-32])):
        raise Refused("a point of small order, or not in its one form")
    if suite == 1 and not (len(key) == 33 and key[0] in (2, 3)):
        raise Refused("not a compressed point")
    return read_segment(body, log, suite, key)


# ----- objects

def varint(data, at):
    r = Reader(data[at:])
    try:
        value = r.varint()
    except Malformed as error:
        raise Error(3910) from error
    return value, at + r.at


def header(data):
    """Type and the rest."""
    if data[:2] != b"ML" or len(data) < 4:
        raise Error(3910)
    if data[2] != 1 or not 1 <= data[3] <= 7:
        raise Error(3910, unknown=True)
    return data[3], data[4:]


def elements(data):
    """(form, fields) of each element, up to the first refusal, and that."""
    out, at = [], 0
    try:
        while at < len(data):
            if len(out) == 16:
                raise Error(3910)
            frame, at = varint(data, at)
            length, form = frame >> 2, frame & 3
            if at + length > len(data):
                raise Error(3910)
            out.append(element(form, data[at : at + length]))
            at += length
    except Error as error:
        return out, error
    return out, None


def element(form, data):
    r = Reader(data)
    try:
        if form == 0:
            return "own", r.take(8), r.fixed(1), data[r.at :]
        if form == 1:
            return "under", data
        if form == 2:
            suite, key = r.fixed(1), r.take(r.varint())
            return "keyed", suite, key, data[r.at :]
        mark = "mark", r.take(8), r.varint()
    except Malformed as error:
        raise Error(3910) from error
    if r.at != len(data):
        raise Error(3910)
    return mark


def first_record(body):
    """The first record where it stands raw, and its index; nothing is verified."""
    r = Reader(body)
    try:
        index = r.varint()
        if index:
            r.take(32)
        r.varint(1, 1_024)
        if r.fixed(1) != 0xFF:
            return None
        return decode(record := r.take(r.varint(6, 4_096)), index), record, index
    except Malformed:
        return None


class Held:
    """Everything that is verified: records, chains, keys."""

    def __init__(self, root):
        self.records, self.steps, self.bodies, self.keys, self.lists = {}, {}, {}, {}, []
        kind, rest = header(root)
        found, error = elements(rest)
        if kind != 1 or error or len(found) != 1:
            raise Error(3915)
        self.root, self.record0 = None, None
        self.root = self.add_root(found[0], None)
        self.next_roots = set()
        self.read_enrols()

    def add_root(self, root, expected):
        if root[0] != "keyed":
            raise Error(3915)
        _, suite, key, body = root
        if suite > 1:
            raise Error(3003)
        first = first_record(body)
        if first is None or first[0]["kind"] != 32 or first[0]["malformed"] or first[2] != 0:
            raise Error(3915)
        said, record, _ = first
        if said["odd"]:
            raise Error(3003)
        log = log_identity(sha256(b"medlot/1/root...", record), suite, key, b"")
        try:
            index, _, records = verify_segment(body, log, suite, key)
        except Refused as error:
            raise Error(3002) from error
        if len(records) != 1:
            raise Error(3915)
        if expected not in (None, log):
            raise Error(3914)
        self.keys.setdefault(log, (suite, key))
        self.take(log, body, index, records)
        return log

    def take(self, log, body, index, records):
        r = Reader(body)
        r.varint()
        value = log if index == 0 else r.take(32)
        for i, record in enumerate(records, index):
            before = value
            value = sha256(b"medlot/1/record.", value, i.to_bytes(4, "little"), len(record).to_bytes(2, "little"), record)
            self.records[log, i, value] = decode(record, i)
            self.steps[log, i + 1, value] = before
        self.bodies[body] = (log, index, len(records), value)

    def read_enrols(self):
        """Lines, children and keys follow from the Enrols held, whatever these count."""
        self.lines = {log: {self.root} for log in {self.root, *self.next_roots}}
        self.enrols, self.above_log, self.above_line = {}, {}, {}
        while True:
            before = sum(map(len, self.enrols.values()))
            for at, said in self.records.items():
                if said["kind"] != 35 or said["malformed"] or said["odd"]:
                    continue
                for line in list(self.lines.get(at[0], ())):
                    self.read_enrol(at, said, line)
            if sum(map(len, self.enrols.values())) == before:
                return

    def read_enrol(self, at, said, line):
        suite, key, version = said["key"]
        if version != 1 or (said["first"] and said["first"][2] != 1):
            return
        child = log_identity(line, suite, key, said["facility"])
        of = log_identity(line, *said["first"][:2], said["facility"]) if said["first"] else child
        self.enrols.setdefault(child, set()).add(at)
        self.lines.setdefault(child, set()).add(of)
        self.above_log[child] = self.above_line[of] = line
        self.keys.setdefault(child, (suite, key))

    def children(self, log, index, identity):
        """The logs that the Enrol there enrols; identity None: any held at that index of a log with that short id."""
        def is_at(at):
            return at[1] == index and (at == (log, index, identity) if identity else at[0][:8] == log)
        return [child for child, enrols in self.enrols.items() if any(map(is_at, enrols))]

    def open(self, data):
        """Takes the elements of a bundle; raises the first refusal."""
        found, frame = elements(data)
        before = None
        for one in found:
            before = self.add_element(one, before)
            self.read_enrols()
        if frame:
            raise frame

    def add_element(self, one, before):
        if one[0] == "mark":
            _, log, index = one
            if not self.children(log, index, None):
                raise Error(3007)
            return log, index, None
        if one[0] == "keyed":
            _, suite, key, body = one
            if suite > 1:
                raise Error(3003)
            first = first_record(body)
            kind = None if first is None or first[0]["malformed"] else first[0]["kind"]
            if kind == 32:
                log = self.add_root(one, self.root)
                return self.place(body)
            # Anybody can make a log that claims to be the next root: only its claim is taken.
            if kind != 33 or count_of(body) != 1:
                raise Error(3913)
            log = log_identity(self.root, suite, key, b"")
            return self.try_keys(body, [(log, suite, key)], next_root=True)
        if one[0] == "own":
            _, short, suite, body = one
            if suite > 1:
                raise Error(3003)
            unlinked = self.next_roots - set(linked_roots(self))
            logs = [(log, s, k) for log, (s, k) in self.keys.items()
                    if log[:8] == short and s == suite and log not in unlinked]
            if not logs:
                raise Error(3004)
            return self.try_keys(body, logs)
        body = one[1]
        children = self.children(*before) if before else []
        if not children:
            enrol = self.records.get(before) if before else None
            if enrol and enrol["kind"] == 35 and not enrol["malformed"]:
                raise Error(3003)  # enrols, but a log that isn't readable here
            raise Error(3913)
        logs = [(log, *self.keys[log]) for log in children]
        if all(suite > 1 for _, suite, _ in logs):
            raise Error(3003)
        return self.try_keys(body, logs)

    def try_keys(self, body, logs, next_root=False):
        for log, suite, key in logs:
            try:
                index, _, records = verify_segment(body, log, suite, key)
            except Refused:
                continue
            if next_root:
                self.next_roots.add(log)
                self.keys.setdefault(log, (suite, key))
            self.take(log, body, index, records)
            return self.place(body)
        raise Error(3002)

    def place(self, body):
        """The one record of a segment, so that the next element may stand under it."""
        log, index, count, head = self.bodies[body]
        return (log, index, head) if count == 1 else None

    def add(self, data):
        kind, rest = header(data)
        if kind == 4:
            self.open(rest)
        elif kind == 1:
            found, error = elements(rest)
            if error or len(found) != 1:
                raise Error(3915)
            self.add_root(found[0], self.root)
        elif kind == 7:
            self.add_list(rest)
        elif kind != 6:  # a fork proof shows two values; it changes nothing of what counts
            raise Error(3911)

    def add_list(self, data):
        r = Reader(data)
        try:
            log, index, n = r.take(16), r.varint(), r.varint()
            leaves = [r.take(52) for _ in range(n)]
        except Malformed as error:
            raise Error(3910) from error
        if r.at != len(data) or any(a >= b for a, b in zip(leaves, leaves[1:])):
            raise Error(3910)
        if (log, index, leaves) not in self.lists:
            self.lists.append((log, index, leaves))


def merkle_root(leaves):
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return sha256(b"\0", leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1", merkle_root(leaves[:k]), merkle_root(leaves[k:]))


# ----- section 3

def within(code, e):
    return code == e["facility"] if e["scope"] is None else not e["scope"] or any(map(code.startswith, e["scope"]))


def contains(e, c):
    """Section 2.2: e alone grants the Enrol c."""
    if not e["roles"] & ENROL or c["roles"] & ~e["roles"] or not within(c["facility"], e):
        return False
    if c["scope"] is None or e["scope"] == []:
        return True
    if e["scope"] is None or c["scope"] == []:
        return False
    return all(any(p.startswith(q) for q in e["scope"]) for p in c["scope"])


def is_strange(said):
    """A critical record not understood."""
    return 32 <= said["kind"] < 64 and said["kind"] != 34 and (not said["known"] or said["odd"])


def grants(e, r):
    """Whether this Enrol alone grants what the record needs (2.1)."""
    kind = r["kind"]
    if is_strange(r) or kind in (6, 7, 34, 37) or 17 <= kind < 32:
        return True
    if kind in (32, 33):
        return False
    if kind == 35:
        return contains(e, r)
    if kind == 16:
        needs = ATTEST if r["capacity"] in (0, 1, 3) else ATTEST | MOVE | REPORT
    elif kind < 6:
        needs = SUPPLY if kind == 0 and r["supply"] else MOVE | REPORT
    else:
        needs = ENROL if kind in (36, 38) else REGULATE
    return bool(e["roles"] & needs) and (kind != 43 or within(r["code"], e))


def count_of(body):
    """The number of records that a segment's body announces."""
    r = Reader(body)
    if r.varint():
        r.take(32)
    return r.varint()


def linked_roots(held):
    """The first root, then each whose entry 0 the one before committed to."""
    roots, of_log = [held.root], {}
    for at in held.records:
        of_log.setdefault(at[0], []).append(at)
    entry0 = {log: [held.records[at] for at in of_log.get(log, ()) if at[1] == 0] for log in held.next_roots}
    commitments = {held.records[at]["commitment"] for at in of_log[held.root] if at[1] == 0}
    while True:
        for log in held.next_roots - set(roots):
            suite, key = held.keys[log]
            for said in entry0[log]:
                if said["malformed"] or said["odd"] or said["kind"] != 33 or said["cut"][0] != roots[-1][:16]:
                    continue
                made = sha256(b"medlot/1/commit.", bytes([suite]), len(key).to_bytes(2, "little"), key,
                              said["commitment"])
                if made in commitments:
                    roots.append(log)
                    commitments = {said["commitment"]}
                    break
            else:
                continue
            break
        else:
            return roots


class Evaluation:
    def __init__(self, held):
        self.held, self.counts = held, {}
        self.of_log = {}
        for at in sorted(held.records, key=lambda at: at[1]):
            self.of_log.setdefault(at[0], []).append(at)
        self.roots = linked_roots(held)
        self.depth = {log: 0 for log in self.roots}
        for d in range(7):
            # At depth 0 the newest root first: the roots before it are cut by it.
            logs = self.roots[::-1] if d == 0 else [log for log in self.of_log if self.depth.get(log) == d]
            for log in logs:
                self.judge_log(log, d)
            for child, enrols in held.enrols.items():
                if d < 6 and any(self.depth.get(at[0]) == d for at in enrols):
                    self.depth.setdefault(child, d + 1)
        self.judge_others()

    def value(self, at):
        return self.counts[at][0]

    def above(self, log):
        """The lines above a log, the nearest first."""
        lines, line = [], self.held.above_log.get(log)
        while line is not None and line not in lines:
            lines.append(line)
            line = self.held.above_line.get(line)
        return lines

    def cuts_in(self, at):
        """The cuts that a record states: a Revoke's, a NextRoot's, those of the lists that match a State."""
        said = self.held.records[at]
        if said["malformed"]:
            return []
        if said["kind"] in (33, 36) and not said["odd"]:
            return [said["cut"]]
        cuts = []
        for log, index, leaves in self.held.lists if said["kind"] == 38 else ():
            if (log, index, len(leaves)) == (at[0][:16], at[1], said["entries"]) and merkle_root(leaves) == said["root"]:
                cuts += [(leaf[:16], int.from_bytes(leaf[16:20], "little"), leaf[20:]) for leaf in leaves]
        return cuts

    def cuts_on(self, log, d):
        """K: (record, cut, lines whose Confirms may speak of it)."""
        out = []
        if d == 0:
            newer = self.roots[self.roots.index(log) + 1 :]
            for root in newer:
                for at in self.of_log[root]:
                    if at[1] == 0 and self.value(at) != NO:
                        out += [(at, cut, newer) for cut in self.cuts_in(at) if cut[0] == log[:16]]
            return out
        above = self.above(log)
        for issuer in [log for log in self.of_log if self.depth.get(log, 7) < d]:
            lines = [line for line in above if line in self.held.lines[issuer]]
            if not lines:
                continue
            # Its own line and those above that: the nearest of its lines has the most above it.
            over = set(above[above.index(lines[0]) :])
            confirmers = [other for other in self.of_log if self.depth.get(other, 7) < d and self.held.lines[other] & over]
            found = [(at, cut) for at in self.of_log[issuer] if self.held.records[at]["kind"] in (36, 38)
                     for cut in self.cuts_in(at) if cut[0] == log[:16]]
            latest = max((at[1] for at, _ in found if self.value(at) == YES), default=-1)
            for at, cut in found:
                if (at[1] == latest and self.value(at) == YES) or (at[1] > latest and self.value(at) == UNKNOWN):
                    out.append((at, cut, confirmers))
        return out

    def on_chain(self, at, count, head):
        """Whether the record lies on the chain that ends there: yes, no, or None where the chain isn't here."""
        log, index, identity = at
        while count > index + 1:
            head = self.held.steps.get((log, count, head))
            if head is None:
                return None
            count -= 1
        return head == identity

    def admit(self, cut, at, confirmers):
        _, n, head = cut
        if at[1] >= n:
            return NO, 3009
        on = self.on_chain(at, n, head)
        if on is not None:
            return (YES, None) if on else (NO, 3010)
        for log in confirmers:
            for other in self.of_log[log]:
                said = self.held.records[other]
                if said["kind"] != 37 or said["malformed"] or said["odd"] or self.value(other) != YES:
                    continue
                prefix, c, value = said["prefix"]
                if prefix == at[0][:16] and at[1] < c <= n and self.on_chain(at, c, value):
                    return YES, None
        return UNKNOWN, 3008

    def judge_log(self, log, d):
        cuts = self.cuts_on(log, d)
        enrols = [(at, self.held.records[at]) for at in self.held.enrols.get(log, ()) if at in self.counts]
        is_authority = d == 0 or any(self.value(at) != NO and e["roles"] & (ENROL | REGULATE) for at, e in enrols)
        strange = []
        for at in self.of_log.get(log, ()):
            r = self.held.records[at]
            values = [self.granted(log, d, r, enrols)]
            for cut_at, cut, confirmers in cuts:
                value, why = self.admit(cut, at, confirmers)
                if self.value(cut_at) != YES and value == NO:
                    value, why = UNKNOWN, 3008
                values.append((value, why))
            if is_authority and any(index < at[1] for index in strange):
                values.append((UNKNOWN, 3011))
            if r["kind"] == 35 and d == 6:
                values.append((NO, 3005))
            if r["malformed"]:
                values.append((NO, 3001))
            self.counts[at] = least(values)
            if is_strange(r) and self.value(at) != NO:
                strange.append(at[1])

    def granted(self, log, d, r, enrols):
        if r["malformed"]:
            return NO, 3001
        if d == 0:
            stands = r["kind"] != 34 and (r["kind"] != 32 or log == self.held.root)
            return (YES, None) if stands and (r["kind"] != 33 or log != self.held.root) else (NO, 3001)
        if r["kind"] in (32, 33):
            return NO, 3001  # a root's alone
        best = max((self.value(at) for at, e in enrols if grants(e, r)), default=NO)
        if best == NO:
            return NO, 3005 if all(self.value(at) == NO for at, _ in enrols) else 3006
        return (YES, None) if best == YES else (UNKNOWN, 3007)

    def judge_others(self):
        others = [log for log in self.of_log if log not in self.depth]
        for at in [at for log in others for at in self.of_log[log]]:
            self.counts[at] = (UNKNOWN, 3004)
        changed = True
        while changed:
            changed = False
            for log in others:
                enrols = self.held.enrols.get(log, ())
                refused = enrols and all(self.value(at) == NO for at in enrols)
                for at in self.of_log[log]:
                    values = [(NO, 3005) if refused else (UNKNOWN, 3004)]
                    if self.held.records[at]["malformed"]:
                        values.append((NO, 3001))
                    changed = changed or self.counts[at] != least(values)
                    self.counts[at] = least(values)


def least(values):
    """The least value, with the reason that is shown."""
    value = min(value for value, _ in values)
    reasons = [why for v, why in values if v == value and why is not None]
    return value, min(reasons, key=ORDER.index) if value != YES else None


def hold(root, objects):
    """Everything that the objects give, and the errors of those that are refused, by their place."""
    held = Held(root)
    waiting, errors = dict(enumerate(objects)), {}
    # One object's keys may stand in another: go on while something more can be taken.
    while waiting:
        errors, before = {}, len(waiting)
        for i, data in list(waiting.items()):
            try:
                held.add(data)
                held.read_enrols()
                del waiting[i]
            except Error as error:
                errors[i] = error
        if len(waiting) == before:
            break
    return held, errors


def judge(root, held_objects, judged):
    """Verdict, error, records of an object with what is held."""
    objects = [*held_objects, judged]
    held, errors = hold(root, objects)
    evaluation = Evaluation(held)
    error, records = errors.get(len(objects) - 1), []
    try:
        kind, rest = header(judged)
        if kind not in (1, 4):
            error = Error(3911)
        else:
            found, frame = elements(rest)
            error = frame or error
            for one in found:
                if one[0] != "mark" and one[-1] in held.bodies:
                    records += records_of(held, evaluation, one[-1])
    except Error as refused:
        error = refused
    if not records and not error:
        error = Error(3910)
    value = min([YES if not error else UNKNOWN if error.unknown else NO, *(WORDS.index(r["counts"]) for r in records)])
    out = {"verdict": ["invalid", "unknown", "valid"][value], "records": records}
    if error:
        out["error"] = error.code
    return out


def records_of(held, evaluation, body):
    log, index, count, head = held.bodies[body]
    out = []
    for i in range(index + count, index, -1):
        value, why = evaluation.counts[log, i - 1, head]
        record = {"log": log.hex(), "index": i - 1, "id": head.hex(), "counts": WORDS[value]}
        out.append(record if why is None else {**record, "why": why})
        head = held.steps[log, i, head]
    return out[::-1]
