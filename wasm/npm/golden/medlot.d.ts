// index.d.ts
/**
 * medlot in a page or a worker, from plain ES modules or a bundler.
 *
 * `await init()` once; then every call answers at once.
 */
import { type InitInput } from "./bindings.js";
export * from "./api.js";
export * from "./common.js";
/**
 * Loads the module; again and again is fine.
 *
 * @param module where it is: by default `medlot.wasm` beside this file. An URL, its bytes, a `Response` or a compiled module.
 */
export declare function init(module?: InitInput | Promise<InitInput>): Promise<void>;

// node.d.ts
export * from "./api.js";
export * from "./common.js";
/**
 * Loads the module; again and again is fine.
 *
 * @param module its bytes or a compiled module; by default `medlot.wasm` beside this file.
 */
export declare function init(module?: BufferSource | WebAssembly.Module): Promise<void>;

// api.d.ts
// Generated from the Rust of sdk/src/api.

/** Bytes that are given. */
export type Bytes = Uint8Array | ArrayBuffer;

/** An instant that is given: a `Date`, or seconds (not milliseconds) since 1970 in UTC. */
export type Instant = Date | number | bigint;

/**
 * A change to make durable: all that [`Device::changes`] gives, in order and in one transaction.
 */
export type StoredChange = { kind: "write"; name: string; bytes: Uint8Array } | { kind: "append"; name: string; at: number; bytes: Uint8Array } | { kind: "remove"; name: string };

/**
 * A destruction that was written, and whom it still asks for.
 */
export interface Destroyed {
    /**
     * The own log.
     */
    log: string;
    /**
     * The place of its first line.
     */
    first: number;
    /**
     * How many lines it has.
     */
    count: number;
    /**
     * What is to be attested: one attestation is of all its lines.
     */
    record: string;
    /**
     * How many people stand for it now.
     */
    people: number;
    /**
     * How many more are to attest it, in the capacity `witness_of_destruction`, `pharmacist_in_charge` or `inspector`.
     */
    missing: number;
    /**
     * Records that no seal vouches for yet.
     */
    unsealed: number;
}

/**
 * A destruction.
 */
export interface DestructionInput {
    /**
     * The number of its minutes.
     */
    minutes?: string;
    /**
     * Staff code of who destroys.
     */
    operator?: string;
    /**
     * Staff codes of those who attest it at once on this device; others do later ([`super::Device::attest`]).
     */
    witnesses?: string[];
    /**
     * What is destroyed. Reason, documents and operator are the minutes'.
     */
    lines?: MovementInput[];
}

/**
 * A document that a movement names.
 */
export interface Document {
    /**
     * Its kind, for example `invoice`.
     */
    kind: string;
    /**
     * Its number.
     */
    number: string;
}

/**
 * A drug of the catalogue. What the source doesn't say is `None`.
 */
export interface Drug {
    /**
     * The national catalogue's id; of a list without ids `registration:…` or `gtin:…`.
     */
    id: string;
    /**
     * Its name, as printed.
     */
    name: string;
    /**
     * Registration number: 12 digits, or the old style where there is no other.
     */
    registrationNumber: string | undefined;
    /**
     * The number that it had before.
     */
    oldRegistrationNumber: string | undefined;
    /**
     * Active ingredients.
     */
    activeIngredient: string | undefined;
    /**
     * Strength, as printed.
     */
    strength: string | undefined;
    /**
     * Dosage form; only lists say it.
     */
    dosageForm: string | undefined;
    /**
     * The catalogue's number of its group.
     */
    drugGroupId: string | undefined;
    /**
     * Routes of administration.
     */
    routes: string[];
    /**
     * 0 without prescription, 1 on prescription.
     */
    prescriptionStatus: number | undefined;
    /**
     * 0 none, 1 narcotic, 2 psychotropic, 3 precursor, 4 poison, 5 banned list, 6 radioactive; others are newer.
     */
    specialControlType: number | undefined;
    /**
     * Units and their GTINs.
     */
    packagings: Packaging[];
    /**
     * How it is packed, in words; only lists say it.
     */
    packaging: string | undefined;
    /**
     * The smallest unit, in words; only lists say it.
     */
    smallestUnit: string | undefined;
    /**
     * Who makes it: the catalogue's number.
     */
    manufacturerId: string | undefined;
    /**
     * Who makes it.
     */
    manufacturer: string | undefined;
    /**
     * Where: a code in the national catalogue, a name in lists.
     */
    manufacturerCountry: string | undefined;
    /**
     * Where, as an address.
     */
    manufacturerAddress: string | undefined;
    /**
     * Who registered or distributes it; only lists say it.
     */
    registrant: string | undefined;
    /**
     * When its registration was given, as the source writes it.
     */
    approvalDate: string | undefined;
    /**
     * When its registration ends, as the source writes it.
     */
    expiryDate: string | undefined;
    /**
     * When the row last changed: ISO 8601 at +07:00.
     */
    lastUpdateTime: string | undefined;
}

/**
 * A facility or company of the directory.
 */
export interface FacilityEntry {
    /**
     * Its code.
     */
    code: string | undefined;
    /**
     * Whose code that is: `CSKCB`, `GPP` …
     */
    codeType: string | undefined;
    /**
     * Its GLN, 13 digits.
     */
    gln: string | undefined;
    /**
     * What it is.
     */
    kind: string | undefined;
    /**
     * Its name.
     */
    name: string;
    /**
     * Province or city.
     */
    province: string | undefined;
}

/**
 * A file as it is stored.
 */
export interface StoredFile {
    /**
     * Its name, for example `logs/….mlog`.
     */
    name?: string;
    /**
     * Its bytes.
     */
    bytes?: Uint8Array;
}

/**
 * A hand-over that was written.
 */
export interface Handover {
    /**
     * The place of its first line.
     */
    first: number;
    /**
     * How many lines.
     */
    lines: number;
    /**
     * The bundle, for a QR code or a file. Absent where the key is kept outside: seal, then [`super::Device::bundle`].
     */
    bundle?: Uint8Array;
}

/**
 * A hand-over.
 */
export interface HandoverInput {
    /**
     * To whom, `facility:01C55`.
     */
    to?: string;
    /**
     * The reason's name; `wholesale` where absent.
     */
    reason?: string | undefined;
    /**
     * Up to two documents, `kind:number`.
     */
    documents?: string[];
    /**
     * The lines.
     */
    lines?: MovementInput[];
    /**
     * Who hands over.
     */
    operator?: string | undefined;
    /**
     * Whether amounts and operator stand in the code, for whoever reads it.
     */
    showDetail?: boolean;
}

/**
 * A key's suite.
 */
export type KeySuite = "ed25519" | "p256";

/**
 * A language for people.
 */
export type Language = "vi" | "en";

/**
 * A line of a stock card.
 */
export interface CardRow extends RecordView {
    /**
     * `available` or `hold`.
     */
    bucket: string;
    /**
     * When it took place, RFC 3339.
     */
    time: string;
    /**
     * What it changes.
     */
    change: number;
    /**
     * What stands there afterwards, over all places.
     */
    balance: number;
}

/**
 * A line of which another quantity came than was sent.
 */
export interface GotLine {
    /**
     * The line, from 1.
     */
    line?: number;
    /**
     * What came.
     */
    quantity?: string;
}

/**
 * A log by what its id is made of: what the enrolment of its key says.
 */
export interface LogInput {
    /**
     * The id of the line of whoever enrolled it: 64 hex digits.
     */
    parent?: string;
    /**
     * Its key's suite; Ed25519 where absent.
     */
    suite?: KeySuite | undefined;
    /**
     * Its public key: 32 bytes of Ed25519, 33 of P-256 (SEC 1, compressed).
     */
    key?: Uint8Array;
    /**
     * Its facility's code; empty of a root's.
     */
    facility?: string;
}

/**
 * A log of the own facility of which something came, with the place up to which it is here now: what an `Observed` says.
 */
export interface SeenLog {
    /**
     * The log, h₀ in hex.
     */
    log: string;
    /**
     * The count.
     */
    count: number;
    /**
     * The chain's value there.
     */
    head: string;
}

/**
 * A lot of a product.
 */
export interface LotRef {
    /**
     * The product.
     */
    product?: ProductName | undefined;
    /**
     * The lot.
     */
    lot?: string | undefined;
}

/**
 * A medicine as its code says it (GS1 General Specifications, sections 3 and 7.8).
 */
export interface ReadItem {
    /**
     * GTIN-14.
     */
    gtin?: string | undefined;
    /**
     * AI 10.
     */
    lot?: string | undefined;
    /**
     * The last usable day.
     */
    expiry?: string | undefined;
    /**
     * The code named the month, not the day.
     */
    expiryWholeMonth?: boolean;
    /**
     * AI 21.
     */
    serial?: string | undefined;
    /**
     * Every element in the order scanned.
     */
    elements: AiValue[];
    /**
     * A national system whose code it is.
     */
    system?: string | undefined;
    /**
     * Damage that was undone.
     */
    repairs: string[];
    /**
     * What a person should look at.
     */
    warnings: string[];
    /**
     * Application identifiers that still must be scanned.
     */
    incomplete: string[];
}

/**
 * A movement, or a line of a hand-over or count. What stays absent is absent in the record.
 */
export interface MovementInput {
    /**
     * A scan of the pack: fills product, lot, expiry and serial. Given fields must agree with it.
     */
    scan?: ScanInput | undefined;
    /**
     * `scheme:value`, such as `gtin:08934567000017`.
     */
    product?: string | undefined;
    /**
     * The lot; `none` where none is printed.
     */
    lot?: string | undefined;
    /**
     * `YYYY-MM-DD`, `YYYY-MM` or `none`.
     */
    expiry?: string | undefined;
    /**
     * The serial.
     */
    serial?: string | undefined;
    /**
     * Smallest units, or parts as `31/10 dose`.
     */
    quantity?: string | undefined;
    /**
     * The reason's name or number.
     */
    reason?: string | undefined;
    /**
     * The store; the main one where absent.
     */
    store?: string | undefined;
    /**
     * A move's target store; `main` for the main one.
     */
    toStore?: string | undefined;
    /**
     * Out of `available` or `hold`.
     */
    from?: string | undefined;
    /**
     * A move's target: `available` or `hold`.
     */
    to?: string | undefined;
    /**
     * Whose medicine.
     */
    fund?: string | undefined;
    /**
     * A move's target fund; `none` for none.
     */
    toFund?: string | undefined;
    /**
     * The vaccine vial monitor's stage, 1 to 4.
     */
    vvm?: number | undefined;
    /**
     * A move's target stage; 0 for none.
     */
    toVvm?: number | undefined;
    /**
     * `scheme:value`, such as `facility:01C55`.
     */
    counterparty?: string | undefined;
    /**
     * Up to two, each `kind:number`.
     */
    documents?: string[];
    /**
     * Value in đồng.
     */
    amount?: number | undefined;
    /**
     * Whether tax is in it.
     */
    taxIncluded?: boolean;
    /**
     * Staff code.
     */
    operator?: string | undefined;
    /**
     * Made on, `YYYY-MM-DD`.
     */
    madeOn?: string | undefined;
    /**
     * SSCC-18.
     */
    logisticUnit?: string | undefined;
    /**
     * The facility's own reason.
     */
    localReason?: string | undefined;
    /**
     * When it took place, RFC 3339, where it is written down later (`Device.record`, `record_all`): stock on the days between
     * and a count in between take it from then. Absent: now.
     */
    effectiveAt?: string | undefined;
}

