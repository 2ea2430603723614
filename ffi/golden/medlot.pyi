import enum
import typing

class InternalError(Exception): ...

class VerdictKind(enum.Enum):
    """What may be believed of an object."""
    VALID = 0
    INVALID = 1
    UNKNOWN = 2

class Failure(Exception):
    """What went wrong. Each has the stable number and name of `spec/error-codes.md`, what happened with its values and
    the way out in English, a sentence for a pharmacist in Vietnamese, and the field that it concerns, where it is one.
    """
    code: int
    name: str
    english: str
    vietnamese: str
    field: str | None
    class Invalid(Failure):
        """The bytes are wrong: nobody will ever take them."""
    class Unknown(Failure):
        """They may be right, but what would decide isn't here."""
    class Usage(Failure):
        """An argument, a file, the folder."""
    class Refused(Failure):
        """A rule forbids it."""

class Scanned:
    """What became of a scan."""
    class READ(Scanned):
        """It is this."""
        item: ReadItem
        alternatives: list[ReadItem]
        def __init__(self, item: ReadItem, alternatives: list[ReadItem]) -> None: ...
    class CONFIRM(Scanned):
        """It may be any of these: a person decides. The strict reading comes first."""
        candidates: list[ReadItem]
        def __init__(self, candidates: list[ReadItem]) -> None: ...
    class FOREIGN(Scanned):
        """A code of another system."""
        system: str
        text: str
        product: str | None
        gtin: str | None
        lot: str | None
        serial: str | None
        expiry: str | None
        def __init__(self, system: str, text: str, product: str | None, gtin: str | None, lot: str | None, serial: str | None, expiry: str | None) -> None: ...
    class REFUSED(Scanned):
        """It is no code that may be used."""
        code: int
        name: str
        english: str
        vietnamese: str
        position: int
        def __init__(self, code: int, name: str, english: str, vietnamese: str, position: int) -> None: ...

class AiValue:
    """One GS1 element as it was scanned."""
    ai: str
    value: str
    def __init__(self, *, ai: str, value: str) -> None: ...

class Amount:
    """Money."""
    value: int
    tax_included: bool
    def __init__(self, *, value: int, tax_included: bool) -> None: ...

class AskFor:
    """Which other log's news would settle it."""
    log: str
    index: int | None
    def __init__(self, *, log: str, index: int | None) -> None: ...

class Document:
    """A document that a movement names."""
    kind: str
    number: str
    def __init__(self, *, kind: str, number: str) -> None: ...

class RecordAt:
    """Where a record stands."""
    log: str
    index: int
    def __init__(self, *, log: str, index: int) -> None: ...

class Fault:
    """Something to look at, naming its records."""
    code: int
    name: str
    message: str
    records: list[RecordAt]
    def __init__(self, *, code: int, name: str, message: str, records: list[RecordAt]) -> None: ...

class ProductName:
    """A product as it is named: by `gtin`, `registration`, `permit`, `national` or `local`."""
    scheme: str
    value: str
    def __init__(self, *, scheme: str, value: str) -> None: ...

class ReadItem:
    """A medicine as its code says it (GS1 General Specifications, sections 3 and 7.8)."""
    gtin: str | None
    lot: str | None
    expiry: str | None
    expiry_whole_month: bool
    serial: str | None
    elements: list[AiValue]
    system: str | None
    repairs: list[str]
    warnings: list[str]
    incomplete: list[str]
    def __init__(self, *, gtin: str | None, lot: str | None, expiry: str | None, expiry_whole_month: bool, serial: str | None, elements: list[AiValue], system: str | None, repairs: list[str], warnings: list[str], incomplete: list[str]) -> None: ...

class Reason:
    """Why: a stable number and name (`spec/error-codes.md`), and a text."""
    code: int
    name: str
    message: str
    ask_for: AskFor | None
    since: str | None
    def __init__(self, *, code: int, name: str, message: str, ask_for: AskFor | None, since: str | None) -> None: ...

class Reference:
    """A record that another points to."""
    log: str | None
    index: int
    id: str | None
    def __init__(self, *, log: str | None, index: int, id: str | None) -> None: ...

