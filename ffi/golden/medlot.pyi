import builtins
import enum
import typing

__all__ = ['InternalError', 'KeySuite', 'Direction', 'ReportName', 'VerdictKind', 'Failure', 'Language', 'Scanned', 'StoredChange', 'AskFor', 'Reason', 'Taken', 'Accepted', 'AiValue', 'Amount', 'LogInput', 'CameObject', 'ProductName', 'Reference', 'GroupOf', 'Document', 'RecordView', 'CardRow', 'Card', 'CountInput', 'Destroyed', 'ScanInput', 'MovementInput', 'DestructionInput', 'Packaging', 'Drug', 'DrugPage', 'RecordAt', 'LotRef', 'Edge', 'FacilityEntry', 'FacilityPage', 'Fault', 'ShipmentValue', 'Places', 'FindingDetail', 'FindingView', 'FindingPage', 'FindingsInput', 'GotLine', 'Handover', 'HandoverInput', 'Incomplete', 'JoinInput', 'RefusedRow', 'Loaded', 'LogView', 'LotInput', 'MovementPage', 'MovementsInput', 'Node', 'NoteInput', 'Stop', 'PickLine', 'PackAnswer', 'PartsOf', 'Pick', 'QrProgress', 'ReadItem', 'RecallView', 'RefusedLine', 'SeenStage', 'ReceiveInput', 'RenewInput', 'ToSign', 'Renewal', 'ReportInput', 'ReportRow', 'ReportView', 'SealedRecord', 'SealedSegment', 'SeenLog', 'SetAside', 'StatusView', 'StockInput', 'StockView', 'StockPage', 'StoredFile', 'WentOver', 'SyncAnswer', 'SyncInput', 'SyncOutcome', 'SyncPartyInput', 'SyncProgress', 'Trace', 'Verdict', 'Written', 'WrittenAll', 'destruction_people', 'qr_texts', 'read_log', 'read_record', 'read_sync_line', 'scan', 'verify_segment', 'Catalogue', 'CatalogueProtocol', 'Device', 'DeviceProtocol', 'QrReader', 'QrReaderProtocol', 'SyncSession', 'SyncSessionProtocol', 'Verifier', 'VerifierProtocol']

class InternalError(Exception): ...

class KeySuite(enum.Enum):
    """A key's suite."""
    ED25519 = 0
    P256 = 1

class Direction(enum.Enum):
    """Which way goods move."""
    IN = 0
    OUT = 1
    MOVE = 2

class ReportName(enum.Enum):
    """Which report."""
    TURNOVER = 0
    PRODUCTS = 1
    REGISTER = 2
    HALF_YEAR = 3
    CORRECTION = 4
    USAGE = 5
    STOCK_OUTS = 6
    AT_RISK = 7
    DELIVERIES = 8

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

class Language(enum.Enum):
    """A language for people."""
    VI = 0
    EN = 1

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

class StoredChange:
    """A change to make durable: all that [`Device::changes`] gives, in order and in one transaction."""
    class WRITE(StoredChange):
        """The file is these bytes now, whatever it was."""
        name: str
        bytes: builtins.bytes
        def __init__(self, name: str, bytes: builtins.bytes) -> None: ...
    class APPEND(StoredChange):
        """More at the file's end. What stands from `at` on, if anything does, goes first."""
        name: str
        at: int
        bytes: builtins.bytes
        def __init__(self, name: str, at: int, bytes: builtins.bytes) -> None: ...
    class REMOVE(StoredChange):
        """The file goes."""
        name: str
        def __init__(self, name: str) -> None: ...

class AskFor:
    """Which other log's news would settle it."""
    log: str
    index: int | None
    def __init__(self, *, log: str, index: int | None) -> None: ...

class Reason:
    """Why: a stable number and name (`spec/error-codes.md`), and a text."""
    code: int
    name: str
    message: str
    vietnamese: str
    ask_for: AskFor | None
    since: str | None
    def __init__(self, *, code: int, name: str, message: str, vietnamese: str, ask_for: AskFor | None, since: str | None) -> None: ...

class Taken:
    """What became of an object that was taken."""
    taken: bool
    why: Reason | None
    waits: bool
    def __init__(self, *, taken: bool, why: Reason | None, waits: bool) -> None: ...

class Accepted:
    """What became of objects that others sent."""
    objects: list[Taken]
    enrolled: bool
    def __init__(self, *, objects: list[Taken], enrolled: bool) -> None: ...

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

class LogInput:
    """A log by what its id is made of: what the enrolment of its key says."""
    parent: str
    suite: KeySuite | None
    key: builtins.bytes
    facility: str
    def __init__(self, *, parent: str = ..., suite: KeySuite | None = ..., key: builtins.bytes = ..., facility: str = ...) -> None: ...

class CameObject:
    """Something that came."""
    object: builtins.bytes
    whole: LogInput | None
    count: int
    aside: Reason | None
    def __init__(self, *, object: builtins.bytes, whole: LogInput | None, count: int, aside: Reason | None) -> None: ...

class ProductName:
    """A product as it is named: by `gtin`, `registration`, `permit`, `national` or `local`."""
    scheme: str
    value: str
    def __init__(self, *, scheme: str, value: str) -> None: ...

class Reference:
    """A record that another points to."""
    log: str | None
    index: int
    id: str | None
    def __init__(self, *, log: str | None, index: int, id: str | None) -> None: ...

class GroupOf:
    """What a record was written together with: the first says how many there are, the others how far back it stands."""
    lines: int | None
    back: int | None
    def __init__(self, *, lines: int | None, back: int | None) -> None: ...

class Document:
    """A document that a movement names."""
    kind: str
    number: str
    def __init__(self, *, kind: str, number: str) -> None: ...

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
    group: GroupOf | None
    attests: Reference | None
    capacity: str | None
    refused: bool
    documents: list[Document]
    amount: Amount | None
    operator: str | None
    counts: str | None
    unsealed: bool
    why: Reason | None
    def __init__(self, *, log: str, index: int, id: str | None, kind: str, facility: str | None, recorded_at: str | None, effective_at: str | None, direction: str | None, reason: str | None, product: ProductName | None, lot: str | None, expiry: str | None, expiry_whole_month: bool | None, serial: str | None, quantity: int | None, parts: int | None, parts_per_unit: int | None, measure: str | None, store: str | None, fund: str | None, vvm: int | None, _from: str | None, to: str | None, to_store: str | None, counterparty: str | None, sent: bool, answers: Reference | None, reverses: Reference | None, total: int | None, group: GroupOf | None, attests: Reference | None, capacity: str | None, refused: bool, documents: list[Document], amount: Amount | None, operator: str | None, counts: str | None, unsealed: bool, why: Reason | None) -> None: ...

class CardRow:
    """A line of a stock card."""
    record: RecordView
    bucket: str
    time: str
    change: int
    balance: int
    def __init__(self, *, record: RecordView, bucket: str, time: str, change: int, balance: int) -> None: ...

class Card:
    """A stock card."""
    total: int
    rows: list[CardRow]
    def __init__(self, *, total: int, rows: list[CardRow]) -> None: ...

class CountInput:
    """What is counted."""
    store: str | None
    funds: list[str]
    products: list[str]
    blind: bool
    document: str | None
    operator: str | None
    def __init__(self, *, store: str | None = ..., funds: list[str] = ..., products: list[str] = ..., blind: bool = ..., document: str | None = ..., operator: str | None = ...) -> None: ...

class Destroyed:
    """A destruction that was written, and whom it still asks for."""
    log: str
    first: int
    count: int
    record: str
    people: int
    missing: int
    unsealed: int
    def __init__(self, *, log: str, first: int, count: int, record: str, people: int, missing: int, unsealed: int) -> None: ...

class ScanInput:
    """A scan that says what the pack is."""
    raw: str
    gs: str | None
    today: str
    pick: int | None
    def __init__(self, *, raw: str = ..., gs: str | None = ..., today: str = ..., pick: int | None = ...) -> None: ...

class MovementInput:
    """A movement, or a line of a hand-over or count. What stays absent is absent in the record."""
    scan: ScanInput | None
    product: str | None
    lot: str | None
    expiry: str | None
    serial: str | None
    quantity: str | None
    reason: str | None
    store: str | None
    to_store: str | None
    _from: str | None
    to: str | None
    fund: str | None
    to_fund: str | None
    vvm: int | None
    to_vvm: int | None
    counterparty: str | None
    documents: list[str]
    amount: int | None
    tax_included: bool
    operator: str | None
    made_on: str | None
    logistic_unit: str | None
    local_reason: str | None
    effective_at: str | None
    def __init__(self, *, scan: ScanInput | None = ..., product: str | None = ..., lot: str | None = ..., expiry: str | None = ..., serial: str | None = ..., quantity: str | None = ..., reason: str | None = ..., store: str | None = ..., to_store: str | None = ..., _from: str | None = ..., to: str | None = ..., fund: str | None = ..., to_fund: str | None = ..., vvm: int | None = ..., to_vvm: int | None = ..., counterparty: str | None = ..., documents: list[str] = ..., amount: int | None = ..., tax_included: bool = ..., operator: str | None = ..., made_on: str | None = ..., logistic_unit: str | None = ..., local_reason: str | None = ..., effective_at: str | None = ...) -> None: ...