/**
 * A place on a lot's way.
 */
export interface Node {
    /**
     * A facility, another party, or how goods came into being.
     */
    facility: string;
    /**
     * False where the trace ends: nothing of it is here.
     */
    known: boolean;
}

/**
 * A product as it is named: by `gtin`, `registration`, `permit`, `national` or `local`.
 */
export interface ProductName {
    /**
     * How it is named.
     */
    scheme: string;
    /**
     * Its name there.
     */
    value: string;
}

/**
 * A recall in force.
 */
export interface RecallView {
    /**
     * 1 (may kill) to 3.
     */
    class: number;
    /**
     * The notice's number.
     */
    notice: string;
    /**
     * The record.
     */
    record: RecordAt;
}

/**
 * A record that another points to.
 */
export interface Reference {
    /**
     * The first 16 digits of its log; absent: the same log.
     */
    log?: string | undefined;
    /**
     * Its place there.
     */
    index: number;
    /**
     * The first half of its identity, where the log is another.
     */
    id?: string | undefined;
}

/**
 * A record under a seal that holds.
 */
export interface SealedRecord {
    /**
     * Its exact bytes, to be kept as they are.
     */
    bytes: Uint8Array;
    /**
     * What it says. One that is malformed is of the kind `malformed`, and `why` says what is wrong: it never counts.
     */
    record: RecordView;
}

/**
 * A record, with what its kind says; what it doesn't say is absent.
 */
export interface RecordView {
    /**
     * Its log, h₀ in hex.
     */
    log: string;
    /**
     * Its place in the log, from 0.
     */
    index: number;
    /**
     * Its identity: the chain's value after it.
     */
    id?: string | undefined;
    /**
     * What it is: `movement`, `reversal`, `count_line`, `enrol`, `recall` … (`spec/json/movements.schema.json`).
     */
    kind: string;
    /**
     * Who wrote it.
     */
    facility?: string | undefined;
    /**
     * When it was written, RFC 3339.
     */
    recordedAt?: string | undefined;
    /**
     * When it took place, where that is another time.
     */
    effectiveAt?: string | undefined;
    /**
     * `in`, `out` or `move`.
     */
    direction?: string | undefined;
    /**
     * Why goods moved, or a log is cut.
     */
    reason?: string | undefined;
    /**
     * The product.
     */
    product?: ProductName | undefined;
    /**
     * The lot.
     */
    lot?: string | undefined;
    /**
     * The last usable day; `none` where the pack has none.
     */
    expiry?: string | undefined;
    /**
     * The pack names the month, not the day.
     */
    expiryWholeMonth?: boolean | undefined;
    /**
     * The serial.
     */
    serial?: string | undefined;
    /**
     * Whole units.
     */
    quantity?: number | undefined;
    /**
     * Parts of a unit.
     */
    parts?: number | undefined;
    /**
     * How many parts a unit has.
     */
    partsPerUnit?: number | undefined;
    /**
     * What a part is.
     */
    measure?: string | undefined;
    /**
     * The store.
     */
    store?: string | undefined;
    /**
     * The fund that paid for it.
     */
    fund?: string | undefined;
    /**
     * The vaccine vial monitor's stage, 1 to 4.
     */
    vvm?: number | undefined;
    /**
     * Out of which stock: `available`, `hold` or `transit`.
     */
    from?: string | undefined;
    /**
     * Into which stock.
     */
    to?: string | undefined;
    /**
     * The store that it moves to.
     */
    toStore?: string | undefined;
    /**
     * The other party.
     */
    counterparty?: string | undefined;
    /**
     * It is on its way to the other party.
     */
    sent?: boolean;
    /**
     * The shipment's line that it answers.
     */
    answers?: Reference | undefined;
    /**
     * What it takes back.
     */
    reverses?: Reference | undefined;
    /**
     * How much of it is taken back in all.
     */
    total?: number | undefined;
    /**
     * What it was written together with; documents stand in the first of them.
     */
    group?: GroupOf | undefined;
    /**
     * Of an attestation: the record that it is about, and with it what was written together with that.
     */
    attests?: Reference | undefined;
    /**
     * In which capacity: `witness_of_destruction`, `pharmacist_in_charge` …
     */
    capacity?: string | undefined;
    /**
     * It was refused, not confirmed.
     */
    refused?: boolean;
    /**
     * Its documents.
     */
    documents?: Document[];
    /**
     * What it cost.
     */
    amount?: Amount | undefined;
    /**
     * Who did it.
     */
    operator?: string | undefined;
    /**
     * Whether it counts: `yes`, `no` or `unknown`.
     */
    counts?: string | undefined;
    /**
     * No seal vouches for it yet.
     */
    unsealed?: boolean;
    /**
     * Why it doesn't count.
     */
    why?: Reason | undefined;
}

/**
 * A renewal that was begun.
 */
export interface Renewal {
    /**
     * The new key's log, h₀ in hex; empty where the key is kept with the files.
     */
    log: string;
    /**
     * What the new key is to sign first; none where nothing waits for it.
     */
    toSign: ToSign | undefined;
    /**
     * The request to be enrolled, for the authority; none before the new key signed.
     */
    request?: Uint8Array;
}

/**
 * A report: a table for people, and all of it for programs.
 */
export interface ReportView {
    /**
     * Which, for example `turnover`.
     */
    report: string;
    /**
     * The facility.
     */
    facility: string;
    /**
     * The first day.
     */
    from: string;
    /**
     * The last day.
     */
    until: string;
    /**
     * Whether something may still come that changes it.
     */
    provisional: boolean;
    /**
     * What the cells of each row are, as stable names. Units are whole ones; parts stand in `json`.
     */
    columns: string[];
    /**
     * How many rows there are in all.
     */
    total: number;
    /**
     * Those asked for.
     */
    rows: ReportRow[];
    /**
     * What is missing for the answer to be whole.
     */
    incomplete: Incomplete[];
    /**
     * All of it as `spec/json/report.schema.json` says: what is sent and kept. A correction is asked for with it. It
     * comes with the first page, and is empty in the others.
     */
    json: string;
}

/**
 * A row of a report.
 */
export interface ReportRow {
    /**
     * A text for each column; empty where the row says nothing.
     */
    cells: string[];
}

/**
 * A row that can't be taken, or a part of one.
 */
export interface RefusedRow {
    /**
     * Its place in the page, from 1; in a CSV its line.
     */
    row: number;
    /**
     * The field; `row` where it is the row itself.
     */
    field: string;
    /**
     * What the field may hold.
     */
    limit: string;
    /**
     * What it holds, its beginning where it is long.
     */
    value: string;
}

/**
 * A scan that says what the pack is.
 */
export interface ScanInput {
    /**
     * What the scanner sent.
     */
    raw?: string;
    /**
     * What the scanner sends for the GS1 separator, from its profile.
     */
    gs?: string | undefined;
    /**
     * The legal day, which places two-digit years.
     */
    today?: string;
    /**
     * Which reading a person chose, from 1, where several are possible.
     */
    pick?: number | undefined;
}

/**
 * A segment whose seal holds.
 */
export interface SealedSegment {
    /**
     * Its log, h₀ in hex.
     */
    log: string;
    /**
     * The place of its first record.
     */
    index: number;
    /**
     * The chain's value after its last record: what the seal is over.
     */
    head: string;
    /**
     * Its records.
     */
    records: SealedRecord[];
}

/**
 * A step on a lot's way.
 */
export interface Edge {
    /**
     * The record.
     */
    record: RecordAt;
    /**
     * From where.
     */
    from: string;
    /**
     * To where.
     */
    to: string;
    /**
     * The product.
     */
    product?: ProductName | undefined;
    /**
     * The lot.
     */
    lot?: string | undefined;
    /**
     * Units that went.
     */
    quantity: number;
    /**
     * Units that are known to have come.
     */
    received: number;
    /**
     * What it was repacked from.
     */
    madeFrom?: LotRef | undefined;
}

/**
 * A stock card.
 */
export interface Card {
    /**
     * How many lines there are in all.
     */
    total: number;
    /**
     * Those asked for.
     */
    rows: CardRow[];
}

/**
 * A unit in which a drug is packed.
 */
export interface Packaging {
    /**
     * The catalogue's number of the unit.
     */
    unitId: string | undefined;
    /**
     * Its name: `viên`, `hộp`.
     */
    unitName: string | undefined;
    /**
     * 14 digits.
     */
    gtin: string | undefined;
}

/**
 * Drugs that were found.
 */
export interface DrugPage {
    /**
     * How many there are in all.
     */
    total: number;
    /**
     * Those of this page, the best first.
     */
    rows: Drug[];
}

/**
 * Facilities that were found.
 */
export interface FacilityPage {
    /**
     * How many there are in all.
     */
    total: number;
    /**
     * Those of this page, the best first.
     */
    rows: FacilityEntry[];
}

/**
 * Findings, by facility, number, product and lot.
 */
export interface FindingPage {
    /**
     * How many there are in all.
     */
    total: number;
    /**
     * Those asked for.
     */
    rows: FindingView[];
}

/**
 * How a device stands.
 */
export interface StatusView {
    /**
     * Its own log, h₀ in hex.
     */
    log: string;
    /**
     * Its facility.
     */
    facility: string;
    /**
     * Whether an enrolment of it counts.
     */
    enrolled: boolean;
    /**
     * Records in its log.
     */
    records: number;
    /**
     * Records that no seal vouches for yet.
     */
    unsealed: number;
    /**
     * Why the log takes no further record, with the way on; absent where it does.
     */
    readOnly?: Reason | undefined;
    /**
     * Bytes that a cut-off write had left and that were dropped when it was opened.
     */
    dropped: number;
}

