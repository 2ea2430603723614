"""Follows synchronisation, written from spec/sync.md alone (and wire-format.md, trust.md for what is carried)."""
from medlot_reader import Bytes, Refused, log_identity, varint_bytes, verify_seal
from sync_messages import ORDER, OTHER_ROOT, RESTARTED, Wrong, check, read_message
from trust_reader import Error, Held, sha256, verify_segment

OBSERVED = 6


# ----- section 4: what a party holds

def element(form, data):
    return b"ML\1\4" + varint_bytes(len(data) * 4 + form) + data


class Party:
    """What one side holds and says; everything that comes is verified by the readers of bundles."""

    def __init__(self, said):
        self.held = Held(bytes.fromhex(said["root"]))
        self.own = bytes.fromhex(said["log"]) if said["log"] else None
        self.facility = said["facilities"][0] if said["facilities"] else None
        self.said, self.objects, self.set_aside, self.main, self.news = said, set(), [], {}, set()
        self.waiting = [bytes.fromhex(data) for data in said["aside"]]
        for whole in said["whole"]:
            parent, key, facility = bytes.fromhex(whole["parent"]), bytes.fromhex(whole["key"]), whole["facility"].encode()
            log = log_identity(parent, whole["suite"], key, facility)
            self.held.keys.setdefault(log, (whole["suite"], key))
        # One object's key may stand in a later one.
        objects = [bytes.fromhex(data) for data in said["objects"]]
        while refused := [data for data in objects if self.add(data) is not None]:
            assert len(refused) < len(objects), "what it holds isn't refused"
            objects = refused
        self.news.clear()
        self.unsealed = bytes.fromhex(said["unsealed"]) if "unsealed" in said else None
        self.standing, self.acknowledged, self.hello, self.told = "as_here", 0, None, False
        # As giver: the page under way, what is wanted of it, pieces on their way. As taker: the piece that comes.
        self.page, self.wanted, self.on_the_way, self.offered = None, None, [], []
        self.said_last = self.ended = False
        self.coming = None

    def add(self, data):
        """None, or the code for which it isn't taken."""
        bodies = set(self.held.bodies)
        try:
            self.held.add(data)
            self.held.read_enrols()
        except Error as error:
            return error.code
        if data[3] == 6:
            return None if self.proves_fork(data) else 3002
        if data[3] != 4:
            self.objects.add(data)
        for body in set(self.held.bodies) - bodies:
            self.extend(*self.held.bodies[body])
        return None

    def proves_fork(self, data):
        """Whether both witnesses hold under the log's key, and differ; then the proof is kept."""
        r = Bytes(data, 4)
        short, suite, count, forms = r.take(8), r.u8(), r.varint(), r.u8()
        start = r.at
        for log, (of, key) in self.held.keys.items():
            if (log[:8], of) != (short, suite):
                continue
            r.at = start
            try:
                values = {self.witnessed(r, log, suite, key, count, forms & bit) for bit in (1, 2)}
            except Refused:
                continue
            if len(values) == 2 and r.at == len(data):
                self.objects.add(data)
                return True
        return False

    @staticmethod
    def witnessed(r, log, suite, key, count, is_segment):
        """The value at a count that a seal there, or a segment that begins there, shows."""
        if not is_segment:
            head = r.take(32)
            verify_seal(suite, key, b"medlot/1/seal..." + log + count.to_bytes(4, "little") + head, r.take(64))
            return head
        body = r.take(r.varint())
        index, _, _ = verify_segment(body, log, suite, key)
        if index != count or count == 0:
            raise Refused("a segment at another count")
        front = Bytes(body)
        front.varint()
        return front.take(32)

    def extend(self, log, index, count, head):
        """The chain that is held from the first record on grows by what follows it; what doesn't is kept beside."""
        end, value = self.main.get(log, (0, log))
        if index <= end < index + count:
            place = index + count, head
            while place[0] > end:
                place = place[0] - 1, self.held.steps[log, *place]
            if place == (end, value):
                self.main[log] = index + count, head
        if any(said["kind"] != OBSERVED for said in self.records_of(log, index, count, head)):
            self.news.add(log)

    def records_of(self, log, index, count, head):
        place = index + count, head
        while place[0] > index:
            yield self.held.records[log, place[0] - 1, place[1]]
            place = place[0] - 1, self.held.steps[log, *place]

    def take(self, data):
        """Takes a piece as a bundle or object: status."""
        code = self.add(data)
        if code is not None:
            self.set_aside.append(code)
            self.waiting.append(data)
            return 1 if code in (3003, 3004) else 2
        return 0

    def own_value(self, count):
        """The value of the own chain as far as it is written, sealed or not; None beyond."""
        end, value = self.main.get(self.own, (0, self.own))
        if self.unsealed is not None:
            _, head, records = verify_segment(self.unsealed, self.own, *self.held.keys[self.own])
            if count > end:
                for i, record in enumerate(records[: count - end], end):
                    value = sha256(b"medlot/1/record.", value, i.to_bytes(4, "little"),
                                   len(record).to_bytes(2, "little"), record)
                return value if count <= end + len(records) else None
        if count > end:
            return None
        place = end, value
        while place[0] > count:
            place = place[0] - 1, self.held.steps[self.own, *place]
        return place[1]

    def compare(self, item, peer):
        """What the peer holds of the own log."""
        if not self.own or item.get("log") != self.own[:16].hex():
            return
        count = item.get("end") or item["index"] + item["count"]
        value = self.own_value(count)
        if value is None:
            self.standing = "forked" if self.standing == "forked" else "behind"
        elif value[:16].hex() != item["head"]:
            self.standing = "forked"
        elif "end" in item:
            self.acknowledge(count, peer)

    def acknowledge(self, count, peer):
        """Only who asks for everything, or for the same facility first, counts."""
        first = peer.hello["facilities"][:1]
        if not first or first == self.hello["facilities"][:1]:
            self.acknowledged = max(self.acknowledged, count)

    def hears(self):
        """The peer's first page was read, or its end: what stands unsealed is sealed, where the copy isn't an old one."""
        if self.unsealed is not None and not self.told and self.standing == "as_here":
            data, self.unsealed, news = self.unsealed, None, set(self.news)
            assert self.add(element(0, self.own[:8] + bytes([self.held.keys[self.own][0]]) + data)) is None
            self.news = news
        self.told = True

    def places(self, log):
        """Every (count, value) of a log up to which it is held from the first record on."""
        steps = {}
        for (of, count, value), before in self.held.steps.items():
            if of == log:
                steps.setdefault((count - 1, before), []).append((count, value))
        found, todo = {(0, log)}, [(0, log)]
        while todo:
            for place in steps.get(todo.pop(), ()):
                if place not in found:
                    found.add(place)
                    todo.append(place)
        return found

    def observes(self):
        """Logs of the own facility of which something else than an Observed came, and how far each is held."""
        out = []
        for log in sorted(self.news):
            said = [self.held.records[at] for at in self.held.enrols.get(log, ())]
            end, head = self.main.get(log, (0, log))
            if log != self.own and end and any(one["facility"].decode() == self.facility for one in said):
                out.append({"log": log.hex(), "count": end, "head": head.hex()})
        return out

    def values(self, log):
        return {(count, value) for of, count, value in self.held.steps if of == log}

    def of_log16(self, log16):
        return [log for log in self.held.keys if log[:16].hex() == log16]

    def has(self, item):
        """Whether all of an item is held: of a log the head there with all before it."""
        if "object" in item:
            return any(sha256(data)[:16].hex() == item["hash"] for data in self.objects)
        end = item.get("end") or item["index"] + item["count"]
        for log in self.of_log16(item["log"]):
            if "end" in item:
                if any(c == end and v[:16].hex() == item["head"] for c, v in self.places(log)):
                    return True
                continue
            for count, value in self.values(log):
                if count == end and value[:16].hex() == item["head"]:
                    while count > item["index"] and (log, count, value) in self.held.steps:
                        count, value = count - 1, self.held.steps[log, count, value]
                    return count == item["index"]
        return False


