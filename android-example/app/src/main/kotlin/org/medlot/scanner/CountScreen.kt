package org.medlot.scanner

import android.app.AlertDialog
import android.os.Bundle
import android.widget.LinearLayout
import org.json.JSONArray
import org.json.JSONObject
import org.medlot.CountInput
import org.medlot.LotInput
import org.medlot.ReadItem
import org.medlot.StockInput
import org.medlot.StockView

/**
 * Counts a store, while stock goes on moving: a line says what stood there, and later movements add up. What is left in
 * opened units has a line of its own.
 */
class CountScreen : Screen() {
    private lateinit var draft: Draft
    private var rows: List<StockView> = emptyList()
    private var restIsZero = false

    override val title = R.string.count

    private val said: JSONObject get() = draft.fields
    private val begin: UInt? get() = if (said.has(BEGIN)) said.getInt(BEGIN).toUInt() else null
    private val pending: JSONObject? get() = said.optJSONObject(PENDING)
    private val counted: List<JSONObject> get() = said.optJSONArray(COUNTED).objects()

    override fun onCreate(state: Bundle?) {
        draft = book.draft(DRAFT)
        super.onCreate(state)
        ask({ book.draft(DRAFT) }) {
            draft = it
            if (draft.written != null) written()
            look()
        }
    }

    override fun onPause() {
        if (!draft.isEmpty) draft.save()
        super.onPause()
    }

    /** A step is in the log: the next may begin. */
    private fun written() {
        val at = draft.written ?: return
        when (said.text(STEP)) {
            BEGIN -> draft.next { put(BEGIN, at) }

            END -> draft.clear()

            else -> draft.next {
                val line = pending?.nextLine() ?: return@next
                val all = optJSONArray(COUNTED) ?: JSONArray().also { put(COUNTED, it) }
                all.put(line)
                if (line.has(OPENED) || pending?.text(OPENED) == null) remove(PENDING) else pending?.put(WHOLE_IS_WRITTEN, true)
            }
        }
    }

    private fun look() {
        val of = StockInput(store = said.text(STORE) ?: "main", emptyToo = true)
        ask({ it.stock(of, 0u, MOST, language, book.now).rows }) {
            rows = it
            redraw()
        }
    }

    override fun onNews() = look()

    override fun onPack(item: ReadItem) {
        if (begin == null) return tell(getString(R.string.begin_count_first), bad = true)
        val typed = pending?.takeIf { it.text(QUANTITY) != null || it.text(OPENED) != null }
        if (typed != null) return tell(getString(R.string.write_line_first, inWords(Spot(typed).pack)), bad = true)
        val pack = Pack.of(item).copy(serial = null)
        val spots = known().map { Spot(pack, it) to it }.filter { (spot, row) -> spot.isOf(row) }.map { it.first }.distinct()
        if (spots.size < 2) return begin(spots.firstOrNull() ?: Spot(pack))
        AlertDialog.Builder(this)
            .setTitle(R.string.which_of_them)
            .setItems(spots.map { inWords(it) }.toTypedArray()) { _, which -> begin(spots[which]) }
            .setNegativeButton(R.string.cancel, null)
            .show()
    }

    /** Once a lot has a line the book follows it. */
    private fun saysBook(spot: Spot, lots: Set<LotInput> = lotsCounted()): Boolean =
        !said.optBoolean(BLIND) && spot.pack.lotInput() !in lots

    private fun inWords(spot: Spot): String {
        val vvm = spot.vvm?.let { getString(R.string.vvm_is, it) }
        val kind = listOfNotNull(spot.fund, vvm).joinToString(" · ")
        return listOf(inWords(spot.pack), kind).filter { it.isNotEmpty() }.joinToString("\n")
    }

    /** Begins a line; of opened units it takes what the book says that they consist of. */
    private fun begin(spot: Spot) {
        val parts = here(spot).firstNotNullOfOrNull { row -> row.parts.firstOrNull { it.hold == 0L } }
        draft.change {
            val line = spot.toJson()
            // In a blind count that some are opened isn't said either.
            parts?.run { line.putParts("$perUnit", measure).put(ASKS_OPENED, !said.optBoolean(BLIND)) }
            put(PENDING, line)
        }
        redraw()
    }