class DestructionInput:
    """A destruction."""
    minutes: str
    operator: str
    witnesses: list[str]
    lines: list[MovementInput]
    def __init__(self, *, minutes: str = ..., operator: str = ..., witnesses: list[str] = ..., lines: list[MovementInput] = ...) -> None: ...

class Packaging:
    """A unit in which a drug is packed."""
    unit_id: str | None
    unit_name: str | None
    gtin: str | None
    def __init__(self, *, unit_id: str | None, unit_name: str | None, gtin: str | None) -> None: ...

class Drug:
    """A drug of the catalogue. What the source doesn't say is `None`."""
    id: str
    name: str
    registration_number: str | None
    old_registration_number: str | None
    active_ingredient: str | None
    strength: str | None
    dosage_form: str | None
    drug_group_id: str | None
    routes: list[str]
    prescription_status: int | None
    special_control_type: int | None
    packagings: list[Packaging]
    packaging: str | None
    smallest_unit: str | None
    manufacturer_id: str | None
    manufacturer: str | None
    manufacturer_country: str | None
    manufacturer_address: str | None
    registrant: str | None
    approval_date: str | None
    expiry_date: str | None
    last_update_time: str | None
    def __init__(self, *, id: str, name: str, registration_number: str | None, old_registration_number: str | None, active_ingredient: str | None, strength: str | None, dosage_form: str | None, drug_group_id: str | None, routes: list[str], prescription_status: int | None, special_control_type: int | None, packagings: list[Packaging], packaging: str | None, smallest_unit: str | None, manufacturer_id: str | None, manufacturer: str | None, manufacturer_country: str | None, manufacturer_address: str | None, registrant: str | None, approval_date: str | None, expiry_date: str | None, last_update_time: str | None) -> None: ...

class DrugPage:
    """Drugs that were found."""
    total: int
    rows: list[Drug]
    def __init__(self, *, total: int, rows: list[Drug]) -> None: ...

class RecordAt:
    """Where a record stands."""
    log: str
    index: int
    def __init__(self, *, log: str, index: int) -> None: ...

class LotRef:
    """A lot of a product."""
    product: ProductName | None
    lot: str | None
    def __init__(self, *, product: ProductName | None, lot: str | None) -> None: ...

class Edge:
    """A step on a lot's way."""
    record: RecordAt
    _from: str
    to: str
    product: ProductName | None
    lot: str | None
    quantity: int
    received: int
    made_from: LotRef | None
    def __init__(self, *, record: RecordAt, _from: str, to: str, product: ProductName | None, lot: str | None, quantity: int, received: int, made_from: LotRef | None) -> None: ...

class FacilityEntry:
    """A facility or company of the directory."""
    code: str | None
    code_type: str | None
    gln: str | None
    kind: str | None
    name: str
    province: str | None
    def __init__(self, *, code: str | None, code_type: str | None, gln: str | None, kind: str | None, name: str, province: str | None) -> None: ...

class FacilityPage:
    """Facilities that were found."""
    total: int
    rows: list[FacilityEntry]
    def __init__(self, *, total: int, rows: list[FacilityEntry]) -> None: ...

class Fault:
    """Something to look at, naming its records."""
    code: int
    name: str
    message: str
    vietnamese: str
    records: list[RecordAt]
    def __init__(self, *, code: int, name: str, message: str, vietnamese: str, records: list[RecordAt]) -> None: ...

class ShipmentValue:
    """The value of a shipment, in the currency's smallest unit."""
    sent: int
    received: int
    def __init__(self, *, sent: int, received: int) -> None: ...

class Places:
    """Places of a log, from one to another, both among them."""
    first: int
    last: int
    def __init__(self, *, first: int, last: int) -> None: ...

class FindingDetail:
    """The numbers behind a finding, in whole smallest units."""
    amount: int | None
    other: str | None
    sent: int | None
    received: int | None
    refused: int | None
    back: int | None
    missing: int | None
    value: ShipmentValue | None
    log: str | None
    count: int | None
    missing_records: list[Places]
    def __init__(self, *, amount: int | None, other: str | None, sent: int | None, received: int | None, refused: int | None, back: int | None, missing: int | None, value: ShipmentValue | None, log: str | None, count: int | None, missing_records: list[Places]) -> None: ...

class FindingView:
    """Something that was found."""
    code: int
    name: str
    message: str
    records: list[RecordAt]
    facility: str | None
    product: ProductName | None
    lot: str | None
    detail: FindingDetail
    def __init__(self, *, code: int, name: str, message: str, records: list[RecordAt], facility: str | None, product: ProductName | None, lot: str | None, detail: FindingDetail) -> None: ...

class FindingPage:
    """Findings, by facility, number, product and lot."""
    total: int
    rows: list[FindingView]
    def __init__(self, *, total: int, rows: list[FindingView]) -> None: ...

class FindingsInput:
    """Which findings are asked for."""
    facility: str | None
    all: bool
    answer_days: int | None
    controlled: list[str]
    def __init__(self, *, facility: str | None = ..., all: bool = ..., answer_days: int | None = ..., controlled: list[str] = ...) -> None: ...

class GotLine:
    """A line of which another quantity came than was sent."""
    line: int
    quantity: str
    def __init__(self, *, line: int = ..., quantity: str = ...) -> None: ...

class Handover:
    """A hand-over that was written."""
    first: int
    lines: int
    bundle: builtins.bytes | None
    def __init__(self, *, first: int, lines: int, bundle: builtins.bytes | None) -> None: ...

class HandoverInput:
    """A hand-over."""
    to: str
    reason: str | None
    documents: list[str]
    lines: list[MovementInput]
    operator: str | None
    show_detail: bool
    def __init__(self, *, to: str = ..., reason: str | None = ..., documents: list[str] = ..., lines: list[MovementInput] = ..., operator: str | None = ..., show_detail: bool = ...) -> None: ...

class Incomplete:
    """What is missing for an answer to be whole, and what to ask for."""
    code: int
    name: str
    message: str
    log: str
    records: int
    ask_for: AskFor
    def __init__(self, *, code: int, name: str, message: str, log: str, records: int, ask_for: AskFor) -> None: ...

class JoinInput:
    """What a device says of itself when it joins."""
    facility: str | None
    label: str | None
    suite: KeySuite | None
    public_key: builtins.bytes | None
    def __init__(self, *, facility: str | None = ..., label: str | None = ..., suite: KeySuite | None = ..., public_key: builtins.bytes | None = ...) -> None: ...

class RefusedRow:
    """A row that can't be taken, or a part of one."""
    row: int
    field: str
    limit: str
    value: str
    def __init__(self, *, row: int, field: str, limit: str, value: str) -> None: ...

class Loaded:
    """What became of a page or list."""
    added: int
    changed: int
    unchanged: int
    refused: list[RefusedRow]
    left_out: list[RefusedRow]
    def __init__(self, *, added: int, changed: int, unchanged: int, refused: list[RefusedRow], left_out: list[RefusedRow]) -> None: ...

class LogView:
    """What recovery finds in a log's file. Whose signatures its seals are isn't asked here."""
    log: str
    parent: str
    suite: KeySuite
    key: builtins.bytes
    facility: str
    count: int
    records: list[RecordView]
    head: str
    seals: list[int]
    unsealed: int
    mark: int | None
    end: int
    dropped: int
    def __init__(self, *, log: str, parent: str, suite: KeySuite, key: builtins.bytes, facility: str, count: int, records: list[RecordView], head: str, seals: list[int], unsealed: int, mark: int | None, end: int, dropped: int) -> None: ...

class LotInput:
    """Which lot."""
    facility: str | None
    product: str
    lot: str | None
    def __init__(self, *, facility: str | None = ..., product: str = ..., lot: str | None = ...) -> None: ...

class MovementPage:
    """Movements."""
    total: int
    rows: list[RecordView]
    def __init__(self, *, total: int, rows: list[RecordView]) -> None: ...

