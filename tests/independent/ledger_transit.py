"""What is on the way, written from spec/ledger.md sections 2 and 5 alone, naively."""
from ledger_book import IN, MOVEMENT, OUT, REFUSE, TRANSIT


class Shipment:
    def __init__(self, record, to):
        self.record, self.to = record, to
        self.sent = self.received = self.back = self.refused = 0
        self.answers, self.strangers, self.other_form = [], [], []

    @property
    def remaining(self):
        return max(self.sent - self.received - self.back, 0)

    @property
    def surplus(self):
        return max(self.received + self.back - self.sent, 0)


class Transit:
    def __init__(self, book):
        self.book = book
        movements = book.of_kind(MOVEMENT)
        self.shipments = [Shipment(r, self.addressee(r)) for r in movements if r["sent"] and book.head(r)]
        self.of_record = {s.record: s for s in self.shipments}
        # What answers nothing: a receipt that fits no line; an answer to what wasn't sent.
        self.unmatched, self.not_sent = [], []
        for s in self.shipments:
            s.sent = book.net(s.record)
        named = {r: self.answered(r) for r in book.of_kind(MOVEMENT, REFUSE) if self.answers(r)}
        for r, (target, shipment) in named.items():
            if shipment:
                self.answer(self.of_record[shipment], r)
            elif target and book.net(r) and (target in self.of_record or not target["sent"]):
                self.not_sent.append(r)
        for r in movements:
            if r["direction"] == IN and r not in named and book.head(r) and self.code(self.party(r)):
                self.pour(r)

    # ----- groups

    def party(self, r):
        return r["party"] or self.book.head(r)["party"]

    def document(self, r):
        return r["document"] or self.book.head(r)["document"]

    @staticmethod
    def code(party):
        """The facility's code, where it is one."""
        return party[2:].decode() if party and party[0] == 0 else None

    def addressee(self, r):
        """The facility and its successors; None: no facility's code."""
        code = self.code(self.party(r))
        return self.book.successors(code) if code else None

    def answers(self, r):
        """(record in which the reference stands, reference), where it or its group names one."""
        if r.kind == REFUSE or r["answers"]:
            return r, r["answers"]
        head = self.book.head(r)
        if r["direction"] == IN and head and head["answers"]:
            return head, head["answers"]
        return None

    def same_lot(self, facility, a, b):
        return a["lot"] == b["lot"] and self.book.class_of(facility, a["product"]) == self.book.class_of(facility, b["product"])

    # ----- what answers

    def answered(self, r):
        """The record named, and the sent one that is answered."""
        by, reference = self.answers(r)
        target = self.book.named(by, reference)
        if target is None or target not in self.of_record:
            return target, None
        lines = [line for line in self.book.group(target) if line in self.of_record and self.same_lot(r.facility, line, r)]
        whole = by is not r or r.is_(IN) and r["lines"] and target["lines"]
        named = target if by is r else None
        return target, lines[0] if whole and lines else named

    def answer(self, s, r):
        quantity, sender = self.book.net(r), s.record.facility
        if not quantity:
            return
        if r.facility != sender and s.to is not None and r.facility not in s.to:
            s.strangers.append(r)
        elif r["form"] != s.record["form"]:
            s.other_form.append(r)
        else:
            s.answers.append(r)
            if r.kind == REFUSE:
                s.refused += quantity
            elif r["direction"] == OUT and r["bucket"] == TRANSIT:
                s.back += quantity
            elif r.facility == sender and (s.to is None or s.to[-1] != sender):
                s.back += quantity
            else:
                s.received += quantity

    def pour(self, r):
        fitting = [s for s in self.shipments if s.record.facility == self.code(self.party(r)) and s.to and r.facility in s.to
                   and self.document(s.record) == self.document(r) and s.record["form"] == r["form"]
                   and self.same_lot(r.facility, s.record, r)]
        left = self.book.net(r)
        if not fitting:
            if left:
                self.unmatched.append(r)
            return
        for s in fitting:
            take = min(left, s.remaining)
            if s is fitting[-1]:
                take = left
            if take:
                s.received += take
                s.answers.append(r)
                left -= take