# ----- sections 1, 3 and 4: how a session goes

class Session:
    """Follows what two parties said, in the order in which it was sent; raises AssertionError where a rule is broken."""

    def __init__(self, sides, honest="ab"):
        self.sides = {name: Party(said) for name, said in sides.items()}
        self.honest = [self.sides[name] for name in honest]

    def said(self, by, name, what, length):
        me, peer = self.sides[by], self.sides["b" if by == "a" else "a"]
        if name == "hello":
            assert me.hello is None, "one hello"
            me.hello = what
            assert what["root"] == me.held.root[:16].hex()
            assert what["log"] == (me.own[:16].hex() if me.own else None)
            return
        assert me.hello and peer.hello, "nothing but hello comes before the peer's hello"
        assert length <= min(me.hello["message"], peer.hello["message"]), "the smaller of the two limits"
        if name != "passed_over":
            getattr(self, name)(me, peer, what)

    # What the giver says.

    def is_page_done(self, giver):
        return giver.page is None or (giver.wanted == [] and not giver.on_the_way)

    def have(self, giver, taker, what):
        assert not giver.said_last and not giver.ended and self.is_page_done(giver), "page by page"
        held_back = giver.unsealed is not None and not giver.told
        assert what["items"] or held_back and giver.page is None, "an empty page only where the rest waits for a seal"
        assert not (what["last"] and held_back), "no page is the last before the own log is offered"
        for item in what["items"]:
            assert giver.has(item), "what it offers it holds"
            is_takers = bool(taker.own) and item.get("log") == taker.own[:16].hex()
            assert not is_takers or all(giver.offered), "first what is held of the log that the peer writes"
            giver.offered.append(is_takers)
            taker.compare(item, giver)
        giver.page, giver.wanted, giver.said_last = what["items"], None, what["last"]
        taker.hears()

    def piece(self, giver, taker, what):
        assert giver.wanted and taker.coming is None
        assert what["length"] <= taker.hello["piece"], "the taker's limit"
        assert len(giver.on_the_way) < taker.hello["window"], "the taker's window"
        # Positions never go back; one is done when it led to its end.
        while giver.wanted[0]["position"] < what["position"]:
            assert self.led_on(giver.wanted.pop(0)), "sends all that was wanted there, or says left"
        assert giver.wanted[0]["position"] == what["position"], "sends what is wanted"
        taker.coming = (what, bytearray())
        self.more(giver, taker, what["bytes"])

    def more(self, giver, taker, what):
        assert taker.coming, "no piece is under way"
        head, data = taker.coming
        data += bytes.fromhex(what)
        assert len(data) <= head["length"]
        if len(data) < head["length"]:
            return
        taker.coming, data, form = None, bytes(data), head["form"]
        count = 0 if form == 4 else sum(self.span(form, data))
        status = taker.take(data if form == 4 else element(form, data))
        giver.on_the_way.append((head["position"], status, count))
        self.leads_on(giver, head, data)

    def leads_on(self, giver, head, data):
        entry = giver.wanted[0]
        item = giver.page[head["position"]]
        if "object" in item:
            assert head["form"] == 4 and len(data) == item["length"]
            assert data[3] == item["object"] and sha256(data)[:16].hex() == item["hash"]
            entry["at"] = entry["to"] = 1
            return
        index, count = self.span(head["form"], data)
        assert index <= entry["at"] < index + count or giver not in self.honest, "goes on where the one before ended"
        entry["at"] = index + count

    def span(self, form, data):
        r = Bytes(data)
        if form == 0:
            r.take(9)
        else:
            r.take(1)
            r.take(r.varint())
        index = r.varint()
        if index:
            r.take(32)
        return index, r.varint()

    def led_on(self, entry):
        return entry["stopped"] or entry["at"] >= entry["to"]

    def left(self, giver, taker, what):
        while giver.wanted and giver.wanted[0]["position"] < what:
            assert self.led_on(giver.wanted.pop(0))
        assert giver.wanted and giver.wanted.pop(0)["position"] == what, "only what is wanted can be left"
        self.rest(giver)

    def rest(self, giver):
        """Drops what is done at the front of what is wanted."""
        while giver.wanted and giver.wanted[0]["at"] is not None and self.led_on(giver.wanted[0]):
            giver.wanted.pop(0)

    def end(self, giver, taker, what):
        assert self.is_page_done(giver) and not giver.ended and taker.coming is None
        giver.ended = True
        taker.hears()

    # What the taker says.

    def want(self, taker, giver, what):
        assert giver.page is not None and giver.wanted is None, "one answer to each page"
        asked = {entry["position"]: entry for entry in what}
        assert all(position < len(giver.page) for position in asked)
        giver.wanted = []
        for position, item in enumerate(giver.page):
            entry = asked.get(position)
            if entry is None:
                assert taker.has(item) or self.may_be_passed(taker, item), f"item {position} is lacking and not wanted"
                continue
            assert not taker.has(item), f"item {position} is held and wanted"
            at, to = 0, item.get("end", 1)
            if "index" in item:
                at, to = item["index"], item["index"] + item["count"]
            for point in entry["points"]:
                assert "end" in item, "places of a whole log"
                is_here = [log for log in taker.of_log16(item["log"]) for c, v in taker.places(log)
                           if c == point["count"] and v[:8].hex() == point["head"]]
                assert is_here, "names places that it holds with all before them"
                offered = {(c, v[:8].hex()) for log in giver.of_log16(item["log"]) for c, v in self.chain(giver, log, item)}
                if (point["count"], point["head"]) in offered:
                    at = max(at, point["count"])
            giver.wanted.append({"position": position, "at": at, "to": to, "stopped": False})

    def chain(self, giver, log, item):
        """The places of the chain that an item offers."""
        for place in giver.places(log):
            if place[0] == item["end"] and place[1][:16].hex() == item["head"]:
                while place[0]:
                    yield place
                    place = place[0] - 1, giver.held.steps[log, *place]

    def may_be_passed(self, taker, item):
        """The own log is never taken; what waits isn't wanted again."""
        if "log" not in item:
            return False
        return (taker.own and taker.own[:16].hex() == item["log"]) or any(
            data[3] == 4 and item["log"][:16] in data.hex() for data in taker.waiting)

    def took(self, taker, giver, what):
        assert giver.on_the_way, "answers a piece"
        position, status, count = giver.on_the_way.pop(0)
        assert what["position"] == position, "in the order of pieces"
        if what["status"] == 3:
            return self.stop(giver, position)
        assert what["status"] == status, f"status {what['status']}, here {status}"
        if status == 0:
            assert what["count"] == count
            item = giver.page[position]
            if giver.own and item.get("log") == giver.own[:16].hex() and "end" in item:
                giver.acknowledge(min(count, item["end"]), taker)
        elif status == 2:
            self.stop(giver, position)
        self.rest(giver)

    def stop(self, giver, position):
        for entry in giver.wanted:
            if entry["position"] == position:
                entry["stopped"] = True
        self.rest(giver)

    # What came of it.

    def outcome(self, by):
        party, peer = self.sides[by], self.sides["b" if by == "a" else "a"]
        records = sorted((log, index, value) for log, index, value in party.held.records)
        held = {}
        for log, _, _ in records:
            held[log.hex()] = held.get(log.hex(), 0) + 1
        clocks = [peer.hello and peer.hello["clock"], party.said["clock"]]
        return {"done": party.ended and peer.ended, "held": held,
                "records": sha256(*(log + index.to_bytes(4, "big") + value for log, index, value in records)).hex(),
                "objects": sorted(data.hex() for data in party.objects), "aside": party.set_aside,
                "standing": party.standing, "acknowledged": party.acknowledged, "observes": party.observes(),
                "clock_ahead": None if None in clocks else clocks[0] - clocks[1]}