class MovementsInput:
    """Which movements are asked for; what stays absent isn't restricted."""
    kinds: list[str]
    direction: Direction | None
    reason: str | None
    facility: str | None
    def __init__(self, *, kinds: list[str] = ..., direction: Direction | None = ..., reason: str | None = ..., facility: str | None = ...) -> None: ...

class Node:
    """A place on a lot's way."""
    facility: str
    known: bool
    def __init__(self, *, facility: str, known: bool) -> None: ...

class NoteInput:
    """What stands beside a correction."""
    operator: str | None
    document: str | None
    local_reason: str | None
    def __init__(self, *, operator: str | None = ..., document: str | None = ..., local_reason: str | None = ...) -> None: ...

class Stop:
    """Why a pack isn't to be given."""
    name: str
    message: str
    def __init__(self, *, name: str, message: str) -> None: ...

class PickLine:
    """What to take from a lot at a place."""
    product: ProductName | None
    lot: str | None
    expiry: str | None
    expiry_whole_month: bool
    store: str | None
    fund: str | None
    vvm: int | None
    take: str
    quantity: int | None
    parts: int | None
    parts_per_unit: int | None
    measure: str | None
    def __init__(self, *, product: ProductName | None, lot: str | None, expiry: str | None, expiry_whole_month: bool, store: str | None, fund: str | None, vvm: int | None, take: str, quantity: int | None, parts: int | None, parts_per_unit: int | None, measure: str | None) -> None: ...

class PackAnswer:
    """What is known of a scanned pack."""
    usable: bool
    stops: list[Stop]
    last_usable: str | None
    expiry_notice: str | None
    propose: list[PickLine]
    def __init__(self, *, usable: bool, stops: list[Stop], last_usable: str | None, expiry_notice: str | None, propose: list[PickLine]) -> None: ...

class PartsOf:
    """What is left of opened units, in parts: what is held back is an entry of its own."""
    count: int
    per_unit: int
    measure: str
    available: int
    hold: int
    recalled: int
    expired: int
    def __init__(self, *, count: int, per_unit: int, measure: str, available: int, hold: int, recalled: int, expired: int) -> None: ...

class Pick:
    """What to dispense, the first to expire first."""
    lines: list[PickLine]
    missing: int
    lacks: str
    def __init__(self, *, lines: list[PickLine], missing: int, lacks: str) -> None: ...

class QrProgress:
    """How far the scanning of an object's codes is."""
    have: int
    of: int
    again: bool
    object: builtins.bytes | None
    def __init__(self, *, have: int, of: int, again: bool, object: builtins.bytes | None) -> None: ...

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

class RecallView:
    """A recall in force."""
    _class: int
    notice: str
    record: RecordAt
    def __init__(self, *, _class: int, notice: str, record: RecordAt) -> None: ...

class RefusedLine:
    """What was refused of a line."""
    line: int
    quantity: str
    reason: str
    def __init__(self, *, line: int = ..., quantity: str = ..., reason: str = ...) -> None: ...

class SeenStage:
    """The stage that the vaccine vial monitor of a line shows."""
    line: int
    vvm: int
    def __init__(self, *, line: int = ..., vvm: int = ...) -> None: ...

class ReceiveInput:
    """What a person found when the goods came."""
    got: list[GotLine]
    refused: list[RefusedLine]
    vvm: list[SeenStage]
    reason: str | None
    document: str | None
    operator: str | None
    despite_warnings: bool
    def __init__(self, *, got: list[GotLine] = ..., refused: list[RefusedLine] = ..., vvm: list[SeenStage] = ..., reason: str | None = ..., document: str | None = ..., operator: str | None = ..., despite_warnings: bool = ...) -> None: ...

class RenewInput:
    """The new key."""
    suite: KeySuite | None
    public_key: builtins.bytes | None
    def __init__(self, *, suite: KeySuite | None = ..., public_key: builtins.bytes | None = ...) -> None: ...

class ToSign:
    """What a key store is to sign."""
    count: int
    bytes: builtins.bytes
    def __init__(self, *, count: int, bytes: builtins.bytes) -> None: ...

class Renewal:
    """A renewal that was begun."""
    log: str
    to_sign: ToSign | None
    request: builtins.bytes | None
    def __init__(self, *, log: str, to_sign: ToSign | None, request: builtins.bytes | None) -> None: ...

class ReportInput:
    """What a report is about."""
    report: ReportName | None
    facility: str | None
    _from: str | None
    until: str | None
    half: str | None
    store: str | None
    fund: str | None
    products: list[str]
    controlled: list[str]
    within_days: int | None
    sent: str | None
    def __init__(self, *, report: ReportName | None = ..., facility: str | None = ..., _from: str | None = ..., until: str | None = ..., half: str | None = ..., store: str | None = ..., fund: str | None = ..., products: list[str] = ..., controlled: list[str] = ..., within_days: int | None = ..., sent: str | None = ...) -> None: ...

class ReportRow:
    """A row of a report."""
    cells: list[str]
    def __init__(self, *, cells: list[str]) -> None: ...

class ReportView:
    """A report: a table for people, and all of it for programs."""
    report: str
    facility: str
    _from: str
    until: str
    provisional: bool
    columns: list[str]
    total: int
    rows: list[ReportRow]
    incomplete: list[Incomplete]
    json: str
    def __init__(self, *, report: str, facility: str, _from: str, until: str, provisional: bool, columns: list[str], total: int, rows: list[ReportRow], incomplete: list[Incomplete], json: str) -> None: ...

class SealedRecord:
    """A record under a seal that holds."""
    bytes: builtins.bytes
    record: RecordView
    def __init__(self, *, bytes: builtins.bytes, record: RecordView) -> None: ...

class SealedSegment:
    """A segment whose seal holds."""
    log: str
    index: int
    head: str
    records: list[SealedRecord]
    def __init__(self, *, log: str, index: int, head: str, records: list[SealedRecord]) -> None: ...

class SeenLog:
    """A log of the own facility of which something came, with the place up to which it is here now: what an `Observed` says."""
    log: str
    count: int
    head: str
    def __init__(self, *, log: str, count: int, head: str) -> None: ...

class SetAside:
    """Something that could not be taken."""
    why: Reason
    waits: bool
    def __init__(self, *, why: Reason, waits: bool) -> None: ...

class StatusView:
    """How a device stands."""
    log: str
    facility: str
    enrolled: bool
    records: int
    unsealed: int
    read_only: Reason | None
    dropped: int
    def __init__(self, *, log: str, facility: str, enrolled: bool, records: int, unsealed: int, read_only: Reason | None, dropped: int) -> None: ...

class StockInput:
    """Which stock is asked for; what stays absent isn't restricted."""
    facility: str | None
    store: str | None
    product: str | None
    lot: str | None
    today: str | None
    until: str | None
    empty_too: bool
    def __init__(self, *, facility: str | None = ..., store: str | None = ..., product: str | None = ..., lot: str | None = ..., today: str | None = ..., until: str | None = ..., empty_too: bool = ...) -> None: ...

class StockView:
    """Stock of one lot at one place, in whole smallest units."""
    facility: str
    store: str | None
    product: ProductName | None
    lot: str | None
    expiry: str | None
    expiry_whole_month: bool
    expiry_notice: str | None
    fund: str | None
    vvm: int | None
    on_hand: int
    available: int
    hold: int
    recalled: int
    expired: int
    in_transit_in: int
    in_transit_out: int
    refused_in: int
    refused_out: int
    parts: list[PartsOf]
    recalls: list[RecallView]
    def __init__(self, *, facility: str, store: str | None, product: ProductName | None, lot: str | None, expiry: str | None, expiry_whole_month: bool, expiry_notice: str | None, fund: str | None, vvm: int | None, on_hand: int, available: int, hold: int, recalled: int, expired: int, in_transit_in: int, in_transit_out: int, refused_in: int, refused_out: int, parts: list[PartsOf], recalls: list[RecallView]) -> None: ...

class StockPage:
    """Stock, by product and then by what is to be dispensed first."""
    total: int
    rows: list[StockView]
    incomplete: list[Incomplete]
    def __init__(self, *, total: int, rows: list[StockView], incomplete: list[Incomplete]) -> None: ...

class StoredFile:
    """A file as it is stored."""
    name: str
    bytes: builtins.bytes
    def __init__(self, *, name: str = ..., bytes: builtins.bytes = ...) -> None: ...

class WentOver:
    """What went over."""
    pieces: int
    bytes: int
    def __init__(self, *, pieces: int, bytes: int) -> None: ...

class SyncAnswer:
    """What a session did."""
    done: bool
    sent: WentOver
    stored: WentOver
    aside: list[SetAside]
    forks: list[str]
    standing: str
    unsealed: int
    def __init__(self, *, done: bool, sent: WentOver, stored: WentOver, aside: list[SetAside], forks: list[str], standing: str, unsealed: int) -> None: ...

