public interface CatalogueInterface
    fun byGtin(gtin: String): List<Drug>
    fun byRegistration(number: String): List<Drug>
    fun loadCsv(list: ByteArray): Loaded
    fun loadJson(page: ByteArray): Loaded
    fun save(): ByteArray
    fun search(words: String, offset: UInt, limit: UInt): DrugPage
    fun size(): UInt
open class Catalogue: Disposable, AutoCloseable, CatalogueInterface
    fun saved(bytes: ByteArray): Catalogue
public interface DeviceInterface
    fun destroy(destruction: DestructionInput, language: Language, now: Long): Destroyed
    fun card(of: LotInput, offset: UInt, limit: UInt, now: Long): Card
    fun check(pack: MovementInput, language: Language, now: Long): PackAnswer
    fun findings(of: FindingsInput, offset: UInt, limit: UInt, language: Language, now: Long): FindingPage
    fun movements(of: MovementsInput, offset: UInt, limit: UInt): MovementPage
    fun pick(of: StockInput, quantity: String, now: Long): Pick
    fun pickOpened(of: StockInput, quantity: String, now: Long): Pick
    fun report(of: ReportInput, offset: UInt, limit: UInt, language: Language, now: Long): ReportView
    fun stock(of: StockInput, offset: UInt, limit: UInt, language: Language, now: Long): StockPage
    fun trace(of: LotInput, language: Language, now: Long): Trace
    fun attachRenewal(log: String, signature: ByteArray, der: Boolean, now: Long): ByteArray
    fun publicKey(): ByteArray
    fun renew(key: RenewInput, now: Long): Renewal
    fun backup(withPrivate: Boolean, now: Long): ByteArray
    fun beginAgain(invitation: ByteArray, input: JoinInput, now: Long)
    fun changes(): List<StoredChange>
    fun confirm()
    fun failed()
    fun syncBegin(with: SyncInput, now: Long)
    fun syncFinish(now: Long): SyncAnswer
    fun syncIsDone(): Boolean
    fun syncProgress(): SyncProgress
    fun syncReceive(bytes: ByteArray)
    fun syncSend(): ByteArray
    fun accept(object: ByteArray, now: Long): Accepted
    fun attachSeal(count: UInt, signature: ByteArray, der: Boolean, now: Long)
    fun attest(record: String, capacity: String, refused: Boolean, note: NoteInput, now: Long): Written
    fun bundle(first: UInt, lines: UInt): ByteArray
    fun countBegin(plan: CountInput, now: Long): Written
    fun countEnd(begin: UInt?, restIsZero: Boolean, operator: String?, now: Long): Written
    fun countLine(begin: UInt?, line: MovementInput, now: Long): Written
    fun extract(first: UInt): ByteArray
    fun handOver(handover: HandoverInput, anyway: Boolean, language: Language, now: Long): Handover
    fun keySuite(): KeySuite
    fun prepareSeal(now: Long): ToSign?
    fun receive(bundle: ByteArray, found: ReceiveInput, now: Long): Written
    fun record(direction: Direction, movement: MovementInput, anyway: Boolean, language: Language, now: Long): Written
    fun recordAll(direction: Direction, movements: List<MovementInput>, anyway: Boolean, language: Language, now: Long): WrittenAll
    fun request(): ByteArray
    fun reverse(record: String, total: UInt?, note: NoteInput, language: Language, now: Long): Written
    fun seal(now: Long): UInt
    fun status(): StatusView
    fun verify(object: ByteArray, now: Long): Verdict
open class Device: Disposable, AutoCloseable, DeviceInterface
    fun join(invitation: ByteArray, input: JoinInput, storageKey: ByteArray?, now: Long): Device
    fun joinFolder(path: String, invitation: ByteArray, input: JoinInput, storageKey: ByteArray?, now: Long): Device
    fun open(files: List<StoredFile>, storageKey: ByteArray?, now: Long): Device
    fun openFolder(path: String, storageKey: ByteArray?, now: Long): Device
    fun restore(backup: ByteArray, storageKey: ByteArray?, now: Long): Device
    fun restoreFolder(path: String, backup: ByteArray, storageKey: ByteArray?, now: Long): Device