# ----- what a party says to one message behind others

def verdict(said, before, message):
    """0, or the code with which a party that has sent nothing but its hello ends the session."""
    party = Party(said)
    root, log16 = party.held.root[:16].hex(), party.own[:16].hex()
    peer, last, lacking, coming = None, False, False, 0
    for one in [*before, message]:
        try:
            if peer is None and one[:1] != b"\1":
                check(one[:1] >= b"\x40", "nothing but hello comes first", ORDER)
                continue
            check(peer is None or one[:1] != b"\1", "began anew", RESTARTED)
            name, what = read_message(one)
            if name == "hello":
                check(what["root"] == root, "another root", OTHER_ROOT)
                peer = what
            elif name == "have":
                check(not last, "no page comes behind the last", ORDER)
                last = what["last"]
                lacking = any(not party.has(item) and item.get("log") != log16 for item in what["items"])
            elif name == "piece":
                check(lacking and not coming, "nothing was wanted", ORDER)
                check(what["length"] <= said["piece"], "longer than is taken")
                coming = what["length"] - len(what["bytes"]) // 2
            elif name in ("more", "want", "took"):
                check(name == "more" and coming, "answers nothing", ORDER)
        except Wrong as wrong:
            assert one is message, "what comes before is taken"
            return wrong.code
    return 0