class SyncInput:
    """With whom."""
    carry: list[str]
    give: list[str]
    clock_unset: bool
    def __init__(self, *, carry: list[str] = ..., give: list[str] = ..., clock_unset: bool = ...) -> None: ...

class SyncOutcome:
    """What a session came to."""
    standing: str
    acknowledged: int
    observes: list[SeenLog]
    clock_ahead: int | None
    aside: list[SetAside]
    forks: list[str]
    def __init__(self, *, standing: str, acknowledged: int, observes: list[SeenLog], clock_ahead: int | None, aside: list[SetAside], forks: list[str]) -> None: ...

class SyncPartyInput:
    """What a party says of itself."""
    facilities: list[str]
    log: str | None
    clock: int | None
    message: int | None
    piece: int | None
    window: int | None
    def __init__(self, *, facilities: list[str] = ..., log: str | None = ..., clock: int | None = ..., message: int | None = ..., piece: int | None = ..., window: int | None = ...) -> None: ...

class SyncProgress:
    """How far a session is: what a screen shows while it runs. How much is to come, no side knows before its last page."""
    sent: WentOver
    stored: WentOver
    aside: int
    done: bool
    def __init__(self, *, sent: WentOver, stored: WentOver, aside: int, done: bool) -> None: ...

class Trace:
    """Where a lot came from and went."""
    nodes: list[Node]
    edges: list[Edge]
    incomplete: list[Incomplete]
    def __init__(self, *, nodes: list[Node], edges: list[Edge], incomplete: list[Incomplete]) -> None: ...

class Verdict:
    """The answer about an object."""
    verdict: VerdictKind
    current: str
    reasons: list[Reason]
    findings: list[Fault]
    root: str
    records: list[RecordView]
    def __init__(self, *, verdict: VerdictKind, current: str, reasons: list[Reason], findings: list[Fault], root: str, records: list[RecordView]) -> None: ...

class Written:
    """What was written."""
    log: str
    first: int
    records: list[RecordView]
    unsealed: int
    note: str | None
    def __init__(self, *, log: str, first: int, records: list[RecordView], unsealed: int, note: str | None) -> None: ...

class WrittenAll:
    """Movements that were written together."""
    log: str
    first: int
    count: int
    unsealed: int
    def __init__(self, *, log: str, first: int, count: int, unsealed: int) -> None: ...

def destruction_people() -> int:
    """So many people stand for a destruction: whoever destroys, and those who attest it. One for which fewer stand is a finding."""

def qr_texts(object: builtins.bytes, most_characters: int | None) -> list[str]:
    """The texts of an object, each for one QR code: one where it fits, else several that may be shown in any order, again and
    again. `most_characters`: what a code may hold; what phones read well where absent.

    # Errors
    Bytes that are no whole object of medlot's.
    """

def read_log(bytes: builtins.bytes, offset: int, limit: int) -> LogView:
    """Reads a log's file, `logs/….mlog`, as it was copied off a device: for support and inspectors. `offset` and `limit` choose
    the records that are shown. One that is encrypted at rest isn't read.

    # Errors
    Why the log is closed: 2601 no log, 2602 damaged before its end, 2603 records that don't follow those before, 2604
    another layout or form, 2506 records lost that were offered for signing.

    ```
    use medlot_sdk::api::read_log;
    assert_eq!(read_log(b"something else".into(), 0, 100).unwrap_err().code(), 2601);
    ```
    """

def read_record(bytes: builtins.bytes, index: int) -> RecordView:
    """Says what a record holds that stands, or would, at this place of its log. `log` is empty in the answer: a record alone
    doesn't say whose it is, nor who vouches for it.

    # Errors
    Bytes that are no record (2101 to 2107, or the number of what stands wrong in it); 2108: it can't stand at this place.

    ```
    use medlot_sdk::api::read_record;
    let bytes = [64, 40, 239, 12, 0, 0, 1, 4, 1, b'A', 0, 1, 0, 5]; // 5 units of local:A, sold
    let record = read_record(bytes.into(), 50).unwrap();
    assert_eq!((record.kind.as_str(), record.reason.as_deref(), record.quantity), ("movement", Some("retail"), Some(5)));
    assert_eq!(read_record(bytes[..9].into(), 50).unwrap_err().code(), 2101);
    ```
    """

def read_sync_line(bytes: builtins.bytes) -> list[str]:
    """    What went over a line of a synchronisation, for whoever looks why it fails: each message, text and noise in order, as JSON
        (`spec/json/line.schema.json`). A message in no form ends it with the code of what is wrong.

        ```
        use medlot_sdk::api::read_sync_line;
        assert_eq!(read_sync_line(b"ready
    ".into()), [r#"{"text":"72656164790a"}"#]);
        ```
    """

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

def verify_segment(log: LogInput, body: builtins.bytes) -> SealedSegment:
    """Verifies a segment's body under a key that the caller vouches for, and hands out what is under its seal.

    # Errors
    2201 to 2210: what is wrong with the segment. 4001: a log that can't be.
    """

class Catalogue(CatalogueProtocol):
    """The catalogue of products. See [`crate::catalogue`] for its sources and how words are found."""
    @classmethod
    def saved(cls, bytes: builtins.bytes) -> Catalogue:
        """Opens what [`Catalogue::save`] gave.

        # Errors
        4021: damaged, or of another version. Load the pages anew.
        """
    def by_gtin(self, gtin: str) -> list[Drug]:
        """Products with this GTIN, of 8 to 14 digits.

        # Errors
        Not a GTIN.
        """
    def by_registration(self, number: str) -> list[Drug]:
        """Products with this registration number, new or old.

        # Errors
        In JavaScript an answer that doesn't fit.
        """
    def load_csv(self, list: builtins.bytes) -> Loaded:
        """Loads a list (CSV, UTF-8, with a header).

        # Errors
        4020: no row of it can be read.
        """
    def load_json(self, page: builtins.bytes) -> Loaded:
        """Loads a page of the national catalogue (JSON). Newer rows win, whatever the order of pages.

        # Errors
        4020: no row of it can be read. A row that can't is said in the answer.
        """
    def save(self) -> builtins.bytes:
        """The catalogue as bytes to keep.

        # Errors
        More rows than it holds.
        """
    def search(self, words: str, offset: int, limit: int) -> DrugPage:
        """Products whose words begin with those given, without diacritics: `thuoc ho` finds *Thuốc ho*.

        # Errors
        In JavaScript an answer that doesn't fit.
        """
    def size(self) -> int:
        """How many products it holds."""

class CatalogueProtocol(typing.Protocol):
    """The catalogue of products. See [`crate::catalogue`] for its sources and how words are found."""
    def by_gtin(self, gtin: str) -> list[Drug]:
        """Products with this GTIN, of 8 to 14 digits.

        # Errors
        Not a GTIN.
        """
    def by_registration(self, number: str) -> list[Drug]:
        """Products with this registration number, new or old.

        # Errors
        In JavaScript an answer that doesn't fit.
        """
    def load_csv(self, list: builtins.bytes) -> Loaded:
        """Loads a list (CSV, UTF-8, with a header).

        # Errors
        4020: no row of it can be read.
        """
    def load_json(self, page: builtins.bytes) -> Loaded:
        """Loads a page of the national catalogue (JSON). Newer rows win, whatever the order of pages.

        # Errors
        4020: no row of it can be read. A row that can't is said in the answer.
        """
    def save(self) -> builtins.bytes:
        """The catalogue as bytes to keep.

        # Errors
        More rows than it holds.
        """
    def search(self, words: str, offset: int, limit: int) -> DrugPage:
        """Products whose words begin with those given, without diacritics: `thuoc ho` finds *Thuốc ho*.

        # Errors
        In JavaScript an answer that doesn't fit.
        """
    def size(self) -> int:
        """How many products it holds."""