public interface QrReaderInterface
    fun add(text: String): QrProgress
    fun startAgain()
open class QrReader: Disposable, AutoCloseable, QrReaderInterface
public interface SyncSessionInterface
    fun came(): List<CameObject>
    fun hold(object: ByteArray)
    fun holdAside(object: ByteArray)
    fun holdBack(segment: ByteArray)
    fun holdWhole(log: LogInput, count: UInt): String
    fun isDone(): Boolean
    fun outcome(): SyncOutcome
    fun progress(): SyncProgress
    fun receive(bytes: ByteArray)
    fun send(): ByteArray
open class SyncSession: Disposable, AutoCloseable, SyncSessionInterface
    constructor(anchor: ByteArray, party: SyncPartyInput)
public interface VerifierInterface
    fun card(of: LotInput, offset: UInt, limit: UInt, now: Long): Card
    fun findings(of: FindingsInput, offset: UInt, limit: UInt, language: Language, now: Long): FindingPage
    fun keep(object: ByteArray): UInt
    fun pick(of: StockInput, quantity: String, now: Long): Pick
    fun pickOpened(of: StockInput, quantity: String, now: Long): Pick
    fun report(of: ReportInput, offset: UInt, limit: UInt, language: Language, now: Long): ReportView
    fun stock(of: StockInput, offset: UInt, limit: UInt, language: Language, now: Long): StockPage
    fun trace(of: LotInput, language: Language, now: Long): Trace
    fun verify(object: ByteArray, now: Long?, facility: String?): Verdict
open class Verifier: Disposable, AutoCloseable, VerifierInterface
    constructor(anchor: ByteArray)
data class Accepted
    val objects: List<Taken>
    val enrolled: Boolean
data class AiValue
    val ai: String
    val value: String
data class Amount
    val value: Long
    val taxIncluded: Boolean
data class AskFor
    val log: String
    val index: UInt?
data class CameObject
    val object: ByteArray
    val whole: LogInput?
    val count: UInt
    val aside: Reason?
data class Card
    val total: UInt
    val rows: List<CardRow>
data class CardRow
    val record: RecordView
    val bucket: String
    val time: String
    val change: Long
    val balance: Long
data class CountInput
    val store: String? = null
    val funds: List<String> = listOf()
    val products: List<String> = listOf()
    val blind: Boolean = false
    val document: String? = null
    val operator: String? = null
data class Destroyed
    val log: String
    val first: UInt
    val count: UInt
    val record: String
    val people: UInt
    val missing: UInt
    val unsealed: UInt
data class DestructionInput
    val minutes: String = ""
    val operator: String = ""
    val witnesses: List<String> = listOf()
    val lines: List<MovementInput> = listOf()
data class Document
    val kind: String
    val number: String
data class Drug
    val id: String
    val name: String
    val registrationNumber: String?
    val oldRegistrationNumber: String?
    val activeIngredient: String?
    val strength: String?
    val dosageForm: String?
    val drugGroupId: String?
    val routes: List<String>
    val prescriptionStatus: UInt?
    val specialControlType: UInt?
    val packagings: List<Packaging>
    val packaging: String?
    val smallestUnit: String?
    val manufacturerId: String?
    val manufacturer: String?
    val manufacturerCountry: String?
    val manufacturerAddress: String?
    val registrant: String?
    val approvalDate: String?
    val expiryDate: String?
    val lastUpdateTime: String?
data class DrugPage
    val total: UInt
    val rows: List<Drug>
data class Edge
    val record: RecordAt
    val from: String
    val to: String
    val product: ProductName?
    val lot: String?
    val quantity: UInt
    val received: UInt
    val madeFrom: LotRef?
data class FacilityEntry
    val code: String?
    val codeType: String?
    val gln: String?
    val kind: String?
    val name: String
    val province: String?
data class FacilityPage
    val total: UInt
    val rows: List<FacilityEntry>
data class Fault
    val code: UShort
    val name: String
    val message: String
    val vietnamese: String
    val records: List<RecordAt>