/**
 * How far a session is: what a screen shows while it runs. How much is to come, no side knows before its last page.
 */
export interface SyncProgress {
    /**
     * What was sent.
     */
    sent: WentOver;
    /**
     * What came and is kept.
     */
    stored: WentOver;
    /**
     * Pieces that came and were set aside.
     */
    aside: number;
    /**
     * Both sides gave all that they had to give, and nothing waits to be sent.
     */
    done: boolean;
}

/**
 * How far the scanning of an object's codes is.
 */
export interface QrProgress {
    /**
     * Different codes read.
     */
    have: number;
    /**
     * How many there are; of a long series how many are enough.
     */
    of: number;
    /**
     * The last one told nothing new.
     */
    again: boolean;
    /**
     * The object, once it is whole. Whether it is to be trusted is still open: verify it.
     */
    object?: Uint8Array;
}

/**
 * Money.
 */
export interface Amount {
    /**
     * In the currency's smallest unit, đồng.
     */
    value: number;
    /**
     * Whether tax is in it.
     */
    taxIncluded: boolean;
}

/**
 * Movements that were written together.
 */
export interface WrittenAll {
    /**
     * The own log.
     */
    log: string;
    /**
     * The place of the first.
     */
    first: number;
    /**
     * How many.
     */
    count: number;
    /**
     * Records that no seal vouches for yet.
     */
    unsealed: number;
}

/**
 * Movements.
 */
export interface MovementPage {
    /**
     * How many there are in all.
     */
    total: number;
    /**
     * Those asked for.
     */
    rows: RecordView[];
}

/**
 * One GS1 element as it was scanned.
 */
export interface AiValue {
    /**
     * The application identifier, for example `10`.
     */
    ai: string;
    /**
     * Its value.
     */
    value: string;
}

/**
 * Places of a log, from one to another, both among them.
 */
export interface Places {
    /**
     * The first.
     */
    first: number;
    /**
     * The last.
     */
    last: number;
}

/**
 * Something that came, or was held back of the own log and is given from now on.
 */
export interface CameObject {
    /**
     * It: a bundle of one segment, a State's list, a fork proof.
     */
    object: Uint8Array;
    /**
     * Where a log goes on by it that is kept from its first record on: that log.
     */
    whole: LogInput | undefined;
    /**
     * Up to which count that log is here now; 0 where there is none.
     */
    count: number;
    /**
     * Why it couldn't be taken: keep it apart, and give it to the next session as what waits.
     */
    aside: Reason | undefined;
}

/**
 * Something that could not be taken.
 */
export interface SetAside {
    /**
     * Why.
     */
    why: Reason;
    /**
     * It may be right: it is tried again when more comes.
     */
    waits: boolean;
}

/**
 * Something that was found.
 */
export interface FindingView {
    /**
     * The stable number.
     */
    code: number;
    /**
     * The stable name.
     */
    name: string;
    /**
     * What was found and what to do.
     */
    message: string;
    /**
     * The records concerned.
     */
    records: RecordAt[];
    /**
     * The facility concerned.
     */
    facility?: string | undefined;
    /**
     * The product.
     */
    product?: ProductName | undefined;
    /**
     * The lot.
     */
    lot?: string | undefined;
    /**
     * The numbers behind it, as far as it has any.
     */
    detail?: FindingDetail;
}

/**
 * Something to look at, naming its records.
 */
export interface Fault {
    /**
     * The stable number.
     */
    code: number;
    /**
     * The stable name.
     */
    name: string;
    /**
     * What was found, in English.
     */
    message: string;
    /**
     * What was found, in Vietnamese; it goes by the number.
     */
    vietnamese: string;
    /**
     * The records concerned.
     */
    records: RecordAt[];
}

/**
 * Stock of one lot at one place, in whole smallest units.
 */
export interface StockView {
    /**
     * The facility.
     */
    facility: string;
    /**
     * The store; absent: the main one.
     */
    store?: string | undefined;
    /**
     * The product.
     */
    product: ProductName | undefined;
    /**
     * The lot; absent: none is printed.
     */
    lot?: string | undefined;
    /**
     * The last usable day; `none` where the pack has none.
     */
    expiry?: string | undefined;
    /**
     * The pack names the month, not the day.
     */
    expiryWholeMonth: boolean;
    /**
     * The notice by which a regulator said the expiry.
     */
    expiryNotice?: string | undefined;
    /**
     * Whose medicine; absent: the facility's own.
     */
    fund?: string | undefined;
    /**
     * The vaccine vial monitor's stage.
     */
    vvm?: number | undefined;
    /**
     * Everything that stands there.
     */
    onHand: number;
    /**
     * What may be dispensed.
     */
    available: number;
    /**
     * What is held back.
     */
    hold: number;
    /**
     * What of it is recalled.
     */
    recalled: number;
    /**
     * What of it is past its last usable day.
     */
    expired: number;
    /**
     * Sent to this facility and not received.
     */
    inTransitIn: number;
    /**
     * Sent from here and not received.
     */
    inTransitOut: number;
    /**
     * What was refused of what was sent here.
     */
    refusedIn?: number;
    /**
     * What was refused of what was sent from here.
     */
    refusedOut?: number;
    /**
     * What is left of opened units.
     */
    parts?: PartsOf[];
    /**
     * Recalls in force, the gravest first.
     */
    recalls?: RecallView[];
}

/**
 * Stock, by product and then by what is to be dispensed first.
 */
export interface StockPage {
    /**
     * How many rows there are in all.
     */
    total: number;
    /**
     * Those asked for.
     */
    rows: StockView[];
    /**
     * What is missing for the answer to be whole; empty where nothing is known to be.
     */
    incomplete: Incomplete[];
}

/**
 * The answer about an object.
 */
export interface Verdict {
    /**
     * What may be believed.
     */
    verdict: VerdictKind;
    /**
     * `yes`, or the gravest reason why what is known may be outdated.
     */
    current: string;
    /**
     * Why, the gravest first.
     */
    reasons: Reason[];
    /**
     * What to look at.
     */
    findings: Fault[];
    /**
     * The trust anchor, h₀ in hex.
     */
    root: string;
    /**
     * Its records.
     */
    records: RecordView[];
}

/**
 * The new key.
 */
export interface RenewInput {
    /**
     * Its suite; Ed25519 where absent.
     */
    suite?: KeySuite | undefined;
    /**
     * Its public key, where a key store outside keeps the private one: 32 bytes of Ed25519, 33 of P-256 (SEC 1,
     * compressed). Absent: a key is made and kept with the files.
     */
    publicKey?: Uint8Array;
}

/**
 * The numbers behind a finding, in whole smallest units.
 */
export interface FindingDetail {
    /**
     * By how much, or how much of it.
     */
    amount: number | undefined;
    /**
     * The other facility, or what it is about besides.
     */
    other: string | undefined;
    /**
     * Of a shipment: what was sent.
     */
    sent: number | undefined;
    /**
     * What came and was taken.
     */
    received: number | undefined;
    /**
     * What was refused.
     */
    refused: number | undefined;
    /**
     * What the sender took back.
     */
    back: number | undefined;
    /**
     * What neither came nor was refused.
     */
    missing: number | undefined;
    /**
     * What it was worth, where the record says.
     */
    value: ShipmentValue | undefined;
    /**
     * The log, of a finding about a device.
     */
    log: string | undefined;
    /**
     * At which count of the log.
     */
    count: number | undefined;
    /**
     * Places of the log of which nothing is here.
     */
    missingRecords?: Places[];
}

/**
 * The stage that the vaccine vial monitor of a line shows.
 */
export interface SeenStage {
    /**
     * The line, from 1.
     */
    line?: number;
    /**
     * 1 to 4; 0 where it has none.
     */
    vvm?: number;
}

/**
 * The value of a shipment, in the currency's smallest unit.
 */
export interface ShipmentValue {
    /**
     * Of what was sent.
     */
    sent: number;
    /**
     * Its share that was taken.
     */
    received: number;
}

/**
 * What a device says of itself when it joins.
 */
export interface JoinInput {
    /**
     * Its facility, where the invitation names none.
     */
    facility?: string | undefined;
    /**
     * What it is called, for the person who enrols it.
     */
    label?: string | undefined;
    /**
     * Its key's suite; Ed25519 where absent.
     */
    suite?: KeySuite | undefined;
    /**
     * The public key, where a key store outside keeps the private one: 32 bytes of Ed25519, 33 of P-256 (SEC 1,
     * compressed). Absent: a key is made and kept with the files.
     */
    publicKey?: Uint8Array;
}

/**
 * What a key store is to sign.
 */
export interface ToSign {
    /**
     * Up to which count it holds: hand it back with the signature.
     */
    count: number;
    /**
     * The bytes.
     */
    bytes: Uint8Array;
}

/**
 * What a party says of itself.
 */
export interface SyncPartyInput {
    /**
     * Whose records it asks for, its own facility first; none: everything.
     */
    facilities?: string[];
    /**
     * The log that it writes, h₀ in hex, which is held whole; none: a hub, a carrier.
     */
    log?: string | undefined;
    /**
     * Its clock, in seconds since 1970; none where it was never set.
     */
    clock?: number | undefined;
    /**
     * The longest message that it takes, 256 to 65,535 bytes; 16,384 where absent.
     */
    message?: number | undefined;
    /**
     * The longest piece that it takes, in bytes; a mebibyte where absent, which is the most.
     */
    piece?: number | undefined;
    /**
     * Pieces on their way to it, 1 to 255; 32 where absent.
     */
    window?: number | undefined;
}

/**
 * What a person found when the goods came.
 */
export interface ReceiveInput {
    /**
     * Lines of which another quantity came.
     */
    got?: GotLine[];
    /**
     * What was refused.
     */
    refused?: RefusedLine[];
    /**
     * Lines whose vaccine vial monitor shows another stage than their sender wrote.
     */
    vvm?: SeenStage[];
    /**
     * The reason's name; `supplier` where absent.
     */
    reason?: string | undefined;
    /**
     * A further document of the own facility, `kind:number`.
     */
    document?: string | undefined;
    /**
     * Who receives.
     */
    operator?: string | undefined;
    /**
     * Take it though what is known is old or unknown.
     */
    despiteWarnings?: boolean;
}

/**
 * What a record was written together with: the first says how many there are, the others how far back it stands.
 */
