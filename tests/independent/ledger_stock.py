"""Stock, written from spec/ledger.md sections 1, 2, 4 and 6 alone, naively."""
from ledger_book import BEGIN, END, IN, LINE, LOT_FACT, MOVE, MOVEMENT, NOT_READ, OUT, TRANSIT

HOLD = 1


def last_usable(expiry):
    """(year, month, day), or None: no expiry, or one that isn't read."""
    if expiry <= NOT_READ:
        return None
    year, month, day = 1975 + (expiry >> 9), expiry >> 5 & 15, expiry & 31
    if day == 0:
        leap = year % 4 == 0 and (year % 100 or year % 400 == 0)
        day = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    return year, month, day


def place_of(r, store):
    return store or "", r["fund"] or "", r["vvm"] or 0, r["bucket"] or 0


def deltas(r):
    """(place, sign) of a movement."""
    if r.kind != MOVEMENT or r["bucket"] == TRANSIT:
        return []
    here = place_of(r, r["store"])
    if r["direction"] == IN:
        return [(here, 1)]
    if r["direction"] == OUT:
        return [(here, -1)]
    to = [r["to_store"], r["to_fund"], r["to_vvm"], r["to_bucket"]]
    return [(here, -1), (tuple(a if b is None else b for a, b in zip(here, to)), 1)]