data class FindingDetail
    val amount: Long?
    val other: String?
    val sent: UInt?
    val received: Long?
    val refused: Long?
    val back: Long?
    val missing: Long?
    val value: ShipmentValue?
    val log: String?
    val count: UInt?
    val missingRecords: List<Places>
data class FindingPage
    val total: UInt
    val rows: List<FindingView>
data class FindingView
    val code: UShort
    val name: String
    val message: String
    val records: List<RecordAt>
    val facility: String?
    val product: ProductName?
    val lot: String?
    val detail: FindingDetail
data class FindingsInput
    val facility: String? = null
    val all: Boolean = false
    val answerDays: UShort? = null
    val controlled: List<String> = listOf()
data class GotLine
    val line: UInt = 0U
    val quantity: String = ""
data class GroupOf
    val lines: UShort?
    val back: UInt?
data class Handover
    val first: UInt
    val lines: UInt
    val bundle: ByteArray?
data class HandoverInput
    val to: String = ""
    val reason: String? = null
    val documents: List<String> = listOf()
    val lines: List<MovementInput> = listOf()
    val operator: String? = null
    val showDetail: Boolean = false
data class Incomplete
    val code: UShort
    val name: String
    val message: String
    val log: String
    val records: UInt
    val askFor: AskFor
data class JoinInput
    val facility: String? = null
    val label: String? = null
    val suite: KeySuite? = null
    val publicKey: ByteArray? = null
data class Loaded
    val added: UInt
    val changed: UInt
    val unchanged: UInt
    val refused: List<RefusedRow>
    val leftOut: List<RefusedRow>
data class LogInput
    val parent: String = ""
    val suite: KeySuite? = null
    val key: ByteArray = byteArrayOf()
    val facility: String = ""
data class LogView
    val log: String
    val parent: String
    val suite: KeySuite
    val key: ByteArray
    val facility: String
    val count: UInt
    val records: List<RecordView>
    val head: String
    val seals: List<UInt>
    val unsealed: UInt
    val mark: UInt?
    val end: UInt
    val dropped: UInt
data class LotInput
    val facility: String? = null
    val product: String = ""
    val lot: String? = null
data class LotRef
    val product: ProductName?
    val lot: String?
data class MovementInput
    val scan: ScanInput? = null
    val product: String? = null
    val lot: String? = null
    val expiry: String? = null
    val serial: String? = null
    val quantity: String? = null
    val reason: String? = null
    val store: String? = null
    val toStore: String? = null
    val from: String? = null
    val to: String? = null
    val fund: String? = null
    val toFund: String? = null
    val vvm: UByte? = null
    val toVvm: UByte? = null
    val counterparty: String? = null
    val documents: List<String> = listOf()
    val amount: ULong? = null
    val taxIncluded: Boolean = false
    val operator: String? = null
    val madeOn: String? = null
    val logisticUnit: String? = null
    val localReason: String? = null
    val effectiveAt: String? = null
data class MovementPage
    val total: UInt
    val rows: List<RecordView>
data class MovementsInput
    val kinds: List<String> = listOf()
    val direction: Direction? = null
    val reason: String? = null
    val facility: String? = null
data class Node
    val facility: String
    val known: Boolean
data class NoteInput
    val operator: String? = null
    val document: String? = null
    val localReason: String? = null
data class PackAnswer
    val usable: Boolean
    val stops: List<Stop>
    val lastUsable: String?
    val expiryNotice: String?
    val propose: List<PickLine>
data class Packaging
    val unitId: String?
    val unitName: String?
    val gtin: String?
data class PartsOf
    val count: Long
    val perUnit: UShort
    val measure: String
    val available: Long
    val hold: Long
    val recalled: Long
    val expired: Long
data class Pick
    val lines: List<PickLine>
    val missing: UInt
    val lacks: String
data class PickLine
    val product: ProductName?
    val lot: String?
    val expiry: String?
    val expiryWholeMonth: Boolean
    val store: String?
    val fund: String?
    val vvm: UByte?
    val take: String
    val quantity: UInt?
    val parts: UInt?
    val partsPerUnit: UShort?
    val measure: String?
data class Places
    val first: UInt
    val last: UInt
data class ProductName
    val scheme: String
    val value: String