export interface GroupOf {
    /**
     * Of the first: how many.
     */
    lines?: number | undefined;
    /**
     * Of another: how many places before it the first stands.
     */
    back?: number | undefined;
}

/**
 * What a report is about.
 */
export interface ReportInput {
    /**
     * Which; the turnover where absent.
     */
    report?: ReportName | undefined;
    /**
     * The facility; the own one where absent.
     */
    facility?: string | undefined;
    /**
     * The first legal day.
     */
    from?: string | undefined;
    /**
     * The last legal day; today where absent.
     */
    until?: string | undefined;
    /**
     * Half a year instead of days: `2026-1` or `2026-2`.
     */
    half?: string | undefined;
    /**
     * Only this store; `main` for the main one.
     */
    store?: string | undefined;
    /**
     * Only this fund; `own` for the facility's own.
     */
    fund?: string | undefined;
    /**
     * Only these products, `scheme:value`; all where empty.
     */
    products?: string[];
    /**
     * Specially controlled products: `scheme:value`, or with how, `narcotic=scheme:value`.
     */
    controlled?: string[];
    /**
     * Of what is at risk: within how many days from today it expires; 90 where absent.
     */
    withinDays?: number | undefined;
    /**
     * Of a correction: the `json` of the report that was sent.
     */
    sent?: string | undefined;
}

/**
 * What a session came to.
 */
export interface SyncOutcome {
    /**
     * `as_here`; `behind` or `forked` where the peer holds what isn't in the log that is written: then nothing may be
     * appended to it any more, and the way on is a new key.
     */
    standing: string;
    /**
     * Records of the log that is written which the peer holds, from the first on.
     */
    acknowledged: number;
    /**
     * What came of the own facility.
     */
    observes: SeenLog[];
    /**
     * The peer's clock minus the own, in seconds, where both are set.
     */
    clockAhead: number | undefined;
    /**
     * What was set aside.
     */
    aside: SetAside[];
    /**
     * Logs that have two histories.
     */
    forks: string[];
}

/**
 * What a session did.
 */
export interface SyncAnswer {
    /**
     * Both sides gave all that they had to give.
     */
    done: boolean;
    /**
     * What was sent.
     */
    sent: WentOver;
    /**
     * What came and is kept.
     */
    stored: WentOver;
    /**
     * What was set aside.
     */
    aside: SetAside[];
    /**
     * Logs that have two histories.
     */
    forks: string[];
    /**
     * `as_here`; `behind` or `forked` where the peer holds what isn't in the own log, which is closed then.
     */
    standing: string;
    /**
     * Records that stay here alone, since the log is closed: write them anew.
     */
    unsealed: number;
}

/**
 * What became of a page or list.
 */
export interface Loaded {
    /**
     * Rows that weren't known.
     */
    added: number;
    /**
     * Rows that replaced what was known.
     */
    changed: number;
    /**
     * Rows that are known already, or older than what is known.
     */
    unchanged: number;
    /**
     * Rows that can't be taken.
     */
    refused: RefusedRow[];
    /**
     * GTINs that were left out because they can't be such; their rows were taken without them.
     */
    leftOut: RefusedRow[];
}

/**
 * What became of a scan.
 */
export type Scanned = { outcome: "read"; item: ReadItem; alternatives: ReadItem[] } | { outcome: "confirm"; candidates: ReadItem[] } | { outcome: "foreign"; system: string; text: string; product: string | undefined; gtin: string | undefined; lot: string | undefined; serial: string | undefined; expiry: string | undefined } | { outcome: "refused"; code: number; name: string; english: string; vietnamese: string; position: number };

/**
 * What became of an object that was taken.
 */
export interface Taken {
    /**
     * Whether it is kept and counts.
     */
    taken: boolean;
    /**
     * Why not.
     */
    why: Reason | undefined;
    /**
     * It may be right: it is kept, and counts once what it needs comes.
     */
    waits: boolean;
}

/**
 * What became of objects that others sent.
 */
export interface Accepted {
    /**
     * Each of them.
     */
    objects: Taken[];
    /**
     * Whether this device is enrolled now.
     */
    enrolled: boolean;
}

/**
 * What is counted.
 */
export interface CountInput {
    /**
     * The store; the main one where absent.
     */
    store?: string | undefined;
    /**
     * Only these funds; `none` for the facility's own. All where empty.
     */
    funds?: string[];
    /**
     * Only these products, `scheme:value`. All where empty.
     */
    products?: string[];
    /**
     * Whether who counts isn't shown what should be there.
     */
    blind?: boolean;
    /**
     * `kind:number`.
     */
    document?: string | undefined;
    /**
     * Who counts.
     */
    operator?: string | undefined;
}

/**
 * What is known of a scanned pack.
 */
export interface PackAnswer {
    /**
     * Nothing speaks against giving it.
     */
    usable: boolean;
    /**
     * What does.
     */
    stops: Stop[];
    /**
     * Its last usable day, where one is known.
     */
    lastUsable?: string | undefined;
    /**
     * The notice by which a regulator said its expiry.
     */
    expiryNotice?: string | undefined;
    /**
     * What to dispense instead, the first first.
     */
    propose: PickLine[];
}

/**
 * What is left of opened units, in parts: what is held back is an entry of its own.
 */
export interface PartsOf {
    /**
     * How many; below 0 where more went out than came in.
     */
    count: number;
    /**
     * How many make a unit.
     */
    perUnit: number;
    /**
     * What one is.
     */
    measure: string;
    /**
     * What may be dispensed of it.
     */
    available: number;
    /**
     * What is held back.
     */
    hold: number;
    /**
     * What of it is recalled.
     */
    recalled: number;
    /**
     * What of it is past its last usable day.
     */
    expired: number;
}

/**
 * What is missing for an answer to be whole, and what to ask for.
 */
export interface Incomplete {
    /**
     * The stable number.
     */
    code: number;
    /**
     * The stable name.
     */
    name: string;
    /**
     * What is missing.
     */
    message: string;
    /**
     * The log concerned.
     */
    log: string;
    /**
     * Records here that can't be judged.
     */
    records: number;
    /**
     * What to ask the others for.
     */
    askFor: AskFor;
}

/**
 * What may be believed of an object.
 */
export type VerdictKind = "valid" | "invalid" | "unknown";

/**
 * What recovery finds in a log's file. Whose signatures its seals are isn't asked here.
 */
export interface LogView {
    /**
     * The log, h₀ in hex.
     */
    log: string;
    /**
     * The id of the line of whoever enrolled it: 64 hex digits.
     */
    parent: string;
    /**
     * Its key's suite.
     */
    suite: KeySuite;
    /**
     * Its public key.
     */
    key: Uint8Array;
    /**
     * Its facility; empty of a root's.
     */
    facility: string;
    /**
     * How many records it has.
     */
    count: number;
    /**
     * Those asked for. One that is malformed is of the kind `malformed`, and `why` says what is wrong.
     */
    records: RecordView[];
    /**
     * The chain's value after the last record.
     */
    head: string;
    /**
     * The counts at which it was sealed.
     */
    seals: number[];
    /**
     * Records that no seal vouches for.
     */
    unsealed: number;
    /**
     * The count that was offered for signing last; a seal of it may still come.
     */
    mark: number | undefined;
    /**
     * Where the last whole unit ends, in bytes.
     */
    end: number;
    /**
     * Bytes behind that: of a write that was cut off and never acknowledged. Opening the device drops them.
     */
    dropped: number;
}

/**
 * What stands beside a correction.
 */
export interface NoteInput {
    /**
     * Staff code.
     */
    operator?: string | undefined;
    /**
     * `kind:number`.
     */
    document?: string | undefined;
    /**
     * The facility's own reason.
     */
    localReason?: string | undefined;
}

/**
 * What to dispense, the first to expire first.
 */
export interface Pick {
    /**
     * From where.
     */
    lines: PickLine[];
    /**
     * What is missing: so many units, or parts where parts were asked for.
     */
    missing: number;
    /**
     * The same as a movement names it.
     */
    lacks: string;
}

/**
 * What to take from a lot at a place.
 */
export interface PickLine {
    /**
     * The product.
     */
    product?: ProductName | undefined;
    /**
     * The lot.
     */
    lot?: string | undefined;
    /**
     * The last usable day; `none` where the pack has none.
     */
    expiry?: string | undefined;
    /**
     * The pack names the month, not the day.
     */
    expiryWholeMonth?: boolean;
    /**
     * The store.
     */
    store?: string | undefined;
    /**
     * Whose medicine.
     */
    fund?: string | undefined;
    /**
     * The vaccine vial monitor's stage.
     */
    vvm?: number | undefined;
    /**
     * How much, as a movement names it: `3`, or `7/10 dose`.
     */
    take: string;
    /**
     * The same in numbers: whole units.
     */
    quantity?: number | undefined;
    /**
     * Parts, where parts were asked for.
     */
    parts?: number | undefined;
    /**
     * How many parts a unit has.
     */
    partsPerUnit?: number | undefined;
    /**
     * What a part is.
     */
    measure?: string | undefined;
}

/**
 * What was refused of a line.
 */
export interface RefusedLine {
    /**
     * The line, from 1.
     */
    line?: number;
    /**
     * How much.
     */
    quantity?: string;
    /**
     * The reason's name.
     */
    reason?: string;
}

/**
 * What was written.
 */
export interface Written {
    /**
     * The own log.
     */
    log: string;
    /**
     * The place of the first record.
     */
    first: number;
    /**
     * The records.
     */
    records: RecordView[];
    /**
     * Records that no seal vouches for yet.
     */
    unsealed: number;
    /**
     * What a person should know of it, for example that a count covers what is taken back.
     */
    note?: string | undefined;
}

/**
 * What went over.
 */
export interface WentOver {
    /**
     * Segments and objects.
     */
    pieces: number;
    /**
     * Their bytes.
     */
    bytes: number;
}

/**
 * Where a lot came from and went.
 */
export interface Trace {
    /**
     * The places.
     */
    nodes: Node[];
    /**
     * The steps.
     */
    edges: Edge[];
    /**
     * What is missing for the answer to be whole.
     */
    incomplete?: Incomplete[];
}

/**
 * Where a record stands.
 */
export interface RecordAt {
    /**
     * Its log, h₀ in hex.
     */
    log: string;
    /**
     * Its place in the log, from 0.
     */
    index: number;
}

/**
 * Which findings are asked for.
 */