class Lot:
    """One lot at one facility: all records about it, and what stands where."""

    def __init__(self, book, facility, product, number):
        self.book, self.facility, self.product, self.number = book, facility, product, number
        self.records = [r for r in book.of_kind(MOVEMENT, LINE) if r.facility == facility and r["lot"] == number
                        and book.class_of(facility, r["product"]) == product]
        self.lines = [r for r in self.records if r.kind == LINE]
        self.balances, self.governs, self.uncovered = {}, {}, {}
        self.absorbed, self.overlapping, self.after_end = set(), set(), []
        self.count()

    # ----- counts

    def begin_of(self, r):
        begin = self.book.before_at(r, r.index - r["back"])
        return begin if begin and begin.kind == BEGIN else None

    def end_of(self, begin):
        ends = [r for r in self.book.of_kind(END) if r.log == begin.log and self.begin_of(r) is begin]
        return min(ends, key=lambda r: r.order, default=None)

    def is_behind(self, r, end):
        return end is not None and r.index > end.index and self.book.on_one_branch(r, end)

    def begin_reaches(self, begin, place):
        products = begin["products"]
        return ((begin["store"] or "") == place[0]
                and (begin["funds"] is None or place[1] in [fund[1:].decode() for fund in begin["funds"]])
                and (products is None or self.product in [self.book.class_of(self.facility, p) for p in products]))

    def checkpoints(self, place):
        """(line that stands for it, the same for what increases the balance, quantities by form)."""
        found = []
        for begin in self.book.of_kind(BEGIN):
            if begin.facility != self.facility:
                continue
            end = self.end_of(begin)
            lines = [r for r in self.lines if self.begin_of(r) is begin and not self.is_behind(r, end)
                     and (r["bucket"] or 0) == place[3]]
            own = [r for r in lines if place_of(r, begin["store"]) == place]
            if own:
                sums = {}
                for r in own:
                    sums[r["form"]] = sums.get(r["form"], 0) + r["quantity"]
                found.append((own[-1], own[-1], sums))
            elif lines and self.begin_reaches(begin, place):
                found.append((lines[-1], lines[-1], {}))
            elif not lines and place[3] != HOLD and end and end["rest_is_zero"] and self.begin_reaches(begin, place):
                found.append((end, begin, {}))
        return found

    def count(self):
        book = self.book
        self.after_end = [r for r in self.lines if (begin := self.begin_of(r)) and self.is_behind(r, self.end_of(begin))]
        places = {place for r in self.records for place, _ in deltas(r)}
        for r in self.lines:
            begin = self.begin_of(r)
            if begin and r not in self.after_end:
                places.add(place_of(r, begin["store"]))
        for place in places:
            left = self.checkpoints(place)
            left = [c for c in left if not any(book.knows(other[0], c[0]) for other in left if other[0] is not c[0])]
            left.sort(key=lambda c: (book.time(c[0]), c[0].identity))
            line, increases, sums = left[-1] if left else (None, None, {})
            for other, *_ in left[:-1]:
                if other.log != line.log:
                    self.overlapping.add((other, line))
            if line:
                self.governs[place] = line
            sums, during = dict(sums), []
            for r in self.records:
                for at, sign in deltas(r):
                    if at != place:
                        continue
                    before, by_end = [by and book.covers(by, r) for by in (increases, line)]
                    if not before and not by_end:
                        sums[r["form"]] = sums.get(r["form"], 0) + sign * book.net(r)
                    elif not before:
                        time = book.time(r) + (0 if book.on_one_branch(line, r) else book.difference(line, r))
                        during.append((time, r.order, r["form"], sign * book.net(r)))
                    why = before if sign > 0 else by_end
                    if why is None:
                        self.uncovered.setdefault(place, []).append((r, sign))
                    elif why == "absorbed" and book.net(r):
                        self.absorbed.add((r, line))
            levels = {}
            for _, _, form, change in sorted(during, key=lambda d: d[:2]):
                levels[form] = max(levels.get(form, 0) + change, 0)
            for form, level in levels.items():
                sums[form] = sums.get(form, 0) + level
            self.balances |= {(place, form): n for form, n in sums.items() if n}

    # ----- section 1: units and parts together

    def forms_at(self, place):
        return sorted(form for at, form in self.balances if at == place and form)

    def sums_at(self, place):
        """What is added up: the weight of each form, and how many of the sum make a unit where that is asked."""
        forms = self.forms_at(place)
        if len(forms) == 1:
            return [({None: forms[0][0], forms[0]: 1}, forms[0][0])]
        return [({form: 1}, 1) for form in [None, *forms]]

    def shelf(self, place):
        """Whole units and what is left of opened ones."""
        units, left = self.balances.get((place, None), 0), []
        for form in self.forms_at(place):
            units += self.balances[place, form] // form[0]
            if self.balances[place, form] % form[0]:
                left.append([self.balances[place, form] % form[0], *form])
        if units < 0 and left:
            units += 1
            left[0][0] -= left[0][1]
        return units, left

    # ----- section 6

    def claims(self):
        """Records that claim an expiry."""
        return [r for r in self.records if r["expiry"] != NOT_READ and (r.kind == LINE or self.book.net(r))]

    def fact(self):
        facts = [r for r in self.book.words(LOT_FACT, self.facility) if r["lot"] == self.number
                 and self.book.class_of(self.facility, r["product"]) == self.product]
        return self.book.in_time(facts)[-1] if facts else None

    def expiry(self):
        fact = self.fact()
        if fact:
            return fact["expiry"]
        key = lambda e: (last_usable(e) is None, last_usable(e) or (), e)  # noqa: E731
        return min((r["expiry"] for r in self.claims()), key=key, default=NOT_READ)

    def recalls(self):
        """In order: record, and the one that ends it."""
        return self.book.recalls(self.facility, self.product, self.number)

    def is_recalled(self):
        return any(end is None for _, end in self.recalls())


def lots(book, facility):
    names = {(book.class_of(facility, r["product"]), r["lot"]) for r in book.of_kind(MOVEMENT, LINE) if r.facility == facility}
    return [Lot(book, facility, *name) for name in sorted(names)]


def pick(lots_here, book, facility, product, units, today, store=None, fund=None):
    """First expired, first out: [(lot, place, units)], units missing. `today` is (year, month, day)."""
    name, candidates = book.class_of(facility, product), []
    for lot in lots_here:
        day = last_usable(lot.expiry())
        if lot.product != name or lot.is_recalled() or day and day < today:
            continue
        for place in {place for place, _ in lot.balances}:
            n, asked = lot.shelf(place)[0], (store is None or place[0] == store) and (fund is None or place[1] == fund)
            if n > 0 and place[3] != HOLD and place[2] < 3 and asked:
                candidates.append(((place[2] != 2, day is None, day or (), lot.product, lot.number, place), lot, place, n))
    picked = []
    for _, lot, place, n in sorted(candidates, key=lambda c: c[0]):
        if units:
            picked.append((lot, place, min(n, units)))
            units -= min(n, units)
    return picked, units