data class QrProgress
    val have: UInt
    val of: UInt
    val again: Boolean
    val object: ByteArray?
data class ReadItem
    val gtin: String?
    val lot: String?
    val expiry: String?
    val expiryWholeMonth: Boolean
    val serial: String?
    val elements: List<AiValue>
    val system: String?
    val repairs: List<String>
    val warnings: List<String>
    val incomplete: List<String>
data class Reason
    val code: UShort
    val name: String
    val message: String
    val vietnamese: String
    val askFor: AskFor?
    val since: String?
data class RecallView
    val class: UByte
    val notice: String
    val record: RecordAt
data class ReceiveInput
    val got: List<GotLine> = listOf()
    val refused: List<RefusedLine> = listOf()
    val vvm: List<SeenStage> = listOf()
    val reason: String? = null
    val document: String? = null
    val operator: String? = null
    val despiteWarnings: Boolean = false
data class RecordAt
    val log: String
    val index: UInt
data class RecordView
    val log: String
    val index: UInt
    val id: String?
    val kind: String
    val facility: String?
    val recordedAt: String?
    val effectiveAt: String?
    val direction: String?
    val reason: String?
    val product: ProductName?
    val lot: String?
    val expiry: String?
    val expiryWholeMonth: Boolean?
    val serial: String?
    val quantity: UInt?
    val parts: UInt?
    val partsPerUnit: UShort?
    val measure: String?
    val store: String?
    val fund: String?
    val vvm: UByte?
    val from: String?
    val to: String?
    val toStore: String?
    val counterparty: String?
    val sent: Boolean
    val answers: Reference?
    val reverses: Reference?
    val total: UInt?
    val group: GroupOf?
    val attests: Reference?
    val capacity: String?
    val refused: Boolean
    val documents: List<Document>
    val amount: Amount?
    val operator: String?
    val counts: String?
    val unsealed: Boolean
    val why: Reason?
data class Reference
    val log: String?
    val index: UInt
    val id: String?
data class RefusedLine
    val line: UInt = 0U
    val quantity: String = ""
    val reason: String = ""
data class RefusedRow
    val row: UInt
    val field: String
    val limit: String
    val value: String
data class RenewInput
    val suite: KeySuite? = null
    val publicKey: ByteArray? = null
data class Renewal
    val log: String
    val toSign: ToSign?
    val request: ByteArray?
data class ReportInput
    val report: ReportName? = null
    val facility: String? = null
    val from: String? = null
    val until: String? = null
    val half: String? = null
    val store: String? = null
    val fund: String? = null
    val products: List<String> = listOf()
    val controlled: List<String> = listOf()
    val withinDays: UShort? = null
    val sent: String? = null
data class ReportRow
    val cells: List<String>
data class ReportView
    val report: String
    val facility: String
    val from: String
    val until: String
    val provisional: Boolean
    val columns: List<String>
    val total: UInt
    val rows: List<ReportRow>
    val incomplete: List<Incomplete>
    val json: String
data class ScanInput
    val raw: String = ""
    val gs: String? = null
    val today: String = ""
    val pick: UInt? = null
data class SealedRecord
    val bytes: ByteArray
    val record: RecordView
data class SealedSegment
    val log: String
    val index: UInt
    val head: String
    val records: List<SealedRecord>
data class SeenLog
    val log: String
    val count: UInt
    val head: String
data class SeenStage
    val line: UInt = 0U
    val vvm: UByte = 0U
data class SetAside
    val why: Reason
    val waits: Boolean
data class ShipmentValue
    val sent: Long
    val received: Long
data class StatusView
    val log: String
    val facility: String
    val enrolled: Boolean
    val records: UInt
    val unsealed: UInt
    val readOnly: Reason?
    val dropped: UInt
data class StockInput
    val facility: String? = null
    val store: String? = null
    val product: String? = null
    val lot: String? = null
    val today: String? = null
    val until: String? = null
    val emptyToo: Boolean = false
data class StockPage
    val total: UInt
    val rows: List<StockView>
    val incomplete: List<Incomplete>