class Device(DeviceProtocol):
    """A device at work. See the module for how its files and its key are kept."""
    @classmethod
    def join(cls, invitation: builtins.bytes, input: JoinInput, storage_key: builtins.bytes | None, now: int) -> Device:
        """Begins a device from an authority's invitation, its files kept by the platform: what it begins with stands in
        [`Device::changes`]. Send [`Device::request`] to the authority, then [`Device::accept`] what comes back.

        # Errors
        An invitation that isn't one, or whose path doesn't verify; a facility that isn't named; a key that is none.
        """
    @classmethod
    def join_folder(cls, path: str, invitation: builtins.bytes, input: JoinInput, storage_key: builtins.bytes | None, now: int) -> Device:
        """Begins a device in a folder.

        # Errors
        As [`Device::join`]; a folder that is in use.
        """
    @classmethod
    def open(cls, files: list[StoredFile], storage_key: builtins.bytes | None, now: int) -> Device:
        """Opens a device whose files the platform keeps. `storage_key`: 32 bytes, where they are encrypted at rest. `now`: in
        seconds since 1970.

        # Errors
        Files that are no device's; damage; another storage key.
        """
    @classmethod
    def open_folder(cls, path: str, storage_key: builtins.bytes | None, now: int) -> Device:
        """Opens a device in a folder. One process at a time holds it.

        # Errors
        As [`Device::open`]; a folder that another process holds.
        """
    @classmethod
    def restore(cls, backup: builtins.bytes, storage_key: builtins.bytes | None, now: int) -> Device:
        """Begins from a backup: what is written first stands in [`Device::changes`]. It can be read, and takes no further record
        ([`StatusView::read_only`](super::StatusView)): its device may have written more since. The way on is a new key,
        [`Device::begin_again`]; records and stock stay.

        # Errors
        No backup; one that doesn't verify; another storage key than the backup's.
        """
    @classmethod
    def restore_folder(cls, path: str, backup: builtins.bytes, storage_key: builtins.bytes | None, now: int) -> Device:
        """Begins from a backup, in a folder that isn't there yet.

        # Errors
        As [`Device::restore`]; a folder that is there.
        """
    def accept(self, object: builtins.bytes, now: int) -> Accepted:
        """Takes what others sent: enrolments, cuts, recalls, State lists, hand-overs to look at.

        # Errors
        Storage. What can't be taken is said in the answer.
        """
    def attach_renewal(self, log: str, signature: builtins.bytes, der: bool, now: int) -> builtins.bytes:
        """Takes the new key's signature, and gives the request to be enrolled. P-256: in DER, as key stores write it, where
        `der`; else r ‖ s.

        # Errors
        No renewal that was begun with an outside key; a signature that doesn't hold.
        """
    def attach_seal(self, count: int, signature: builtins.bytes, der: bool, now: int) -> None:
        """Takes the signature of what was prepared. P-256: in DER, as key stores write it, where `der`; else r ‖ s.

        # Errors
        Never prepared; a signature that doesn't hold.
        """
    def attest(self, record: str, capacity: str, refused: bool, note: NoteInput, now: int) -> Written:
        """Confirms a record with one's name, or refuses to. `capacity`: `pharmacist_in_charge`, `witness_of_destruction` …

        # Errors
        A record that isn't here; a capacity that isn't known.
        """
    def backup(self, with_private: bool, now: int) -> builtins.bytes:
        """A backup of everything held, for [`Device::restore`]: a tar archive. It holds no private key. `with_private`: also the
        prescription codes with their salts; what is erased later stays in the backup.

        # Errors
        4011: a key that is kept outside is to sign first. Damage.
        """
    def begin_again(self, invitation: builtins.bytes, input: JoinInput, now: int) -> None:
        """Goes on with a new key where the log takes no further record: after a restore, or where a peer knows more of it. Then
        as after [`Device::join`]: send [`Device::request`], [`Device::accept`] what comes back.

        # Errors
        A log that takes records; another root's invitation; as [`Device::join`].
        """
    def bundle(self, first: int, lines: int) -> builtins.bytes:
        """The bundle of a hand-over that was written and sealed.

        # Errors
        4011: its lines aren't sealed yet.
        """
    def card(self, of: LotInput, offset: int, limit: int, now: int) -> Card:
        """The stock card of a lot, or of each lot of a product: every movement and count, by time.

        # Errors
        As of stock; a lot that never was there.
        """
    def changes(self) -> list[StoredChange]:
        """What the last call wrote and isn't durable yet. Empty where nothing is, or where a folder of a disk keeps it.

        # Errors
        None on a disk; in JavaScript bytes that don't fit.
        """
    def check(self, pack: MovementInput, language: Language, now: int) -> PackAnswer:
        """What is known of a scanned pack that is about to be dispensed, or was: `effective_at` says when, where it is written
        down later. What is proposed instead is as much as its quantity, 1 where it has none.

        # Errors
        A scan that can't be used; a field that can't be.
        """
    def close(self) -> None:
        """Ends it: further calls say so (4013). A folder is free for others from then on."""
    def confirm(self) -> None:
        """The changes are durable."""
    def count_begin(self, plan: CountInput, now: int) -> Written:
        """Begins a count; its place (`first`) is what its lines and its end go by.

        # Errors
        A field that can't be.
        """
    def count_end(self, begin: int | None, rest_is_zero: bool, operator: str | None, now: int) -> Written:
        """Ends a count. `rest_is_zero`: whoever counted looked everywhere, and what wasn't counted isn't there.

        # Errors
        No count under way.
        """
    def count_line(self, begin: int | None, line: MovementInput, now: int) -> Written:
        """Writes what was counted of a lot. `begin`: the count's place, the last one where absent. The balance that was shown
        is noted with it, but in a blind count.

        # Errors
        No count under way; a field that can't be.
        """
    def destroy(self, destruction: DestructionInput, language: Language, now: int) -> Destroyed:
        """Writes the minutes of a destruction as one group, and what is attested of it at once: all of it or nothing. What a
        device attests counts where its enrolment has the role *attest*.

        # Errors
        4001: no line, or more than 1,024 records or 32 KiB with the attestations; somebody named twice. A field that can't be
        and a rule of movements name the line, from 1. 4011 a signature is due first.
        """
    def extract(self, first: int) -> builtins.bytes:
        """Everything of the own log that is sealed, from a place on: for an authority or a hub.

        # Errors
        Nothing is sealed from there on.
        """
    def failed(self) -> None:
        """The changes can't be made durable: the device takes no further call. Open it anew from what is stored; what wasn't
        confirmed never happened.
        """
    def findings(self, of: FindingsInput, offset: int, limit: int, language: Language, now: int) -> FindingPage:
        """What was found, by facility, number, product and lot: of one facility, or of all.

        # Errors
        As of stock, where `all` isn't asked for.
        """
    def hand_over(self, handover: HandoverInput, anyway: bool, language: Language, now: int) -> Handover:
        """Hands over: writes the lines as one batch. Where the key is here it is sealed and the bundle given.

        # Errors
        4010 a pack that isn't to be given; 4011 a signature is due first: seal, and call again with the same; a device that
        isn't enrolled; more lines than a bundle holds.
        """
    def key_suite(self) -> KeySuite:
        """The suite of the own key.

        # Errors
        Closed, or synchronising.
        """
    def movements(self, of: MovementsInput, offset: int, limit: int) -> MovementPage:
        """Movements, corrections, refusals and attestations that are held here, own and others', by log and place, each with
        what it counts: rows from `offset` on, at most `limit`.

        # Errors
        A kind that isn't one of these; a reason that its direction doesn't have; closed, or synchronising.
        """
    def pick(self, of: StockInput, quantity: str, now: int) -> Pick:
        """Which lots of a product to dispense so much from, units (`30`) or parts (`7/10 dose`): what expires first
        goes first, nothing held, recalled, expired or spoilt. Parts come out of what is left of opened units, then
        out of whole ones of the same lot.

        # Errors
        As of stock; no product.
        """
    def pick_opened(self, of: StockInput, quantity: str, now: int) -> Pick:
        """From which opened units of a product to throw so many parts away: in the same order, but what is recalled,
        expired or spoilt too, and no unit is opened for it. What is held back isn't among it.

        # Errors
        As of pick; units instead of parts.
        """
    def prepare_seal(self, now: int) -> ToSign | None:
        """What a key store outside is to sign; none where nothing stands unsealed. Make the changes durable first, then sign.

        # Errors
        The log takes no further record.
        """
    def public_key(self) -> builtins.bytes:
        """The public key of the log in use: where it is kept outside, what says which of the platform's keys signs now.

        # Errors
        Closed, or synchronising.
        """
    def receive(self, bundle: builtins.bytes, found: ReceiveInput, now: int) -> Written:
        """Receives what was handed over: a receipt for each line, what is short stays on the way, what is refused is said.

        # Errors
        A bundle that doesn't verify; a warning, unless `despite_warnings`; lines that aren't there; 4011.
        """
    def record(self, direction: Direction, movement: MovementInput, anyway: bool, language: Language, now: int) -> Written:
        """Writes a movement. Before a pack that is recalled, expired, held back or spoilt is given to be used it stops (4010)
        and says what to take instead; `anyway` records what happened all the same, which is then a finding.

        # Errors
        4010; a field that can't be; a rule of movements; 4011 a signature is due first.
        """
    def record_all(self, direction: Direction, movements: list[MovementInput], anyway: bool, language: Language, now: int) -> WrittenAll:
        """Writes movements together, all of them or none: a delivery on paper that is entered line by line. Quicker than one by
        one, since they cross and are stored together and aren't given back. At most 1,024, of 32 KiB.

        # Errors
        As [`Device::record`], naming the line, from 1; 4001 where more are given, or none.
        """
    def renew(self, key: RenewInput, now: int) -> Renewal:
        """Begins to go on with a new key, whose log is to be enrolled as the same line; the old one is written until then. Where
        the key is kept outside: make the changes durable, have it sign `to_sign`, give that to [`Device::attach_renewal`].
        Asked again with the same key, it goes on where it was. Send the request to the authority and [`Device::accept`] the
        enrolment: the new log takes over.

        # Errors
        A public key that is none, or is in use here.
        """
    def report(self, of: ReportInput, offset: int, limit: int, language: Language, now: int) -> ReportView:
        """A report: what a facility hands in or plans by.

        # Errors
        As of stock; no first day; a period that ends before it begins.
        """
    def request(self) -> builtins.bytes:
        """The request to be enrolled, for the authority that invited.

        # Errors
        The key is kept outside and the first record isn't sealed yet.
        """
    def reverse(self, record: str, total: int | None, note: NoteInput, language: Language, now: int) -> Written:
        """Takes back what was written wrongly, wholly or up to a total. `record`: its place in the own log, or `log:index:id`.

        # Errors
        A record that isn't here, is another facility's, or can't be taken back.
        """
    def seal(self, now: int) -> int:
        """Seals what stands, where the key is kept with the files. Gives how many records are sealed.

        # Errors
        4011: the key is kept outside.
        """
    def status(self) -> StatusView:
        """How the device stands.

        # Errors
        Closed, or synchronising.
        """
    def stock(self, of: StockInput, offset: int, limit: int, language: Language, now: int) -> StockPage:
        """Stock of a facility (a device's own where `of` names none), by product and then by what is to be dispensed
        first: rows from `offset` on, at most `limit`. Further pages of the same question cost only their rows.

        # Errors
        No facility named, where there is no own one; a field that can't be; of a device, closed or synchronising.
        """
    def sync_begin(self, _with: SyncInput, now: int) -> None:
        """Begins a session with a peer. Then, until [`Device::sync_is_done`] or the line is cut: send what
        [`Device::sync_send`] gives, hand what comes to [`Device::sync_receive`], and make changes durable; at the end
        [`Device::sync_finish`]. A session that was cut goes on where it was with the next.

        # Errors
        4012; closed, or synchronising already; more facilities than a session names.
        """
    def sync_finish(self, now: int) -> SyncAnswer:
        """Ends the session, done or cut: takes what can be read now and notes what was seen.

        # Errors
        No session is under way; storage.
        """
    def sync_is_done(self) -> bool:
        """Whether both sides gave all they had to give, and nothing waits to be sent.

        # Errors
        No session is under way.
        """
    def sync_progress(self) -> SyncProgress:
        """How far the session is.

        # Errors
        No session is under way.
        """
    def sync_receive(self, bytes: builtins.bytes) -> None:
        """Takes bytes that came, in any pieces.

        # Errors
        What ends the session; what came before is kept.
        """
    def sync_send(self) -> builtins.bytes:
        """The bytes to send now, about a megabyte at most. Call again until it is empty: then the peer is awaited.

        # Errors
        4012: the peer isn't told of what isn't durable yet. What ends the session.
        """
    def trace(self, of: LotInput, language: Language, now: int) -> Trace:
        """Where a lot came from and went, through any number of facilities, ending where nothing is known here.

        # Errors
        A field that can't be.
        """
    def verify(self, object: builtins.bytes, now: int) -> Verdict:
        """Verifies an object with everything that is held here; it isn't kept.

        # Errors
        As [`super::super::Verifier::verify`].
        """

