"""The records that count: places, branches, what knows what, reversals, what authorities say. Written from spec/ledger.md
(its words, sections 2, 3, 6, 7 and the first half of 4) alone, naively: over plain lists, everything looked for anew."""
from functools import lru_cache

from trust_reader import REGULATE, YES

MOVEMENT, REVERSAL, REFUSE, BEGIN, LINE, END, OBSERVED, CLOCK_SET, ATTEST = *range(8), 16
RECALL, END_RECALL, SAME_PRODUCT, LOT_FACT, FACILITY = range(39, 44)
IN, OUT, MOVE = range(3)
TRANSIT = 2
NOT_READ = 1


class Record:
    def __init__(self, at, previous, facility, said):
        self.log, self.index, self.identity = at
        self.previous, self.facility, self.said, self.kind = previous, facility, said, said["kind"]
        self.order = at

    def __getitem__(self, name):
        return self.said.get(name)

    @property
    def is_late(self):
        return self["effective"] is not None and not self["clock_unset"] and self.kind not in (OBSERVED, CLOCK_SET)

    def is_(self, direction):
        return self.kind == MOVEMENT and self["direction"] == direction

    @property
    def takes(self):
        """It takes from a balance and puts nowhere."""
        return self.is_(OUT) and self["bucket"] != TRANSIT