export interface FindingsInput {
    /**
     * The facility, as sender or receiver; the own one where absent.
     */
    facility?: string | undefined;
    /**
     * Those of every facility of which something is held here.
     */
    all?: boolean;
    /**
     * After how many days without an answer a shipment is a finding; 14 where absent.
     */
    answerDays?: number | undefined;
    /**
     * Products that are controlled medicines, `scheme:value`: what no record says.
     */
    controlled?: string[];
}

/**
 * Which lot.
 */
export interface LotInput {
    /**
     * The facility of a card; the own one where absent. A trace goes through all.
     */
    facility?: string | undefined;
    /**
     * The product, `scheme:value`.
     */
    product?: string;
    /**
     * The lot; `none` where none is printed. A card without one is of every lot of the product.
     */
    lot?: string | undefined;
}

/**
 * Which movements are asked for; what stays absent isn't restricted.
 */
export interface MovementsInput {
    /**
     * Only `movement`, `reversal`, `refuse`, `attest`. All of these where empty.
     */
    kinds?: string[];
    /**
     * Only what moved this way, and what takes it back.
     */
    direction?: Direction | undefined;
    /**
     * Only for this reason of that direction: its name or number.
     */
    reason?: string | undefined;
    /**
     * Only what devices of this facility wrote.
     */
    facility?: string | undefined;
}

/**
 * Which other log's news would settle it.
 */
export interface AskFor {
    /**
     * The log, or the first 16 digits of it.
     */
    log: string;
    /**
     * From which record on.
     */
    index?: number | undefined;
}

/**
 * Which report.
 */
export type ReportName = "turnover" | "products" | "register" | "half_year" | "correction" | "usage" | "stock_outs" | "at_risk" | "deliveries";

/**
 * Which stock is asked for; what stays absent isn't restricted.
 */
export interface StockInput {
    /**
     * The facility; the own one where absent.
     */
    facility?: string | undefined;
    /**
     * Only this store; `main` for the main one.
     */
    store?: string | undefined;
    /**
     * Only this product, `scheme:value`, under any of its names.
     */
    product?: string | undefined;
    /**
     * Only this lot; `none` where none is printed.
     */
    lot?: string | undefined;
    /**
     * The legal day that decides what is expired; that of now where absent.
     */
    today?: string | undefined;
    /**
     * Only what is last usable on this day or before.
     */
    until?: string | undefined;
    /**
     * Also where nothing is left and nothing is on the way.
     */
    emptyToo?: boolean;
}

/**
 * Which way goods move.
 */
export type Direction = "in" | "out" | "move";

/**
 * Why a pack isn't to be given.
 */
export interface Stop {
    /**
     * `recalled`, `expired`, `held` or `vvm`.
     */
    name: string;
    /**
     * What a person is told.
     */
    message: string;
}

/**
 * Why: a stable number and name (`spec/error-codes.md`), and a text.
 */
export interface Reason {
    /**
     * The stable number.
     */
    code: number;
    /**
     * The stable name.
     */
    name: string;
    /**
     * What it means and what to do, in English, with its values.
     */
    message: string;
    /**
     * What it means and what to do, in Vietnamese; it goes by the number.
     */
    vietnamese: string;
    /**
     * What to ask the sender for.
     */
    askFor?: AskFor | undefined;
    /**
     * Since when, RFC 3339.
     */
    since?: string | undefined;
}

/**
 * With whom.
 */
export interface SyncInput {
    /**
     * Facilities to carry batches for, besides the own.
     */
    carry?: string[];
    /**
     * Give at most what these facilities may have; where empty, what the peer asks for.
     */
    give?: string[];
    /**
     * The clock was never set: then it isn't compared with the peer's.
     */
    clockUnset?: boolean;
}


/**
 * The catalogue of products. See [`crate::catalogue`] for its sources and how words are found.
 */
export class Catalogue {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Products with this GTIN, of 8 to 14 digits.
     *
     * # Errors
     * Not a GTIN.
     */
    byGtin(gtin: string): Drug[];
    /**
     * Products with this registration number, new or old.
     *
     * # Errors
     * In JavaScript an answer that doesn't fit.
     */
    byRegistration(number: string): Drug[];
    /**
     * Loads a list (CSV, UTF-8, with a header).
     *
     * # Errors
     * 4020: no row of it can be read.
     */
    loadCsv(list: Bytes): Loaded;
    /**
     * Loads a page of the national catalogue (JSON). Newer rows win, whatever the order of pages.
     *
     * # Errors
     * 4020: no row of it can be read. A row that can't is said in the answer.
     */
    loadJson(page: Bytes): Loaded;
    /**
     * Without a product.
     */
    constructor();
    /**
     * The catalogue as bytes to keep.
     *
     * # Errors
     * More rows than it holds.
     */
    save(): Uint8Array;
    /**
     * Opens what [`Catalogue::save`] gave.
     *
     * # Errors
     * 4021: damaged, or of another version. Load the pages anew.
     */
    static saved(bytes: Bytes): Catalogue;
    /**
     * Products whose words begin with those given, without diacritics: `thuoc ho` finds *Thuốc ho*.
     *
     * # Errors
     * In JavaScript an answer that doesn't fit.
     */
    search(words: string, offset: number, limit: number): DrugPage;
    /**
     * How many products it holds.
     */
    size(): number;
}

/**
 * A device at work. See the module for how its files and its key are kept.
 */