class DeviceProtocol(typing.Protocol):
    """A device at work. See the module for how its files and its key are kept."""
    def accept(self, object: builtins.bytes, now: int) -> Accepted:
        """Takes what others sent: enrolments, cuts, recalls, State lists, hand-overs to look at.

        # Errors
        Storage. What can't be taken is said in the answer.
        """
    def attach_renewal(self, log: str, signature: builtins.bytes, der: bool, now: int) -> builtins.bytes:
        """Takes the new key's signature, and gives the request to be enrolled. P-256: in DER, as key stores write it, where
        `der`; else r ‖ s.

        # Errors
        No renewal that was begun with an outside key; a signature that doesn't hold.
        """
    def attach_seal(self, count: int, signature: builtins.bytes, der: bool, now: int) -> None:
        """Takes the signature of what was prepared. P-256: in DER, as key stores write it, where `der`; else r ‖ s.

        # Errors
        Never prepared; a signature that doesn't hold.
        """
    def attest(self, record: str, capacity: str, refused: bool, note: NoteInput, now: int) -> Written:
        """Confirms a record with one's name, or refuses to. `capacity`: `pharmacist_in_charge`, `witness_of_destruction` …

        # Errors
        A record that isn't here; a capacity that isn't known.
        """
    def backup(self, with_private: bool, now: int) -> builtins.bytes:
        """A backup of everything held, for [`Device::restore`]: a tar archive. It holds no private key. `with_private`: also the
        prescription codes with their salts; what is erased later stays in the backup.

        # Errors
        4011: a key that is kept outside is to sign first. Damage.
        """
    def begin_again(self, invitation: builtins.bytes, input: JoinInput, now: int) -> None:
        """Goes on with a new key where the log takes no further record: after a restore, or where a peer knows more of it. Then
        as after [`Device::join`]: send [`Device::request`], [`Device::accept`] what comes back.

        # Errors
        A log that takes records; another root's invitation; as [`Device::join`].
        """
    def bundle(self, first: int, lines: int) -> builtins.bytes:
        """The bundle of a hand-over that was written and sealed.

        # Errors
        4011: its lines aren't sealed yet.
        """
    def card(self, of: LotInput, offset: int, limit: int, now: int) -> Card:
        """The stock card of a lot, or of each lot of a product: every movement and count, by time.

        # Errors
        As of stock; a lot that never was there.
        """
    def changes(self) -> list[StoredChange]:
        """What the last call wrote and isn't durable yet. Empty where nothing is, or where a folder of a disk keeps it.

        # Errors
        None on a disk; in JavaScript bytes that don't fit.
        """
    def check(self, pack: MovementInput, language: Language, now: int) -> PackAnswer:
        """What is known of a scanned pack that is about to be dispensed, or was: `effective_at` says when, where it is written
        down later. What is proposed instead is as much as its quantity, 1 where it has none.

        # Errors
        A scan that can't be used; a field that can't be.
        """
    def close(self) -> None:
        """Ends it: further calls say so (4013). A folder is free for others from then on."""
    def confirm(self) -> None:
        """The changes are durable."""
    def count_begin(self, plan: CountInput, now: int) -> Written:
        """Begins a count; its place (`first`) is what its lines and its end go by.

        # Errors
        A field that can't be.
        """
    def count_end(self, begin: int | None, rest_is_zero: bool, operator: str | None, now: int) -> Written:
        """Ends a count. `rest_is_zero`: whoever counted looked everywhere, and what wasn't counted isn't there.

        # Errors
        No count under way.
        """
    def count_line(self, begin: int | None, line: MovementInput, now: int) -> Written:
        """Writes what was counted of a lot. `begin`: the count's place, the last one where absent. The balance that was shown
        is noted with it, but in a blind count.

        # Errors
        No count under way; a field that can't be.
        """
    def destroy(self, destruction: DestructionInput, language: Language, now: int) -> Destroyed:
        """Writes the minutes of a destruction as one group, and what is attested of it at once: all of it or nothing. What a
        device attests counts where its enrolment has the role *attest*.

        # Errors
        4001: no line, or more than 1,024 records or 32 KiB with the attestations; somebody named twice. A field that can't be
        and a rule of movements name the line, from 1. 4011 a signature is due first.
        """
    def extract(self, first: int) -> builtins.bytes:
        """Everything of the own log that is sealed, from a place on: for an authority or a hub.

        # Errors
        Nothing is sealed from there on.
        """
    def failed(self) -> None:
        """The changes can't be made durable: the device takes no further call. Open it anew from what is stored; what wasn't
        confirmed never happened.
        """
    def findings(self, of: FindingsInput, offset: int, limit: int, language: Language, now: int) -> FindingPage:
        """What was found, by facility, number, product and lot: of one facility, or of all.

        # Errors
        As of stock, where `all` isn't asked for.
        """
    def hand_over(self, handover: HandoverInput, anyway: bool, language: Language, now: int) -> Handover:
        """Hands over: writes the lines as one batch. Where the key is here it is sealed and the bundle given.

        # Errors
        4010 a pack that isn't to be given; 4011 a signature is due first: seal, and call again with the same; a device that
        isn't enrolled; more lines than a bundle holds.
        """
    def key_suite(self) -> KeySuite:
        """The suite of the own key.

        # Errors
        Closed, or synchronising.
        """
    def movements(self, of: MovementsInput, offset: int, limit: int) -> MovementPage:
        """Movements, corrections, refusals and attestations that are held here, own and others', by log and place, each with
        what it counts: rows from `offset` on, at most `limit`.

        # Errors
        A kind that isn't one of these; a reason that its direction doesn't have; closed, or synchronising.
        """
    def pick(self, of: StockInput, quantity: str, now: int) -> Pick:
        """Which lots of a product to dispense so much from, units (`30`) or parts (`7/10 dose`): what expires first
        goes first, nothing held, recalled, expired or spoilt. Parts come out of what is left of opened units, then
        out of whole ones of the same lot.

        # Errors
        As of stock; no product.
        """
    def pick_opened(self, of: StockInput, quantity: str, now: int) -> Pick:
        """From which opened units of a product to throw so many parts away: in the same order, but what is recalled,
        expired or spoilt too, and no unit is opened for it. What is held back isn't among it.

        # Errors
        As of pick; units instead of parts.
        """
    def prepare_seal(self, now: int) -> ToSign | None:
        """What a key store outside is to sign; none where nothing stands unsealed. Make the changes durable first, then sign.

        # Errors
        The log takes no further record.
        """
    def public_key(self) -> builtins.bytes:
        """The public key of the log in use: where it is kept outside, what says which of the platform's keys signs now.

        # Errors
        Closed, or synchronising.
        """
    def receive(self, bundle: builtins.bytes, found: ReceiveInput, now: int) -> Written:
        """Receives what was handed over: a receipt for each line, what is short stays on the way, what is refused is said.

        # Errors
        A bundle that doesn't verify; a warning, unless `despite_warnings`; lines that aren't there; 4011.
        """
    def record(self, direction: Direction, movement: MovementInput, anyway: bool, language: Language, now: int) -> Written:
        """Writes a movement. Before a pack that is recalled, expired, held back or spoilt is given to be used it stops (4010)
        and says what to take instead; `anyway` records what happened all the same, which is then a finding.

        # Errors
        4010; a field that can't be; a rule of movements; 4011 a signature is due first.
        """
    def record_all(self, direction: Direction, movements: list[MovementInput], anyway: bool, language: Language, now: int) -> WrittenAll:
        """Writes movements together, all of them or none: a delivery on paper that is entered line by line. Quicker than one by
        one, since they cross and are stored together and aren't given back. At most 1,024, of 32 KiB.

        # Errors
        As [`Device::record`], naming the line, from 1; 4001 where more are given, or none.
        """
    def renew(self, key: RenewInput, now: int) -> Renewal:
        """Begins to go on with a new key, whose log is to be enrolled as the same line; the old one is written until then. Where
        the key is kept outside: make the changes durable, have it sign `to_sign`, give that to [`Device::attach_renewal`].
        Asked again with the same key, it goes on where it was. Send the request to the authority and [`Device::accept`] the
        enrolment: the new log takes over.

        # Errors
        A public key that is none, or is in use here.
        """
    def report(self, of: ReportInput, offset: int, limit: int, language: Language, now: int) -> ReportView:
        """A report: what a facility hands in or plans by.

        # Errors
        As of stock; no first day; a period that ends before it begins.
        """
    def request(self) -> builtins.bytes:
        """The request to be enrolled, for the authority that invited.

        # Errors
        The key is kept outside and the first record isn't sealed yet.
        """
    def reverse(self, record: str, total: int | None, note: NoteInput, language: Language, now: int) -> Written:
        """Takes back what was written wrongly, wholly or up to a total. `record`: its place in the own log, or `log:index:id`.

        # Errors
        A record that isn't here, is another facility's, or can't be taken back.
        """
    def seal(self, now: int) -> int:
        """Seals what stands, where the key is kept with the files. Gives how many records are sealed.

        # Errors
        4011: the key is kept outside.
        """
    def status(self) -> StatusView:
        """How the device stands.

        # Errors
        Closed, or synchronising.
        """
    def stock(self, of: StockInput, offset: int, limit: int, language: Language, now: int) -> StockPage:
        """Stock of a facility (a device's own where `of` names none), by product and then by what is to be dispensed
        first: rows from `offset` on, at most `limit`. Further pages of the same question cost only their rows.

        # Errors
        No facility named, where there is no own one; a field that can't be; of a device, closed or synchronising.
        """
    def sync_begin(self, _with: SyncInput, now: int) -> None:
        """Begins a session with a peer. Then, until [`Device::sync_is_done`] or the line is cut: send what
        [`Device::sync_send`] gives, hand what comes to [`Device::sync_receive`], and make changes durable; at the end
        [`Device::sync_finish`]. A session that was cut goes on where it was with the next.

        # Errors
        4012; closed, or synchronising already; more facilities than a session names.
        """
    def sync_finish(self, now: int) -> SyncAnswer:
        """Ends the session, done or cut: takes what can be read now and notes what was seen.

        # Errors
        No session is under way; storage.
        """
    def sync_is_done(self) -> bool:
        """Whether both sides gave all they had to give, and nothing waits to be sent.

        # Errors
        No session is under way.
        """
    def sync_progress(self) -> SyncProgress:
        """How far the session is.

        # Errors
        No session is under way.
        """
    def sync_receive(self, bytes: builtins.bytes) -> None:
        """Takes bytes that came, in any pieces.

        # Errors
        What ends the session; what came before is kept.
        """
    def sync_send(self) -> builtins.bytes:
        """The bytes to send now, about a megabyte at most. Call again until it is empty: then the peer is awaited.

        # Errors
        4012: the peer isn't told of what isn't durable yet. What ends the session.
        """
    def trace(self, of: LotInput, language: Language, now: int) -> Trace:
        """Where a lot came from and went, through any number of facilities, ending where nothing is known here.

        # Errors
        A field that can't be.
        """
    def verify(self, object: builtins.bytes, now: int) -> Verdict:
        """Verifies an object with everything that is held here; it isn't kept.

        # Errors
        As [`super::super::Verifier::verify`].
        """

