"""Findings, written from spec/ledger.md section 8 alone, naively."""
from datetime import UTC, datetime, timedelta

from ledger_book import ATTEST, IN, LINE, MOVEMENT, OUT, REFUSE, REVERSAL
from ledger_stock import HOLD, deltas, last_usable

DAY = 86_400
TO_BE_USED = {0, 1, 2, 4, 5, 15, 16}
MISSING, STOLEN, DESTROY = 10, 11, 13
WITNESS, PHARMACIST, INSPECTOR, LOSS_REPORTED = 0, 1, 3, 4


class Findings:
    def __init__(self, book, lots, transit, asked):
        self.book, self.transit, self.asked, self.found = book, transit, asked, []
        self.now, self.transit = asked.get("now"), transit
        self.logs()
        self.second_ends(lots)
        for lot in lots:
            self.lot(lot)
            for r in lot.records:
                if r.takes and book.net(r):
                    self.goes_out(lot, r)
        for s in transit.shipments:
            self.shipment(s)
        self.receipts()
        self.reversals()
        self.serials()

    def put(self, code, records, amount=None, other=None):
        first = records[0]
        about = first.kind in (MOVEMENT, LINE)
        finding = {"code": code, "facility": first.facility, "records": records, "amount": amount,
                   "product": first["product"] if about else None, "lot": first["lot"] if about else None,
                   "other": other if other != first.facility else None}
        if finding not in self.found:
            self.found.append(finding)

    def asked_for(self):
        """Those asked for, sorted."""
        only = self.asked.get("facility")
        found = [f for f in self.found if only in (None, f["facility"], f["other"])]
        return sorted(found, key=lambda f: (f["facility"], f["code"], f["product"] or b"", (f["lot"] or b"")[1:],
                                            [r.order for r in f["records"]]))

    def day(self, time):
        """The legal day."""
        if not 0 <= time < 2**32:
            return None
        then = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=time, minutes=self.asked["utc_offset"])
        return then.year, then.month, then.day

    def logs(self):
        book = self.book
        for log, by_index in book.logs.items():
            fork = book.fork(log)
            if fork is not None:
                records = list(by_index[fork])
                if len(records) == 1:
                    records += book.at(log, fork + 1)
                self.put(5001, sorted(records, key=lambda r: r.identity))
            set_ = [r for _, here in sorted(by_index.items()) for r in here if not r["clock_unset"]]
            if fork is None:
                for before, r in zip(set_, set_[1:]):
                    if book.recorded(r) < book.recorded(before):
                        self.put(5015, [r, before], book.recorded(before) - book.recorded(r))
            ahead = [r for r in set_ if self.now is not None and book.recorded(r) - self.now > 600]
            if ahead:
                r = max(sorted(ahead, key=lambda r: r.order), key=book.recorded)
                self.put(5016, [r], book.recorded(r) - self.now)

    def second_ends(self, lots):
        if not self.book.facilities:
            return
        for r in self.book.of_kind(5):
            begin = self.book.before_at(r, r.index - r["back"])
            if begin is None or begin.kind != 3:
                continue
            ends = [e for e in self.book.of_kind(5) if e.log == r.log and
                    self.book.before_at(e, e.index - e["back"]) is begin]
            end = min(ends, key=lambda e: e.order)
            if r is not end and self.book.on_one_branch(r, end):
                self.put(5019, [r])

    def lot(self, lot):
        book = self.book
        for place in sorted({place for place, _ in lot.balances}):
            for weights, units in lot.sums_at(place):
                left, named = sum(lot.balances.get((place, form), 0) * weight for form, weight in weights.items()), []
                if left >= 0:
                    continue
                below = left // units
                moved = {r: sign for r, sign in lot.uncovered.get(place, ()) if r["form"] in weights and book.net(r)}
                for r in reversed(book.in_time(moved)):
                    if left >= 0:
                        break
                    left -= moved[r] * book.net(r) * weights[r["form"]]
                    if moved[r] < 0:
                        named.append(r)
                governs = [lot.governs[place]] if place in lot.governs else []
                self.put(5002, named[::-1] + governs, below)
        forms = sorted({form for _, form in lot.balances if form})
        if len(forms) > 1:
            has = [r for r in book.in_time(lot.records) if r.kind == LINE or book.net(r)]
            self.put(5014, [next(r for r in has if r["form"] == form) for form in forms])
        if lot.fact() is None:
            days = {}
            for r in book.in_time(lot.claims()):
                days.setdefault(last_usable(r["expiry"]) or (), r)
            if len(days) > 1:
                self.put(5013, [days[day] for day in sorted(days)])
        for pair in lot.absorbed:
            self.put(5017, list(pair))
        for pair in lot.overlapping:
            self.put(5018, list(pair))
        for r in lot.after_end:
            self.put(5019, [r])

    def goes_out(self, lot, r):
        book, time, net = self.book, self.book.time(r), self.book.net(r)
        if r["reason"] in TO_BE_USED:
            last, day = last_usable(lot.expiry()), self.day(time)
            if last and day and day > last:
                self.put(5009, [r], net)
            recalls = [recall for recall, end in lot.recalls()
                       if book.time(recall) <= time and (end is None or time < book.time(end))]
            if recalls:
                self.put(5010, [r, recalls[0]], net)
            if r["bucket"] == HOLD:
                self.put(5011, [r], net)
        if r["reason"] == DESTROY:
            people = {r["operator"]} | {a["operator"] for a in self.attests([r, book.head(r)])
                                        if a["capacity"] in (WITNESS, PHARMACIST, INSPECTOR)}
            people.discard(None)
            if len(people) < 3:
                self.put(5022, [r], len(people))
        if r["reason"] in (MISSING, STOLEN) and r["product"] in self.asked["controlled"]:
            reported = [a for a in self.attests([r]) if a["capacity"] == LOSS_REPORTED and book.time(a) <= time + 2 * DAY]
            if self.now is not None and self.now > time + 2 * DAY and not reported:
                self.put(5023, [r], net)

    def attests(self, records):
        return [a for a in self.book.of_kind(ATTEST) if not a["refused"] and
                any(r is not None and self.book.named(a, a["record"]) is r for r in records)]

    def shipment(self, s):
        to = s.to[-1] if s.to else None
        everything = [s.record, *s.answers]
        if s.surplus:
            too_late = self.book.taken_back(s.record) >= s.surplus
            self.put(5021 if too_late else 5003, everything, s.surplus, to)
            puts = [r for r in s.answers if r.kind == MOVEMENT and r["direction"] == IN and r.facility != s.record.facility]
            for i, a in enumerate(puts):
                for b in puts[i + 1 :]:
                    if a.log != b.log and not self.book.knows(a, b) and not self.book.knows(b, a):
                        self.put(5004, [s.record, *sorted((a, b), key=lambda r: r.identity)], None, to)
        if s.remaining and s.answers:
            self.put(5007, everything, s.remaining, to)
        elif s.remaining and self.now is not None and self.now - self.book.time(s.record) > self.asked["answer_days"] * DAY:
            self.put(5006, [s.record], s.remaining, to)
        for r in s.strangers:
            self.put(5008, [r, s.record], None, s.record.facility)
        for r in s.other_form:
            self.put(5014, [r, s.record], None, s.record.facility)

    def receipts(self):
        for r in self.transit.unmatched:
            code = self.transit.code(self.transit.party(r))
            if code in self.book.facilities:
                self.put(5005, [r], self.book.net(r), code)
        for r in self.transit.not_sent:
            self.put(5005, [r], self.book.net(r))

    def reversals(self):
        for r in self.book.of_kind(REVERSAL):
            target = self.book.named(r, r["target"])
            if target is None:
                continue
            kind, said = r["repeats"]
            names = ["quantity", "form", "reason"]
            if kind == MOVEMENT:
                names += ["direction", "product", "lot", "sent", "store", "fund", "vvm", "bucket", "to_store", "to_fund",
                          "to_vvm", "to_bucket"]
            repeats = kind == target.kind and all(said.get(name) == target[name] for name in names)
            if not repeats or r["total"] > target["quantity"] or r.facility != target.facility:
                self.put(5020, [r, target], r["total"])

    def serials(self):
        book, by_serial = self.book, {}
        for r in book.of_kind(MOVEMENT):
            if r["serial"] is not None and r["form"] is None:
                by_serial.setdefault((book.class_of(r.facility, r["product"]), r["serial"]), []).append(r)
        for records in by_serial.values():
            held, on_the_way, dispensed = {}, 0, 0
            for r in records:
                net = book.net(r)
                if len(deltas(r)) == 1:
                    held[r.facility] = held.get(r.facility, 0) + net * deltas(r)[0][1]
                shipment = self.transit.of_record.get(r)
                if shipment:
                    on_the_way += shipment.remaining
                elif r["direction"] == OUT and r["reason"] in TO_BE_USED:
                    dispensed += net
                if r["direction"] == IN and r["reason"] == 2:
                    dispensed -= net
            surplus = sum(n for n in held.values() if n > 0) + on_the_way + max(dispensed, 0) - max(map(book.net, records))
            if surplus > 0:
                self.put(5012, records, surplus)