class RecordView:
    """A record, with what its kind says; what it doesn't say is absent."""
    log: str
    index: int
    id: str | None
    kind: str
    facility: str | None
    recorded_at: str | None
    effective_at: str | None
    direction: str | None
    reason: str | None
    product: ProductName | None
    lot: str | None
    expiry: str | None
    expiry_whole_month: bool | None
    serial: str | None
    quantity: int | None
    parts: int | None
    parts_per_unit: int | None
    measure: str | None
    store: str | None
    fund: str | None
    vvm: int | None
    _from: str | None
    to: str | None
    to_store: str | None
    counterparty: str | None
    sent: bool
    answers: Reference | None
    reverses: Reference | None
    total: int | None
    documents: list[Document]
    amount: Amount | None
    operator: str | None
    counts: str | None
    unsealed: bool
    why: Reason | None
    def __init__(self, *, log: str, index: int, id: str | None, kind: str, facility: str | None, recorded_at: str | None, effective_at: str | None, direction: str | None, reason: str | None, product: ProductName | None, lot: str | None, expiry: str | None, expiry_whole_month: bool | None, serial: str | None, quantity: int | None, parts: int | None, parts_per_unit: int | None, measure: str | None, store: str | None, fund: str | None, vvm: int | None, _from: str | None, to: str | None, to_store: str | None, counterparty: str | None, sent: bool, answers: Reference | None, reverses: Reference | None, total: int | None, documents: list[Document], amount: Amount | None, operator: str | None, counts: str | None, unsealed: bool, why: Reason | None) -> None: ...

class Verdict:
    """The answer about an object."""
    verdict: VerdictKind
    current: str
    reasons: list[Reason]
    findings: list[Fault]
    root: str
    records: list[RecordView]
    def __init__(self, *, verdict: VerdictKind, current: str, reasons: list[Reason], findings: list[Fault], root: str, records: list[RecordView]) -> None: ...

def scan(raw: str, gs: str | None, today: str) -> Scanned:
    """Reads one scan. `gs` is what the scanner sends for the GS1 separator where it can't send it, from its profile; `today`
    places two-digit years.

    # Errors
    4001: `today` is no date. A code that can't be used is an answer ([`Scanned::Refused`]).

    ```
    use medlot_sdk::api::{Scanned, scan};
    let scanned = scan("01034009359558381727113010A21", None, "2026-11-23").unwrap();
    let Scanned::Read { item, .. } = scanned else { panic!("{scanned:?}") };
    assert_eq!((item.lot.as_deref(), item.expiry.as_deref()), (Some("A21"), Some("2027-11-30")));
    ```
    """

class Verifier(VerifierProtocol):
    """Verifies bundles under one trust anchor, without a network, a device or a key."""
    def __init__(self, anchor: bytes) -> None:
        """Begins with the trust anchor: the bytes of a root object.

        # Errors
        Bytes that are no trust anchor.
        """
    def keep(self, object: bytes) -> int:
        """Keeps what is known besides: news of authorities, State lists, the other half of a fork. Gives how many objects are
        kept. The same bytes twice are kept once.

        # Errors
        Bytes that are none of medlot's objects.
        """
    def verify(self, object: bytes, now: int | None, facility: str | None) -> Verdict:
        """Verifies an object with what is kept; it isn't kept itself. `now` in seconds since 1970, none where no clock is
        set; `facility`: the own one, what is addressed to another is said.

        # Errors
        4001: `now` is before 2020 or behind 2156. What is wrong with the object is the answer.
        """

class VerifierProtocol(typing.Protocol):
    """Verifies bundles under one trust anchor, without a network, a device or a key."""
    def keep(self, object: bytes) -> int:
        """Keeps what is known besides: news of authorities, State lists, the other half of a fork. Gives how many objects are
        kept. The same bytes twice are kept once.

        # Errors
        Bytes that are none of medlot's objects.
        """
    def verify(self, object: bytes, now: int | None, facility: str | None) -> Verdict:
        """Verifies an object with what is kept; it isn't kept itself. `now` in seconds since 1970, none where no clock is
        set; `facility`: the own one, what is addressed to another is said.

        # Errors
        4001: `now` is before 2020 or behind 2156. What is wrong with the object is the answer.
        """