class QrReader(QrReaderProtocol):
    """Puts the codes of an object together, scanned in any order and as often as they come."""
    def add(self, text: str) -> QrProgress:
        """Takes one scanned text.

        # Errors
        What isn't medlot's or is cut off; a part of another object; other content for a part already read.
        """
    def start_again(self) -> None:
        """Forgets what was read."""

class QrReaderProtocol(typing.Protocol):
    """Puts the codes of an object together, scanned in any order and as often as they come."""
    def add(self, text: str) -> QrProgress:
        """Takes one scanned text.

        # Errors
        What isn't medlot's or is cut off; a part of another object; other content for a part already read.
        """
    def start_again(self) -> None:
        """Forgets what was read."""

class SyncSession(SyncSessionProtocol):
    """A session of a party without a device: a national system or a carrier that keeps records in its own database. Say first
    what is held ([`SyncSession::hold`] …), then, until [`SyncSession::is_done`] or the line is cut: hand what comes to
    [`SyncSession::receive`], keep what [`SyncSession::came`] gives durably, send what [`SyncSession::send`] gives.
    """
    def __init__(self, anchor: builtins.bytes, party: SyncPartyInput) -> None:
        """Of a party that rests on this trust anchor: the bytes of a root object.

        # Errors
        A number that can't be. What is no trust anchor is said when the session begins.
        """
    def came(self) -> list[CameObject]:
        """What came since this was asked last. Keep it durably, then send.

        # Errors
        The session couldn't begin.
        """
    def hold(self, object: builtins.bytes) -> None:
        """Says that this object is held: a bundle, a State's list, a fork proof.

        # Errors
        The session has begun.
        """
    def hold_aside(self, object: builtins.bytes) -> None:
        """Says that this object came before, couldn't be taken and waits.

        # Errors
        The session has begun.
        """
    def hold_back(self, segment: builtins.bytes) -> None:
        """Says what of the own log nobody was given yet: the body of a segment under its seal. It is offered once the peer
        didn't say that this copy of the log is an old one; else it stays here.

        # Errors
        The session has begun.
        """
    def hold_whole(self, log: LogInput, count: int) -> str:
        """Says that a log is held from its first record on, up to this count. Gives its id.

        # Errors
        4001: a log that can't be; the session has begun.
        """
    def outcome(self) -> SyncOutcome:
        """What it came to, done or cut.

        # Errors
        The session couldn't begin.
        """
    def progress(self) -> SyncProgress:
        """How far the session is.

        # Errors
        The session couldn't begin.
        """
    def receive(self, bytes: builtins.bytes) -> None:
        """Takes bytes that came, in any pieces.

        # Errors
        What ends the session (2701 to 2709); what came before stays. At the first: what was held that can't be.
        """
    def send(self) -> builtins.bytes:
        """The bytes to send now, about a megabyte at most. Call again until it is empty: then the peer is awaited.

        # Errors
        4012: something came that wasn't asked for with [`SyncSession::came`]; what ends the session.
        """