export class Device {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Takes what others sent: enrolments, cuts, recalls, State lists, hand-overs to look at.
     *
     * # Errors
     * Storage. What can't be taken is said in the answer.
     */
    accept(object: Bytes, now: Instant): Accepted;
    /**
     * Takes the new key's signature, and gives the request to be enrolled. P-256: in DER, as key stores write it, where
     * `der`; else r ‖ s.
     *
     * # Errors
     * No renewal that was begun with an outside key; a signature that doesn't hold.
     */
    attachRenewal(log: string, signature: Bytes, der: boolean, now: Instant): Uint8Array;
    /**
     * Takes the signature of what was prepared. P-256: in DER, as key stores write it, where `der`; else r ‖ s.
     *
     * # Errors
     * Never prepared; a signature that doesn't hold.
     */
    attachSeal(count: number, signature: Bytes, der: boolean, now: Instant): void;
    /**
     * Confirms a record with one's name, or refuses to. `capacity`: `pharmacist_in_charge`, `witness_of_destruction` …
     *
     * # Errors
     * A record that isn't here; a capacity that isn't known.
     */
    attest(record: string, capacity: string, refused: boolean, note: NoteInput, now: Instant): Written;
    /**
     * A backup of everything held, for [`Device::restore`]: a tar archive. It holds no private key. `with_private`: also the
     * prescription codes with their salts; what is erased later stays in the backup.
     *
     * # Errors
     * 4011: a key that is kept outside is to sign first. Damage.
     */
    backup(with_private: boolean, now: Instant): Uint8Array;
    /**
     * Goes on with a new key where the log takes no further record: after a restore, or where a peer knows more of it. Then
     * as after [`Device::join`]: send [`Device::request`], [`Device::accept`] what comes back.
     *
     * # Errors
     * A log that takes records; another root's invitation; as [`Device::join`].
     */
    beginAgain(invitation: Bytes, input: JoinInput, now: Instant): void;
    /**
     * The bundle of a hand-over that was written and sealed.
     *
     * # Errors
     * 4011: its lines aren't sealed yet.
     */
    bundle(first: number, lines: number): Uint8Array;
    /**
     * The stock card of a lot, or of each lot of a product: every movement and count, by time.
     *
     * # Errors
     * As of stock; a lot that never was there.
     */
    card(of: LotInput, offset: number, limit: number, now: Instant): Card;
    /**
     * What the last call wrote and isn't durable yet. Empty where nothing is, or where a folder of a disk keeps it.
     *
     * # Errors
     * None on a disk; in JavaScript bytes that don't fit.
     */
    changes(): StoredChange[];
    /**
     * What is known of a scanned pack that is about to be dispensed, or was: `effective_at` says when, where it is written
     * down later. What is proposed instead is as much as its quantity, 1 where it has none.
     *
     * # Errors
     * A scan that can't be used; a field that can't be.
     */
    check(pack: MovementInput, language: Language, now: Instant): PackAnswer;
    /**
     * Ends it: further calls say so (4013). A folder is free for others from then on.
     */
    close(): void;
    /**
     * The changes are durable.
     */
    confirm(): void;
    /**
     * Begins a count; its place (`first`) is what its lines and its end go by.
     *
     * # Errors
     * A field that can't be.
     */
    countBegin(plan: CountInput, now: Instant): Written;
    /**
     * Ends a count. `rest_is_zero`: whoever counted looked everywhere, and what wasn't counted isn't there.
     *
     * # Errors
     * No count under way.
     */
    countEnd(begin: number | null | undefined, rest_is_zero: boolean, operator: string | null | undefined, now: Instant): Written;
    /**
     * Writes what was counted of a lot. `begin`: the count's place, the last one where absent. The balance that was shown
     * is noted with it, but in a blind count.
     *
     * # Errors
     * No count under way; a field that can't be.
     */
    countLine(begin: number | null | undefined, line: MovementInput, now: Instant): Written;
    /**
     * Writes the minutes of a destruction as one group, and what is attested of it at once: all of it or nothing. What a
     * device attests counts where its enrolment has the role *attest*.
     *
     * # Errors
     * 4001: no line, or more than 1,024 records or 32 KiB with the attestations; somebody named twice. A field that can't be
     * and a rule of movements name the line, from 1. 4011 a signature is due first.
     */
    destroy(destruction: DestructionInput, language: Language, now: Instant): Destroyed;
    /**
     * Everything of the own log that is sealed, from a place on: for an authority or a hub.
     *
     * # Errors
     * Nothing is sealed from there on.
     */
    extract(first: number): Uint8Array;
    /**
     * The changes can't be made durable: the device takes no further call. Open it anew from what is stored; what wasn't
     * confirmed never happened.
     */
    failed(): void;
    /**
     * What was found, by facility, number, product and lot: of one facility, or of all.
     *
     * # Errors
     * As of stock, where `all` isn't asked for.
     */
    findings(of: FindingsInput, offset: number, limit: number, language: Language, now: Instant): FindingPage;
    /**
     * Hands over: writes the lines as one batch. Where the key is here it is sealed and the bundle given.
     *
     * # Errors
     * 4010 a pack that isn't to be given; 4011 a signature is due first: seal, and call again with the same; a device that
     * isn't enrolled; more lines than a bundle holds.
     */
    handOver(handover: HandoverInput, anyway: boolean, language: Language, now: Instant): Handover;
    /**
     * Begins a device from an authority's invitation, its files kept by the platform: what it begins with stands in
     * [`Device::changes`]. Send [`Device::request`] to the authority, then [`Device::accept`] what comes back.
     *
     * # Errors
     * An invitation that isn't one, or whose path doesn't verify; a facility that isn't named; a key that is none.
     */
    static join(invitation: Bytes, input: JoinInput, storage_key: Bytes | null | undefined, now: Instant): Device;
    /**
     * The suite of the own key.
     *
     * # Errors
     * Closed, or synchronising.
     */
    keySuite(): KeySuite;
    /**
     * Movements, corrections, refusals and attestations that are held here, own and others', by log and place, each with
     * what it counts: rows from `offset` on, at most `limit`.
     *
     * # Errors
     * A kind that isn't one of these; a reason that its direction doesn't have; closed, or synchronising.
     */
    movements(of: MovementsInput, offset: number, limit: number): MovementPage;
    /**
     * Opens a device whose files the platform keeps. `storage_key`: 32 bytes, where they are encrypted at rest. `now`: in
     * seconds since 1970.
     *
     * # Errors
     * Files that are no device's; damage; another storage key.
     */
    static open(files: StoredFile[], storage_key: Bytes | null | undefined, now: Instant): Device;
    /**
     * From which opened units of a product to throw so many parts away: in the same order, but what is recalled,
     * expired or spoilt too, and no unit is opened for it. What is held back isn't among it.
     *
     * # Errors
     * As of pick; units instead of parts.
     */
    pickOpened(of: StockInput, quantity: string, now: Instant): Pick;
    /**
     * Which lots of a product to dispense so much from, units (`30`) or parts (`7/10 dose`): what expires first
     * goes first, nothing held, recalled, expired or spoilt. Parts come out of what is left of opened units, then
     * out of whole ones of the same lot.
     *
     * # Errors
     * As of stock; no product.
     */
    pick(of: StockInput, quantity: string, now: Instant): Pick;
    /**
     * What a key store outside is to sign; none where nothing stands unsealed. Make the changes durable first, then sign.
     *
     * # Errors
     * The log takes no further record.
     */
    prepareSeal(now: Instant): ToSign | undefined;
    /**
     * The public key of the log in use: where it is kept outside, what says which of the platform's keys signs now.
     *
     * # Errors
     * Closed, or synchronising.
     */
    publicKey(): Uint8Array;
    /**
     * Receives what was handed over: a receipt for each line, what is short stays on the way, what is refused is said.
     *
     * # Errors
     * A bundle that doesn't verify; a warning, unless `despite_warnings`; lines that aren't there; 4011.
     */
    receive(bundle: Bytes, found: ReceiveInput, now: Instant): Written;
    /**
     * Writes movements together, all of them or none: a delivery on paper that is entered line by line. Quicker than one by
     * one, since they cross and are stored together and aren't given back. At most 1,024, of 32 KiB.
     *
     * # Errors
     * As [`Device::record`], naming the line, from 1; 4001 where more are given, or none.
     */
    recordAll(direction: Direction, movements: MovementInput[], anyway: boolean, language: Language, now: Instant): WrittenAll;
    /**
     * Writes a movement. Before a pack that is recalled, expired, held back or spoilt is given to be used it stops (4010)
     * and says what to take instead; `anyway` records what happened all the same, which is then a finding.
     *
     * # Errors
     * 4010; a field that can't be; a rule of movements; 4011 a signature is due first.
     */
    record(direction: Direction, movement: MovementInput, anyway: boolean, language: Language, now: Instant): Written;
    /**
     * Begins to go on with a new key, whose log is to be enrolled as the same line; the old one is written until then. Where
     * the key is kept outside: make the changes durable, have it sign `to_sign`, give that to [`Device::attach_renewal`].
     * Asked again with the same key, it goes on where it was. Send the request to the authority and [`Device::accept`] the
     * enrolment: the new log takes over.
     *
     * # Errors
     * A public key that is none, or is in use here.
     */
    renew(key: RenewInput, now: Instant): Renewal;
    /**
     * A report: what a facility hands in or plans by.
     *
     * # Errors
     * As of stock; no first day; a period that ends before it begins.
     */
    report(of: ReportInput, offset: number, limit: number, language: Language, now: Instant): ReportView;
    /**
     * The request to be enrolled, for the authority that invited.
     *
     * # Errors
     * The key is kept outside and the first record isn't sealed yet.
     */
    request(): Uint8Array;
    /**
     * Begins from a backup: what is written first stands in [`Device::changes`]. It can be read, and takes no further record
     * ([`StatusView::read_only`](super::StatusView)): its device may have written more since. The way on is a new key,
     * [`Device::begin_again`]; records and stock stay.
     *
     * # Errors
     * No backup; one that doesn't verify; another storage key than the backup's.
     */
    static restore(backup: Bytes, storage_key: Bytes | null | undefined, now: Instant): Device;
    /**
     * Takes back what was written wrongly, wholly or up to a total. `record`: its place in the own log, or `log:index:id`.
     *
     * # Errors
     * A record that isn't here, is another facility's, or can't be taken back.
     */
    reverse(record: string, total: number | null | undefined, note: NoteInput, language: Language, now: Instant): Written;
    /**
     * Seals what stands, where the key is kept with the files. Gives how many records are sealed.
     *
     * # Errors
     * 4011: the key is kept outside.
     */
    seal(now: Instant): number;
    /**
     * How the device stands.
     *
     * # Errors
     * Closed, or synchronising.
     */
    status(): StatusView;
    /**
     * Stock of a facility (a device's own where `of` names none), by product and then by what is to be dispensed
     * first: rows from `offset` on, at most `limit`. Further pages of the same question cost only their rows.
     *
     * # Errors
     * No facility named, where there is no own one; a field that can't be; of a device, closed or synchronising.
     */
    stock(of: StockInput, offset: number, limit: number, language: Language, now: Instant): StockPage;
    /**
     * Begins a session with a peer. Then, until [`Device::sync_is_done`] or the line is cut: send what
     * [`Device::sync_send`] gives, hand what comes to [`Device::sync_receive`], and make changes durable; at the end
     * [`Device::sync_finish`]. A session that was cut goes on where it was with the next.
     *
     * # Errors
     * 4012; closed, or synchronising already; more facilities than a session names.
     */
    syncBegin(_with: SyncInput, now: Instant): void;
    /**
     * Ends the session, done or cut: takes what can be read now and notes what was seen.
     *
     * # Errors
     * No session is under way; storage.
     */
    syncFinish(now: Instant): SyncAnswer;
    /**
     * Whether both sides gave all they had to give, and nothing waits to be sent.
     *
     * # Errors
     * No session is under way.
     */
    syncIsDone(): boolean;
    /**
     * How far the session is.
     *
     * # Errors
     * No session is under way.
     */
    syncProgress(): SyncProgress;
    /**
     * Takes bytes that came, in any pieces.
     *
     * # Errors
     * What ends the session; what came before is kept.
     */
    syncReceive(bytes: Bytes): void;
    /**
     * The bytes to send now, about a megabyte at most. Call again until it is empty: then the peer is awaited.
     *
     * # Errors
     * 4012: the peer isn't told of what isn't durable yet. What ends the session.
     */
    syncSend(): Uint8Array;
    /**
     * Where a lot came from and went, through any number of facilities, ending where nothing is known here.
     *
     * # Errors
     * A field that can't be.
     */
    trace(of: LotInput, language: Language, now: Instant): Trace;
    /**
     * Verifies an object with everything that is held here; it isn't kept.
     *
     * # Errors
     * As [`super::super::Verifier::verify`].
     */
    verify(object: Bytes, now: Instant): Verdict;
}

/**
 * Puts the codes of an object together, scanned in any order and as often as they come.
 */
export class QrReader {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Takes one scanned text.
     *
     * # Errors
     * What isn't medlot's or is cut off; a part of another object; other content for a part already read.
     */
    add(text: string): QrProgress;
    /**
     * Nothing read yet.
     */
    constructor();
    /**
     * Forgets what was read.
     */
    startAgain(): void;
}

/**
 * A session of a party without a device: a national system or a carrier that keeps records in its own database. Say first
 * what is held ([`SyncSession::hold`] …), then, until [`SyncSession::is_done`] or the line is cut: hand what comes to
 * [`SyncSession::receive`], keep what [`SyncSession::came`] gives durably, send what [`SyncSession::send`] gives.
 */
export class SyncSession {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * What came since this was asked last. Keep it durably, then send.
     *
     * # Errors
     * The session couldn't begin.
     */
    came(): CameObject[];
    /**
     * Says that this object came before, couldn't be taken and waits.
     *
     * # Errors
     * The session has begun.
     */
    holdAside(object: Bytes): void;
    /**
     * Says what of the own log nobody was given yet: the body of a segment under its seal. It is offered once the peer
     * didn't say that this copy of the log is an old one, and handed out by [`SyncSession::came`]; else it stays here.
     *
     * # Errors
     * The session has begun.
     */
    holdBack(segment: Bytes): void;
    /**
     * Says that a log is held from its first record on, up to this count. Gives its id.
     *
     * # Errors
     * 4001: a log that can't be; the session has begun.
     */
    holdWhole(log: LogInput, count: number): string;
    /**
     * Says that this object is held: a bundle, a State's list, a fork proof.
     *
     * # Errors
     * The session has begun.
     */
    hold(object: Bytes): void;
    /**
     * Whether both sides gave all they had to give, and nothing waits to be sent.
     *
     * # Errors
     * The session couldn't begin.
     */
    isDone(): boolean;
    /**
     * Of a party that rests on this trust anchor: the bytes of a root object.
     *
     * # Errors
     * A number that can't be. What is no trust anchor is said when the session begins.
     */
    constructor(anchor: Bytes, party: SyncPartyInput);
    /**
     * What it came to, done or cut.
     *
     * # Errors
     * The session couldn't begin.
     */
    outcome(): SyncOutcome;
    /**
     * How far the session is.
     *
     * # Errors
     * The session couldn't begin.
     */
    progress(): SyncProgress;
    /**
     * Takes bytes that came, in any pieces.
     *
     * # Errors
     * What ends the session (2701 to 2709); what came before stays. At the first: what was held that can't be.
     */
    receive(bytes: Bytes): void;
    /**
     * The bytes to send now, about a megabyte at most. Call again until it is empty: then the peer is awaited.
     *
     * # Errors
     * 4012: something came that wasn't asked for with [`SyncSession::came`]; what ends the session.
     */
    send(): Uint8Array;
}