    private fun here(spot: Spot) = rows.filter(spot::isOf)

    private fun lotsCounted(): Set<LotInput> = counted.map { Spot(it).pack.lotInput() }.toSet()

    private fun stands(row: StockView) = row.onHand != 0L || row.parts.any { it.count != 0L }

    /** What stands here, and what stood here before its lot had a line: that sets to 0 what else there is of the lot. */
    private fun known(): List<StockView> {
        val before = said.optJSONArray(BESIDE).objects().map { Spot(it).key() }.toSet()
        return rows.filter { row -> stands(row) || Spot(Pack.of(row), row).key() in before }
    }

    /** Notes what stands of a lot before its first line is written. */
    private fun noteBeside(spot: Spot) {
        val lot = spot.pack.lotInput()
        if (lot in lotsCounted()) return
        draft.change {
            val all = optJSONArray(BESIDE) ?: JSONArray().also { put(BESIDE, it) }
            rows.filter { stands(it) && Pack.of(it).lotInput() == lot }.forEach { all.put(Spot(Pack.of(it), it).toJson()) }
        }
    }

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        if (begin == null) return drawBeginning(body, bar)
        val pending = pending
        if (pending != null) drawLine(body, bar, pending) else drawCount(body, bar)
    }

    private fun drawBeginning(body: LinearLayout, bar: LinearLayout) {
        body.field(getString(R.string.store_or_main), said.optString(STORE), CODE) { said.put(STORE, it) }
        body.tick(getString(R.string.blind), said.optBoolean(BLIND)) { said.put(BLIND, it) }
        bar.button(getString(R.string.begin_count), main = true) {
            step(BEGIN) {
                val plan = CountInput(store = said.text(STORE), blind = said.optBoolean(BLIND))
                book.once(draft, 1) { it.countBegin(plan, book.now) }
            }
        }
    }

    private fun drawLine(body: LinearLayout, bar: LinearLayout, line: JSONObject) {
        val spot = Spot(line)
        body.words(inWords(spot), large = true)
        if (saysBook(spot)) {
            val here = here(spot)
            body.words(getString(R.string.book_says, here.sumOf { it.onHand }))
            here.flatMap { it.parts }.filter { it.hold == 0L }.forEach {
                body.words(getString(R.string.opened, it.count, it.perUnit.toInt()))
            }
        }
        // Killed between the two lines of a lot, only what is left in opened ones remains to be written.
        if (line.optBoolean(WHOLE_IS_WRITTEN)) {
            body.words(getString(R.string.stands_there_is, line.optString(QUANTITY)))
        } else {
            body.field(getString(R.string.stands_there), line.optString(QUANTITY), NUMBER) { line.put(QUANTITY, it) }
        }
        if (line.optBoolean(ASKS_OPENED)) {
            body.field(getString(R.string.left_in_opened), line.optString(OPENED), NUMBER) { line.put(OPENED, it) }
            body.partsOf(line)
        } else {
            body.button(getString(R.string.opened_too)) {
                line.put(ASKS_OPENED, true)
                redraw()
            }
        }
        bar.put(
            bar.context.row {
                button(getString(R.string.cancel), weight = 1f) {
                    draft.change { remove(PENDING) }
                    redraw()
                }
                button(getString(R.string.counted), main = true, weight = 1f) { check(spot) }
            }
        )
    }

    /** The next line of the log: of whole units, then of what is left in opened ones; null: both are there. */
    private fun JSONObject.nextLine(): JSONObject? {
        val opened = text(OPENED)
        val whole = text(QUANTITY) ?: "0".takeIf { opened == null }
        val line = Spot(this).toJson()
        return when {
            whole != null && !optBoolean(WHOLE_IS_WRITTEN) -> line.put(QUANTITY, whole)
            opened != null -> line.put(OPENED, opened).putParts(this)
            else -> null
        }
    }

    private fun inWords(line: JSONObject): String {
        val opened = line.text(OPENED) ?: return getString(R.string.stands_there_is, line.optString(QUANTITY))
        return getString(R.string.opened, opened.toLong(), line.perUnit()?.toInt())
    }

    private fun check(spot: Spot) {
        val line = pending ?: return
        if (line.text(OPENED) != null && line.perUnit() == null) return tell(getString(R.string.per_unit_missing), bad = true)
        val before = counted.filter { Spot(it) == spot }
        if (before.isEmpty() || line.optBoolean(WHOLE_IS_WRITTEN)) return save(spot)
        val said = before.joinToString(" + ") { it.text(OPENED)?.plus("/${it.perUnit()}") ?: it.optString(QUANTITY) }
        sure(getString(R.string.counted_already, said), R.string.counted) { save(spot) }
    }

    /** Writes one line or two: both add up. */
    private fun save(spot: Spot) = writing {
        noteBeside(spot)
        while (true) {
            val line = pending?.nextLine() ?: break
            val quantity = line.text(OPENED)?.let(line::quantityOf) ?: line.optString(QUANTITY)
            take(PENDING) { book.once(draft, 1) { it.countLine(begin, spot.line(quantity), book.now) } }
            redraw()
        }
        draft.change { remove(PENDING) }
        look()
    }

    private fun drawCount(body: LinearLayout, bar: LinearLayout) {
        body.words(getString(R.string.scan_to_count), large = true)
        counted.groupBy(::Spot).entries.reversed().forEach { (spot, lines) ->
            body.card {
                words(inWords(spot))
                lines.forEach { words(inWords(it)) }
            }
        }
        val left = missing()
        if (left.isNotEmpty()) {
            body.heading(getString(R.string.not_counted))
            val lots = lotsCounted()
            left.take(SHOWN).forEach { row ->
                val spot = Spot(Pack.of(row), row)
                body.card({ begin(spot) }) {
                    words(inWords(spot))
                    if (saysBook(spot, lots)) words(getString(R.string.book_says, row.onHand), soft = true)
                }
            }
            body.tick(getString(R.string.rest_is_zero), restIsZero) { restIsZero = it }
        }
        bar.button(getString(R.string.end_count), main = true) {
            val rest = restIsZero
            step(END) { book.once(draft, 1) { it.countEnd(begin, rest, null, book.now) } }
        }
    }

    /** What should be there and has no line yet. */
    private fun missing(): List<StockView> {
        val done = counted.map(::Spot)
        return known().filter { row -> done.none { it.isOf(row) } }
    }

    private fun step(name: String, work: suspend () -> Unit) = writing {
        take(name, work)
        if (name == END) {
            book.seal()
            tell(getString(R.string.count_ended))
        }
        look()
    }

    private suspend fun take(step: String, work: suspend () -> Unit) {
        draft.change { put(STEP, step) }
        work()
        written()
    }

    /** What a line counts: of a lot, what one fund paid for, and vials at one stage. */
    private data class Spot(val pack: Pack, val fund: String? = null, val vvm: Int? = null) {
        constructor(pack: Pack, row: StockView) : this(pack, row.fund, row.vvm?.toInt())

        constructor(line: JSONObject) : this(Pack.of(line.getJSONObject(PACK)), line.text(FUND), line.text(VVM)?.toInt())

        fun toJson(): JSONObject = JSONObject().put(PACK, pack.toJson()).put(FUND, fund).put(VVM, vvm)

        /** What tells it from others, however its expiry is read. */
        fun key() = Triple(pack.lotInput(), fund, vvm)

        fun isOf(row: StockView) = row.lot == pack.lot && row.product?.value == pack.name?.value &&
            row.fund == fund && row.vvm?.toInt() == vvm

        fun line(quantity: String) = pack.line(quantity).copy(lot = pack.lot ?: "none", fund = fund, vvm = vvm?.toUByte())
    }

    private companion object {
        const val DRAFT = "count"
        const val STEP = "step"
        const val BEGIN = "begin"
        const val PENDING = "pending"
        const val END = "end"
        const val STORE = "store"
        const val BLIND = "blind"
        const val COUNTED = "counted"
        const val BESIDE = "beside"
        const val PACK = "pack"
        const val FUND = "fund"
        const val VVM = "vvm"
        const val QUANTITY = "quantity"
        const val OPENED = "opened"
        const val ASKS_OPENED = "asks_opened"
        const val WHOLE_IS_WRITTEN = "whole_is_written"
        const val MOST = 100_000u
        const val SHOWN = 100
    }
}