data class StockView
    val facility: String
    val store: String?
    val product: ProductName?
    val lot: String?
    val expiry: String?
    val expiryWholeMonth: Boolean
    val expiryNotice: String?
    val fund: String?
    val vvm: UByte?
    val onHand: Long
    val available: Long
    val hold: Long
    val recalled: Long
    val expired: Long
    val inTransitIn: Long
    val inTransitOut: Long
    val refusedIn: Long
    val refusedOut: Long
    val parts: List<PartsOf>
    val recalls: List<RecallView>
data class Stop
    val name: String
    val message: String
data class StoredFile
    val name: String = ""
    val bytes: ByteArray = byteArrayOf()
data class SyncAnswer
    val done: Boolean
    val sent: WentOver
    val stored: WentOver
    val aside: List<SetAside>
    val forks: List<String>
    val standing: String
    val unsealed: UInt
data class SyncInput
    val carry: List<String> = listOf()
    val give: List<String> = listOf()
    val clockUnset: Boolean = false
data class SyncOutcome
    val standing: String
    val acknowledged: UInt
    val observes: List<SeenLog>
    val clockAhead: Long?
    val aside: List<SetAside>
    val forks: List<String>
data class SyncPartyInput
    val facilities: List<String> = listOf()
    val log: String? = null
    val clock: Long? = null
    val message: UInt? = null
    val piece: UInt? = null
    val window: UInt? = null
data class SyncProgress
    val sent: WentOver
    val stored: WentOver
    val aside: UInt
    val done: Boolean
data class Taken
    val taken: Boolean
    val why: Reason?
    val waits: Boolean
data class ToSign
    val count: UInt
    val bytes: ByteArray
data class Trace
    val nodes: List<Node>
    val edges: List<Edge>
    val incomplete: List<Incomplete>
data class Verdict
    val verdict: VerdictKind
    val current: String
    val reasons: List<Reason>
    val findings: List<Fault>
    val root: String
    val records: List<RecordView>
data class WentOver
    val pieces: UInt
    val bytes: Long
data class Written
    val log: String
    val first: UInt
    val records: List<RecordView>
    val unsealed: UInt
    val note: String?
data class WrittenAll
    val log: String
    val first: UInt
    val count: UInt
    val unsealed: UInt
enum class Direction
    IN
    OUT
    MOVE
sealed class Failure: Exception()
    class Invalid
        val code: UShort
        val name: String
        val english: String
        val vietnamese: String
        val field: String?
    class Unknown
        val code: UShort
        val name: String
        val english: String
        val vietnamese: String
        val field: String?
    class Usage
        val code: UShort
        val name: String
        val english: String
        val vietnamese: String
        val field: String?
    class Refused
        val code: UShort
        val name: String
        val english: String
        val vietnamese: String
        val field: String?
enum class KeySuite
enum class Language
    VI
    EN
enum class ReportName
    TURNOVER
    PRODUCTS
    REGISTER
    HALF_YEAR
    CORRECTION
    USAGE
    STOCK_OUTS
    AT_RISK
    DELIVERIES
sealed class Scanned
    data class Read
        val item: ReadItem
        val alternatives: List<ReadItem>
    data class Confirm
        val candidates: List<ReadItem>
    data class Foreign
        val system: String
        val text: String
        val product: String?
        val gtin: String?
        val lot: String?
        val serial: String?
        val expiry: String?
    data class Refused
        val code: UShort
        val name: String
        val english: String
        val vietnamese: String
        val position: UInt
sealed class StoredChange
    data class Write
        val name: String
        val bytes: ByteArray
    data class Append
        val name: String
        val at: UInt
        val bytes: ByteArray
    data class Remove
        val name: String
enum class VerdictKind
    VALID
    INVALID
    UNKNOWN
    fun qrTexts(object: ByteArray, mostCharacters: UInt?): List<String>
    fun destructionPeople(): UInt
    fun readLog(bytes: ByteArray, offset: UInt, limit: UInt): LogView
    fun readRecord(bytes: ByteArray, index: UInt): RecordView
    fun verifySegment(log: LogInput, body: ByteArray): SealedSegment
    fun scan(raw: String, gs: String?, today: String): Scanned
    fun readSyncLine(bytes: ByteArray): List<String>