/**
 * Verifies bundles under one trust anchor, without a network, a device or a key; answers for every facility of which
 * something is kept. It is what a national system, an inspector or a page that only looks begins with.
 */
export class Verifier {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The stock card of a lot, or of each lot of a product: every movement and count, by time.
     *
     * # Errors
     * As of stock; a lot that never was there.
     */
    card(of: LotInput, offset: number, limit: number, now: Instant): Card;
    /**
     * What was found, by facility, number, product and lot: of one facility, or of all.
     *
     * # Errors
     * As of stock, where `all` isn't asked for.
     */
    findings(of: FindingsInput, offset: number, limit: number, language: Language, now: Instant): FindingPage;
    /**
     * Keeps what is known: news of authorities, State lists, what facilities hand in. Gives how many objects are kept. The
     * same bytes twice are kept once. What doesn't verify is kept too, adds nothing, and may come to count with the next.
     *
     * # Errors
     * Bytes that are none of medlot's objects.
     */
    keep(object: Bytes): number;
    /**
     * Begins with the trust anchor: the bytes of a root object.
     *
     * # Errors
     * Bytes that are no trust anchor.
     */
    constructor(anchor: Bytes);
    /**
     * From which opened units of a product to throw so many parts away: in the same order, but what is recalled,
     * expired or spoilt too, and no unit is opened for it. What is held back isn't among it.
     *
     * # Errors
     * As of pick; units instead of parts.
     */
    pickOpened(of: StockInput, quantity: string, now: Instant): Pick;
    /**
     * Which lots of a product to dispense so much from, units (`30`) or parts (`7/10 dose`): what expires first
     * goes first, nothing held, recalled, expired or spoilt. Parts come out of what is left of opened units, then
     * out of whole ones of the same lot.
     *
     * # Errors
     * As of stock; no product.
     */
    pick(of: StockInput, quantity: string, now: Instant): Pick;
    /**
     * A report: what a facility hands in or plans by.
     *
     * # Errors
     * As of stock; no first day; a period that ends before it begins.
     */
    report(of: ReportInput, offset: number, limit: number, language: Language, now: Instant): ReportView;
    /**
     * Stock of a facility (a device's own where `of` names none), by product and then by what is to be dispensed
     * first: rows from `offset` on, at most `limit`. Further pages of the same question cost only their rows.
     *
     * # Errors
     * No facility named, where there is no own one; a field that can't be; of a device, closed or synchronising.
     */
    stock(of: StockInput, offset: number, limit: number, language: Language, now: Instant): StockPage;
    /**
     * Where a lot came from and went, through any number of facilities, ending where nothing is known here.
     *
     * # Errors
     * A field that can't be.
     */
    trace(of: LotInput, language: Language, now: Instant): Trace;
    /**
     * Verifies an object with what is kept; it isn't kept itself. `now` in seconds since 1970, none where no clock is
     * set; `facility`: the own one, what is addressed to another is said.
     *
     * # Errors
     * 4001: `now` is before 2020 or behind 2156. What is wrong with the object is the answer.
     */
    verify(object: Bytes, now?: Instant | null, facility?: string | null): Verdict;
}

/**
 * So many people stand for a destruction: whoever destroys, and those who attest it. One for which fewer stand is a finding.
 */
export function destructionPeople(): number;

/**
 * The texts of an object, each for one QR code: one where it fits, else several that may be shown in any order, again and
 * again. `most_characters`: what a code may hold; what phones read well where absent.
 *
 * # Errors
 * Bytes that are no whole object of medlot's.
 */
export function qrTexts(object: Bytes, most_characters?: number | null): string[];

/**
 * Reads a log's file, `logs/….mlog`, as it was copied off a device: for support and inspectors. `offset` and `limit` choose
 * the records that are shown. One that is encrypted at rest isn't read.
 *
 * # Errors
 * Why the log is closed: 2601 no log, 2602 damaged before its end, 2603 records that don't follow those before, 2604
 * another layout or form, 2506 records lost that were offered for signing.
 *
 * ```
 * use medlot_sdk::api::read_log;
 * assert_eq!(read_log(b"something else".into(), 0, 100).unwrap_err().code(), 2601);
 * ```
 */
export function readLog(bytes: Bytes, offset: number, limit: number): LogView;

/**
 * Says what a record holds that stands, or would, at this place of its log. `log` is empty in the answer: a record alone
 * doesn't say whose it is, nor who vouches for it.
 *
 * # Errors
 * Bytes that are no record (2101 to 2107, or the number of what stands wrong in it); 2108: it can't stand at this place.
 *
 * ```
 * use medlot_sdk::api::read_record;
 * let bytes = [64, 40, 239, 12, 0, 0, 1, 4, 1, b'A', 0, 1, 0, 5]; // 5 units of local:A, sold
 * let record = read_record(bytes.into(), 50).unwrap();
 * assert_eq!((record.kind.as_str(), record.reason.as_deref(), record.quantity), ("movement", Some("retail"), Some(5)));
 * assert_eq!(read_record(bytes[..9].into(), 50).unwrap_err().code(), 2101);
 * ```
 */
export function readRecord(bytes: Bytes, index: number): RecordView;

/**
 * What went over a line of a synchronisation, for whoever looks why it fails: each message, text and noise in order, as JSON
 * (`spec/json/line.schema.json`). A message in no form ends it with the code of what is wrong.
 *
 * ```
 * use medlot_sdk::api::read_sync_line;
 * assert_eq!(read_sync_line(b"ready\n".into()), [r#"{"text":"72656164790a"}"#]);
 * ```
 */
export function readSyncLine(bytes: Bytes): string[];

/**
 * Reads one scan. `gs` is what the scanner sends for the GS1 separator where it can't send it, from its profile; `today`
 * places two-digit years.
 *
 * # Errors
 * 4001: `today` is no date. A code that can't be used is an answer ([`Scanned::Refused`]).
 *
 * ```
 * use medlot_sdk::api::{Scanned, scan};
 * let scanned = scan("01034009359558381727113010A21", None, "2026-11-23").unwrap();
 * let Scanned::Read { item, .. } = scanned else { panic!("{scanned:?}") };
 * assert_eq!((item.lot.as_deref(), item.expiry.as_deref()), (Some("A21"), Some("2027-11-30")));
 * ```
 */
export function scan(raw: string, gs: string | null | undefined, today: string): Scanned;

/**
 * Verifies a segment's body under a key that the caller vouches for, and hands out what is under its seal.
 *
 * # Errors
 * 2201 to 2210: what is wrong with the segment. 4001: a log that can't be.
 */
export function verifySegment(log: LogInput, body: Bytes): SealedSegment;

// common.d.ts
/** What is beside the module's own calls. */
export { MedlotError, type Kind, type Said } from "./error.js";
export { IdbStore, type KeptFile, type StoreOptions } from "./store.js";
export { WebCryptoSigner, type Suite } from "./signer.js";
export { MedlotWorker, type CallOptions, type Remote, type RemoteDevice, type RemoteOpenOptions, type SignerName, type WorkerOptions, } from "./client.js";
export { open, OpenDevice, type OpenOptions, type Signer, type Store } from "./open.js";
export type { SyncOptions } from "./sync.js";

// error.d.ts
/** How grave a failure is. */
export type Kind = "invalid" | "unknown" | "usage" | "refused";
/** What is said of a failure. */
export interface Said {
    /** What happened and what to do, in English. */
    message: string;
    /** The stable number of `spec/error-codes.md`. */
    code: number;
    /** The stable name of that number. */
    codeName: string;
    /** `invalid`: the bytes are wrong; `unknown`: what would decide isn't here; `usage`: an argument or the store; `refused`: a rule forbids it. */
    kind: Kind;
    /** What happened and what to do, for a pharmacist, in Vietnamese. */
    vietnamese: string;
    /** The field that it concerns, where it is one. */
    field: string | undefined;
}
/** The one error that medlot throws. */
export declare class MedlotError extends Error implements Said {
    readonly code: number;
    readonly codeName: string;
    readonly kind: Kind;
    readonly vietnamese: string;
    readonly field: string | undefined;
    constructor(said: Said, options?: ErrorOptions);
    /** Its fields as a plain object: what crosses from a worker, or goes into a log. */
    toJSON(): Said;
}
/** What the module or a worker threw, as a `MedlotError` where it says all that one says. */
export declare function understood(error: unknown): unknown;
declare const said: {
    readonly argument: readonly [4001, "usage", "Giá trị đã cho không hợp lệ: hãy xem giá trị được nêu tên rồi nhập lại."];
    readonly file: readonly [4002, "usage", "Không đọc hoặc không ghi được tệp: hãy xem lại đường dẫn, quyền và dung lượng còn trống."];
    readonly folder: readonly [4003, "usage", "Thư mục không phải của medlot, đang được dùng, hoặc bị hỏng: hãy chọn đúng thư mục, hoặc đóng chương trình đang dùng nó."];
    readonly unknown_here: readonly [4005, "unknown", "Ở đây chưa có dữ liệu để quyết định: hãy đồng bộ rồi thử lại."];
};
/** A failure found on this side of the module. */
export declare function failure(codeName: keyof typeof said, message: string, options?: ErrorOptions): MedlotError;
export {};

// store.d.ts
/** The files of one device, kept in IndexedDB. */
import type { StoredChange, StoredFile } from "./api.js";
/** A file as it is kept. */
export type KeptFile = Required<StoredFile>;
/** How a store is opened. */
export interface StoreOptions {
    /** Waits until no other tab has it, instead of failing. */
    wait?: boolean;
    /** Ends the waiting. */
    signal?: AbortSignal;
}
/**
 * Keeps the files of one device in IndexedDB, for one tab or worker at a time.
 *
 * What `apply` resolved for is on the disk; a tab that is killed on the way leaves all of a call's changes or none.
 */
export declare class IdbStore {
    #private;
    readonly device: string;
    private constructor();
    /** Opens the store of a device, empty at first; fails while another tab has it. */
    static open(device: string, options?: StoreOptions): Promise<IdbStore>;
    /** Every file, by name. */
    load(): Promise<KeptFile[]>;
    /**
     * Keeps all of the changes, in their order, or none; resolves when they are on the disk. `write` replaces a file, `append`
     * puts bytes at `at` and ends it there, `remove` forgets it.
     */
    apply(changes: readonly StoredChange[]): Promise<void>;
    /** Lets another tab have it; resolves when it may. */
    close(): Promise<void>;
    /** Deletes the store of a device, with all that it holds. */
    static remove(device: string): Promise<void>;
}