class Book:
    def __init__(self, held, evaluation):
        self.held, self.trust = held, evaluation
        self.records = sorted((self.read(at) for at, (value, _) in evaluation.counts.items() if value == YES),
                              key=lambda r: r.order)
        self.logs = {}
        for r in self.records:
            self.logs.setdefault(r.log, {}).setdefault(r.index, []).append(r)
        self.facilities = sorted({r.facility for r in self.records} - {""})
        for name in ("fork", "ancestors", "set_after", "place", "knows", "covers", "taken_back", "class_of",
                     "successors", "observeds"):
            setattr(self, name, lru_cache(maxsize=None)(getattr(self, name)))

    def read(self, at):
        log, index, identity = at
        enrols = self.held.enrols.get(log, ())
        facility = next((self.held.records[e]["facility"].decode() for e in enrols), "")
        previous = self.held.steps[log, index + 1, identity]
        return Record(at, previous, facility, self.held.records[at])

    def of_kind(self, *kinds):
        return [r for r in self.records if r.kind in kinds]

    def at(self, log, index):
        return self.logs.get(log, {}).get(index, [])

    # ----- section 7

    def fork(self, log):
        """The lowest index at which branches show."""
        for index in sorted(self.logs.get(log, ())):
            here = self.at(log, index)
            follows = lambda after: any(r.identity == after.previous for r in here)  # noqa: E731
            if len(here) > 1 or not all(map(follows, self.at(log, index + 1))):
                return index
        return None

    def ancestors(self, r):
        """What stands before it on its branch, the nearest first."""
        fork, found, above, is_lost = self.fork(r.log), [], r, False
        for index in sorted((i for i in self.logs[r.log] if i < r.index), reverse=True):
            here = self.at(r.log, index)
            if fork is not None and index >= fork:
                if is_lost:
                    continue
                if index + 1 == above.index:
                    here = [other for other in here if other.identity == above.previous]
                    if not here:
                        is_lost = True
                        continue
            above = min(here, key=lambda other: other.identity)
            found.append(above)
        return found

    def before_at(self, r, index):
        """The record at a smaller index on its branch."""
        return next((a for a in self.ancestors(r) if a.index == index), None)

    def on_one_branch(self, a, b):
        if a.log != b.log:
            return False
        low, high = (a, b) if a.index <= b.index else (b, a)
        return low is high or self.before_at(high, low.index) is low

    # ----- times and places

    def set_after(self, log, index):
        """What is added to the times at an index: what its clock was set by later."""
        here = self.logs.get(log, {})
        below = [i for i in here if i <= index]
        total, unset = 0, self.is_unset(log, max(below)) if below else None
        for i in sorted(i for i in here if i > index):
            sets = [r["change"] for r in here[i] if r.kind == CLOCK_SET]
            if sets:
                total, unset = total + min(sets), False
            elif unset is not None and unset != self.is_unset(log, i):
                break
            else:
                unset = self.is_unset(log, i)
        return total

    def is_unset(self, log, index):
        """Whether it was written by a clock that wasn't set."""
        here = self.at(log, index)
        return not any(r.kind == CLOCK_SET for r in here) and any(r["clock_unset"] for r in here)

    def recorded(self, r):
        return r["recorded_at"] + self.set_after(r.log, r.index)

    def time(self, r):
        late = r["effective"] if r["effective"] is not None and not r["clock_unset"] else 0
        return self.recorded(r) - late

    def in_time(self, records):
        return sorted(records, key=lambda r: (self.time(r), r.order))

    def place(self, r):
        if not r.is_late:
            return r.index, 0, 0
        before = [a for a in self.ancestors(r) if self.recorded(a) <= self.time(r)]
        return (before[0].index if before else -1), 1, r.index

    # ----- references, groups, reversals

    def named(self, by, reference):
        log, index, identity = reference
        if log is None:
            return self.before_at(by, index)
        found = [r for other in self.logs if other[:8] == log for r in self.at(other, index) if r.identity[:16] == identity]
        return found[0] if found else None

    def head(self, r):
        """The first record of its group; itself where it stands alone; None where that isn't held."""
        return self.before_at(r, r.index - r["back"]) if r["back"] else r

    def group(self, r):
        """The records of its group that are movements."""
        head = self.head(r) or r
        lines = head["lines"] or 1
        behind = [line for i in range(head.index + 1, head.index + lines) for line in self.at(head.log, i)
                  if line["back"] == i - head.index and self.on_one_branch(head, line)]
        return [head, *sorted(behind, key=lambda line: line.order)]

    def taken_back(self, r):
        if r.kind not in (MOVEMENT, REFUSE):
            return 0
        totals = [v["total"] for v in self.of_kind(REVERSAL)
                  if v.facility == r.facility and self.named(v, v["target"]) is r]
        return min(max(totals, default=0), r["quantity"])

    def net(self, r):
        return r["quantity"] - self.taken_back(r)

    # ----- section 4: what knows what

    def observeds(self, log):
        found = [r for here in self.logs.get(log, {}).values() for r in here if r.kind == OBSERVED]
        return sorted(found, key=lambda r: (r.index, r.identity))

    def says(self, observed, log):
        """Whether an Observed of that log says anything."""
        if log[:16] != observed["of"]:
            return False
        here = self.at(log, observed["count"] - 1)
        if not here:
            return self.fork(log) is None
        return any(r.identity[:16] == observed["head"] for r in here)

    def includes(self, observed, r):
        if not self.says(observed, r.log) or r.index >= observed["count"]:
            return False
        fork = self.fork(r.log)
        if fork is None or r.index < fork:
            return True
        heads = [h for h in self.at(r.log, observed["count"] - 1) if h.identity[:16] == observed["head"]]
        return any(self.on_one_branch(r, h) for h in heads)

    def knows(self, line, r):
        if line.log == r.log:
            return self.on_one_branch(line, r) and self.place(r) < self.place(line)
        return any(self.includes(o, r) for o in self.observeds(line.log)
                   if self.place(o) < self.place(line) and self.on_one_branch(o, line))

    def covers(self, line, r):
        """None, or why: known, absorbed."""
        if self.on_one_branch(line, r):
            if self.place(r) >= self.place(line):
                return None
            return "known" if r.index < line.index else "absorbed"
        if self.knows(line, r):
            return "known"
        of_log = [k for here in self.logs[r.log].values() for k in here]
        if any(self.knows(line, k) and self.on_one_branch(k, r) and self.place(r) < self.place(k) for k in of_log):
            return "absorbed"
        if any(self.includes(o, line) and self.on_one_branch(o, r) and self.place(o) < self.place(r)
               for o in self.observeds(r.log)):
            return None
        return "absorbed" if self.time(r) + self.difference(line, r) <= self.time(line) else None

    def difference(self, line, r):
        """What to add to the record's time to read it in the line's clock."""
        def noted(by, of):
            return [o for o in self.observeds(by.log)
                    if o["clock"] is not None and self.says(o, of.log) and self.on_one_branch(o, by)]

        def read(o, of):
            return o["clock"] + self.set_after(of.log, o["count"] - 1) - self.set_after(o.log, o.index)
        theirs, mine = noted(r, line), noted(line, r)
        after = [o for o in theirs if self.place(o) > self.place(r)]
        including = [o for o in mine if self.includes(o, r)]
        if after:
            return read(after[0], line)
        if including:
            return -read(including[0], r)
        if mine:
            return -read(mine[-1], r)
        return read(theirs[-1], line) if theirs else 0

    # ----- section 6: what authorities say

    def speaks(self, r):
        return r.kind == RECALL or not r["odd"]

    def reaches(self, r, facility):
        if r.log in self.trust.roots or r.facility == facility:
            return True
        for at in self.held.enrols.get(r.log, ()):
            e = self.held.records[at]
            if self.trust.counts.get(at, (None,))[0] != YES or not e["roles"] & REGULATE:
                continue
            prefixes = e["scope"]
            if prefixes is None and e["facility"].decode() == facility:
                return True
            if prefixes is not None and (not prefixes or any(map(facility.encode().startswith, prefixes))):
                return True
        return False

    def words(self, kind, facility):
        return [r for r in self.of_kind(kind) if self.speaks(r) and self.reaches(r, facility)]

    def class_of(self, facility, product):
        members, pairs = {product}, [r["same"] for r in self.words(SAME_PRODUCT, facility)]
        while True:
            more = {p for pair in pairs if members & set(pair) for p in pair} - members
            if not more:
                return min(members)
            members |= more

    def recalls(self, facility, product, lot):
        """Recalls of the lot, in order: record, and the one that ends it."""
        name = self.class_of(facility, product)
        return [(r, self.end_of(r)) for r in self.words(RECALL, facility)
                if any(self.class_of(facility, p) == name for p in r["products"]) and (r["lots"] is None or lot in r["lots"])]

    def end_of(self, recall):
        lines = self.held.lines.get(recall.log, set())
        above = {line for one in [recall.log] for line in self.trust.above(one)}
        ends = [r for r in self.of_kind(END_RECALL) if self.speaks(r) and self.named(r, r["recall"]) is recall and
                (r.log == recall.log or self.held.lines.get(r.log, set()) & (lines | above))]
        return self.in_time(ends)[0] if ends else None

    def successors(self, facility):
        """The facility, then each that follows it."""
        chain = [facility]
        while True:
            said = [r for r in self.of_kind(FACILITY) if self.speaks(r) and r["code"].decode() == chain[-1]]
            following = self.in_time(said)[-1]["successor"] if said else None
            if following is None:
                return chain
            if following in chain:
                return chain[:1]
            chain.append(following)