class SyncSessionProtocol(typing.Protocol):
    """A session of a party without a device: a national system or a carrier that keeps records in its own database. Say first
    what is held ([`SyncSession::hold`] …), then, until [`SyncSession::is_done`] or the line is cut: hand what comes to
    [`SyncSession::receive`], keep what [`SyncSession::came`] gives durably, send what [`SyncSession::send`] gives.
    """
    def came(self) -> list[CameObject]:
        """What came since this was asked last. Keep it durably, then send.

        # Errors
        The session couldn't begin.
        """
    def hold(self, object: builtins.bytes) -> None:
        """Says that this object is held: a bundle, a State's list, a fork proof.

        # Errors
        The session has begun.
        """
    def hold_aside(self, object: builtins.bytes) -> None:
        """Says that this object came before, couldn't be taken and waits.

        # Errors
        The session has begun.
        """
    def hold_back(self, segment: builtins.bytes) -> None:
        """Says what of the own log nobody was given yet: the body of a segment under its seal. It is offered once the peer
        didn't say that this copy of the log is an old one; else it stays here.

        # Errors
        The session has begun.
        """
    def hold_whole(self, log: LogInput, count: int) -> str:
        """Says that a log is held from its first record on, up to this count. Gives its id.

        # Errors
        4001: a log that can't be; the session has begun.
        """
    def outcome(self) -> SyncOutcome:
        """What it came to, done or cut.

        # Errors
        The session couldn't begin.
        """
    def progress(self) -> SyncProgress:
        """How far the session is.

        # Errors
        The session couldn't begin.
        """
    def receive(self, bytes: builtins.bytes) -> None:
        """Takes bytes that came, in any pieces.

        # Errors
        What ends the session (2701 to 2709); what came before stays. At the first: what was held that can't be.
        """
    def send(self) -> builtins.bytes:
        """The bytes to send now, about a megabyte at most. Call again until it is empty: then the peer is awaited.

        # Errors
        4012: something came that wasn't asked for with [`SyncSession::came`]; what ends the session.
        """

class Verifier(VerifierProtocol):
    """Verifies bundles under one trust anchor, without a network, a device or a key; answers for every facility of which
    something is kept. It is what a national system, an inspector or a page that only looks begins with.
    """
    def __init__(self, anchor: builtins.bytes) -> None:
        """Begins with the trust anchor: the bytes of a root object.

        # Errors
        Bytes that are no trust anchor.
        """
    def card(self, of: LotInput, offset: int, limit: int, now: int) -> Card:
        """The stock card of a lot, or of each lot of a product: every movement and count, by time.

        # Errors
        As of stock; a lot that never was there.
        """
    def findings(self, of: FindingsInput, offset: int, limit: int, language: Language, now: int) -> FindingPage:
        """What was found, by facility, number, product and lot: of one facility, or of all.

        # Errors
        As of stock, where `all` isn't asked for.
        """
    def keep(self, object: builtins.bytes) -> int:
        """Keeps what is known: news of authorities, State lists, what facilities hand in. Gives how many objects are kept. The
        same bytes twice are kept once. What doesn't verify is kept too, adds nothing, and may come to count with the next.

        # Errors
        Bytes that are none of medlot's objects.
        """
    def pick(self, of: StockInput, quantity: str, now: int) -> Pick:
        """Which lots of a product to dispense so much from, units (`30`) or parts (`7/10 dose`): what expires first
        goes first, nothing held, recalled, expired or spoilt. Parts come out of what is left of opened units, then
        out of whole ones of the same lot.

        # Errors
        As of stock; no product.
        """
    def pick_opened(self, of: StockInput, quantity: str, now: int) -> Pick:
        """From which opened units of a product to throw so many parts away: in the same order, but what is recalled,
        expired or spoilt too, and no unit is opened for it. What is held back isn't among it.

        # Errors
        As of pick; units instead of parts.
        """
    def report(self, of: ReportInput, offset: int, limit: int, language: Language, now: int) -> ReportView:
        """A report: what a facility hands in or plans by.

        # Errors
        As of stock; no first day; a period that ends before it begins.
        """
    def stock(self, of: StockInput, offset: int, limit: int, language: Language, now: int) -> StockPage:
        """Stock of a facility (a device's own where `of` names none), by product and then by what is to be dispensed
        first: rows from `offset` on, at most `limit`. Further pages of the same question cost only their rows.

        # Errors
        No facility named, where there is no own one; a field that can't be; of a device, closed or synchronising.
        """
    def trace(self, of: LotInput, language: Language, now: int) -> Trace:
        """Where a lot came from and went, through any number of facilities, ending where nothing is known here.

        # Errors
        A field that can't be.
        """
    def verify(self, object: builtins.bytes, now: int | None, facility: str | None) -> Verdict:
        """Verifies an object with what is kept; it isn't kept itself. `now` in seconds since 1970, none where no clock is
        set; `facility`: the own one, what is addressed to another is said.

        # Errors
        4001: `now` is before 2020 or behind 2156. What is wrong with the object is the answer.
        """

class VerifierProtocol(typing.Protocol):
    """Verifies bundles under one trust anchor, without a network, a device or a key; answers for every facility of which
    something is kept. It is what a national system, an inspector or a page that only looks begins with.
    """
    def card(self, of: LotInput, offset: int, limit: int, now: int) -> Card:
        """The stock card of a lot, or of each lot of a product: every movement and count, by time.

        # Errors
        As of stock; a lot that never was there.
        """
    def findings(self, of: FindingsInput, offset: int, limit: int, language: Language, now: int) -> FindingPage:
        """What was found, by facility, number, product and lot: of one facility, or of all.

        # Errors
        As of stock, where `all` isn't asked for.
        """
    def keep(self, object: builtins.bytes) -> int:
        """Keeps what is known: news of authorities, State lists, what facilities hand in. Gives how many objects are kept. The
        same bytes twice are kept once. What doesn't verify is kept too, adds nothing, and may come to count with the next.

        # Errors
        Bytes that are none of medlot's objects.
        """
    def pick(self, of: StockInput, quantity: str, now: int) -> Pick:
        """Which lots of a product to dispense so much from, units (`30`) or parts (`7/10 dose`): what expires first
        goes first, nothing held, recalled, expired or spoilt. Parts come out of what is left of opened units, then
        out of whole ones of the same lot.

        # Errors
        As of stock; no product.
        """
    def pick_opened(self, of: StockInput, quantity: str, now: int) -> Pick:
        """From which opened units of a product to throw so many parts away: in the same order, but what is recalled,
        expired or spoilt too, and no unit is opened for it. What is held back isn't among it.

        # Errors
        As of pick; units instead of parts.
        """
    def report(self, of: ReportInput, offset: int, limit: int, language: Language, now: int) -> ReportView:
        """A report: what a facility hands in or plans by.

        # Errors
        As of stock; no first day; a period that ends before it begins.
        """
    def stock(self, of: StockInput, offset: int, limit: int, language: Language, now: int) -> StockPage:
        """Stock of a facility (a device's own where `of` names none), by product and then by what is to be dispensed
        first: rows from `offset` on, at most `limit`. Further pages of the same question cost only their rows.

        # Errors
        No facility named, where there is no own one; a field that can't be; of a device, closed or synchronising.
        """
    def trace(self, of: LotInput, language: Language, now: int) -> Trace:
        """Where a lot came from and went, through any number of facilities, ending where nothing is known here.

        # Errors
        A field that can't be.
        """
    def verify(self, object: builtins.bytes, now: int | None, facility: str | None) -> Verdict:
        """Verifies an object with what is kept; it isn't kept itself. `now` in seconds since 1970, none where no clock is
        set; `facility`: the own one, what is addressed to another is said.

        # Errors
        4001: `now` is before 2020 or behind 2156. What is wrong with the object is the answer.
        """