// signer.d.ts
/** How a key signs. */
export type Suite = "ed25519" | "p256";
/**
 * Signs with a key of WebCrypto that can't be exported: the browser holds it, IndexedDB keeps its handle.
 *
 * Whoever clears the site's data deletes it: the device is then enrolled anew.
 */
export declare class WebCryptoSigner {
    #private;
    readonly name: string;
    readonly suite: Suite;
    private constructor();
    /**
     * The key of this name; made where there is none. By default P-256, which every browser has.
     *
     * @throws MedlotError where there is a key of another suite, or the browser lacks the suite.
     */
    static open(name: string, { suite }?: {
        suite?: Suite;
    }): Promise<WebCryptoSigner>;
    /** Whether this browser has a suite. */
    static has(suite: Suite): Promise<boolean>;
    /** Deletes a key. */
    static remove(name: string): Promise<void>;
    /** 32 bytes of Ed25519, or 33 of P-256 (SEC1, compressed). */
    publicKey(): Uint8Array;
    /** 64 bytes: an Ed25519 signature, or r and s of ECDSA with SHA-256. */
    sign(bytes: Uint8Array): Promise<Uint8Array>;
}

// open.d.ts
/** A device at work whose files stand in a store: what a call wrote is durable before it is given out. */
import { Device } from "./api.js";
import type { Instant, JoinInput, StoredChange, SyncAnswer } from "./api.js";
import type { WebCryptoSigner } from "./signer.js";
import { type KeptFile, type StoreOptions } from "./store.js";
import { type SyncOptions } from "./sync.js";
/** What keeps a device's files: `IdbStore`, or another that does as it does. */
export interface Store {
    /** Every file. */
    load(): Promise<KeptFile[]>;
    /** Keeps all changes or none; resolves when they are durable. */
    apply(changes: readonly StoredChange[]): Promise<void>;
    /** Lets others have it. */
    close(): Promise<void>;
}
/** What signs for a device: `WebCryptoSigner`, or another that does as it does. */
export type Signer = Pick<WebCryptoSigner, "suite" | "publicKey" | "sign">;
/** How a device is opened. */
export interface OpenOptions extends StoreOptions {
    /** Where its files are kept; by default an `IdbStore` of the device's name. */
    store?: Store;
    /** What signs, where the key isn't kept with the files: the same one each time. */
    signer?: Signer;
    /** What signs once a renewal that was begun is enrolled: see `OpenDevice.renew`. */
    next?: Signer;
    /** 32 bytes, where the files are encrypted at rest. */
    storageKey?: Uint8Array;
    /** Begins the device, where the store is empty: an authority's invitation, and what the device says of itself. */
    join?: {
        invitation: Uint8Array;
    } & Omit<JoinInput, "suite" | "publicKey">;
    /** Now; by the clock of this machine where absent. */
    now?: Instant;
}
/** A device at work. */
export declare class OpenDevice {
    #private;
    /** The device: what only reads may be called on it directly. */
    readonly device: Device;
    /** @internal */
    constructor(device: Device, store: Store, ...signers: (Signer | undefined)[]);
    /**
     * Makes a call that writes, one after the other; what it gave is given when it is durable. Where it can't be made durable
     * the device ends: open it anew from what is stored; the call never happened.
     */
    write<T>(call: (device: Device) => T): Promise<T>;
    /** Seals what stands, by the signer or by the key that is kept with the files. Gives how many records are sealed. */
    seal(now?: Instant): Promise<number>;
    /**
     * Begins to go on with a new key. Gives the request for the authority; once its enrolment is accepted, the new log takes
     * over and this signer signs. Until then give it to `open` too, as `next`. Done again with the same signer, it goes on
     * where it was.
     */
    renew(signer: Signer, now?: Instant): Promise<Uint8Array>;
    /**
     * Synchronises with a server over `POST url`. While it runs, the device answers nothing else. Cut off or ended by its
     * signal it fails; what came stays, and the next one goes on where it was.
     */
    synchronise(url: string, options?: SyncOptions): Promise<SyncAnswer>;
    /** Ends it, after what is under way; the store is free for others from then on. */
    close(): Promise<void>;
}
/** Opens a device by its name, or begins it by an invitation. */
export declare function open(name: string, options?: OpenOptions): Promise<OpenDevice>;

// sync.d.ts
/** A synchronisation over `POST /v1/sync`: body and answer are a session's frames, one behind the other. */
import type { Instant, SyncAnswer, SyncInput, SyncProgress } from "./api.js";
import type { OpenDevice } from "./open.js";
/** How a device synchronises. */
export interface SyncOptions extends Omit<SyncInput, "clockUnset"> {
    /** Ends it: what came until then stays, and the next one goes on. */
    signal?: AbortSignal;
    /** Is told after each request how far it is. */
    progress?: (progress: SyncProgress) => void;
    /** Now; by the clock of this machine where absent. */
    now?: Instant;
}
/** Synchronises with a server; see `OpenDevice.synchronise`. */
export declare function synchronise(open: OpenDevice, url: string, options: SyncOptions): Promise<SyncAnswer>;

// client.d.ts
/** medlot in a worker, so that the page never waits for it. */
import type * as api from "./api.js";
import type { Device, Instant, SyncAnswer, SyncProgress } from "./api.js";
import { type Said } from "./error.js";
import type { OpenOptions } from "./open.js";
import type { Suite } from "./signer.js";
import type { SyncOptions } from "./sync.js";
type Api = typeof api;
type AnyFunction = (...args: never[]) => unknown;
type AnyClass = abstract new (...args: never[]) => unknown;
/** The names of the module's functions. */
export type FunctionName = {
    [K in keyof Api]: Api[K] extends AnyClass ? never : Api[K] extends AnyFunction ? K : never;
}[keyof Api];
/** The names of the module's classes. */
export type ClassName = {
    [K in keyof Api]: Api[K] extends AnyClass ? K : never;
}[keyof Api];
/** What a call answers, from the worker: objects of the module stay there. */
export type Answered<T> = Promise<Awaited<T> extends {
    free(): void;
} ? Remote<Awaited<T>> : Awaited<T>>;
/** An object of the module that lives in the worker: the same methods, answering by promises. `free` it after use. */
export type Remote<T> = {
    [K in keyof T & string]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Answered<R> : never;
};
/** A key of WebCrypto by its name: the worker opens it, since a key's handle needn't cross. */
export interface SignerName {
    /** Its name, as `WebCryptoSigner.open` takes it. */
    name: string;
    /** Its suite; by default P-256. */
    suite?: Suite;
}
/** How a device is opened in the worker. */
export interface RemoteOpenOptions extends Pick<OpenOptions, "storageKey" | "join" | "now" | "wait" | "signal"> {
    /** What signs, where the key isn't kept with the files: the same one each time. */
    signer?: SignerName;
    /** What signs once a renewal that was begun is enrolled. */
    next?: SignerName;
}
/** How a call is made. */
export interface CallOptions {
    /** Ends it where it hasn't begun: then it never happens, and fails with the signal's reason. */
    signal?: AbortSignal;
}
/** What of a device is the worker's own: it keeps what was written before it answers. */
type Kept = "changes" | "confirm" | "failed" | "prepareSeal" | "attachSeal" | "attachRenewal" | "seal" | "renew" | "close" | "free";
/**
 * A device at work in the worker: its calls by the same names and types, one after the other, each answered when what it
 * wrote is durable.
 */
export type RemoteDevice = Omit<Remote<Device>, Kept> & {
    /** Seals what stands, by the signer or by the key that is kept with the files. Gives how many records are sealed. */
    seal(now?: Instant): Promise<number>;
    /** Begins to go on with a new key: see `OpenDevice.renew`. */
    renew(signer: SignerName, now?: Instant): Promise<Uint8Array>;
    /** Synchronises with a server: see `OpenDevice.synchronise`. */
    synchronise(url: string, options?: SyncOptions): Promise<SyncAnswer>;
    /** The same device, whose calls are made so. */
    with(options: CallOptions): RemoteDevice;
    /** Ends it, after what is under way; its store is free for others from then on. */
    close(): Promise<void>;
};
/** What the page asks the worker. */
export type Asked = {
    id: number;
    what: "cancel";
} | {
    id: number;
    what: "open";
    name: string;
    options: Omit<RemoteOpenOptions, "signal">;
} | {
    id: number;
    what: "device";
    handle: number;
    method: string;
    args: unknown[];
} | {
    id: number;
    what: "init";
    module: unknown;
} | {
    id: number;
    what: "function";
    name: string;
    args: unknown[];
} | {
    id: number;
    what: "new";
    name: string;
    args: unknown[];
} | {
    id: number;
    what: "static";
    name: string;
    method: string;
    args: unknown[];
} | {
    id: number;
    what: "method";
    handle: number;
    method: string;
    args: unknown[];
};
/** What the worker answers. */
export type Reply = {
    id: number;
} & ({
    value: unknown;
} | {
    handle: number;
} | {
    error: Said;
} | {
    message: string;
} | {
    progress: SyncProgress;
} | {
    cancelled: true;
});
/** How a worker is started. */
export interface WorkerOptions {
    /** A worker that runs `medlot/worker`; by default one of `worker.js` beside this file. */
    worker?: Worker;
    /** Where the module is, or the module compiled. */
    module?: string | URL | BufferSource | WebAssembly.Module;
}
/** The module in a worker of its own. */
export declare class MedlotWorker {
    #private;
    private constructor();
    /** Starts a worker and loads the module in it. */
    static start({ worker, module }?: WorkerOptions): Promise<MedlotWorker>;
    /** Calls a function of the module. */
    call<K extends FunctionName>(name: K, ...args: Parameters<Api[K]>): Answered<ReturnType<Api[K]>>;
    /** Makes an object of the module: `await worker.make("Verifier", anchor)`. */
    make<K extends ClassName>(name: K, ...args: ConstructorParameters<Api[K]>): Promise<Remote<InstanceType<Api[K]>>>;
    /**
     * Opens a device in the worker, or begins it: its files in IndexedDB, its key there too or in WebCrypto. One tab or worker
     * at a time has it: another fails with 4003, or waits with `wait`.
     */
    open(name: string, { signal, ...options }?: RemoteOpenOptions): Promise<RemoteDevice>;
    /** Ends it: what is asked and not answered fails. */
    stop(): void;
}
export {};
