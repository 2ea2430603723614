package org.medlot.scanner

import android.os.Bundle
import android.widget.LinearLayout
import org.json.JSONArray
import org.json.JSONObject
import org.medlot.CountInput
import org.medlot.ReadItem
import org.medlot.StockInput
import org.medlot.StockView

/** Counts a store, while stock goes on moving: a line says what stood there, and later movements add up. */
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
                val all = optJSONArray(COUNTED) ?: JSONArray().also { put(COUNTED, it) }
                pending?.let(all::put)
                remove(PENDING)
            }
        }
    }

    private fun look() {
        val of = StockInput(store = said.text(STORE) ?: "main")
        ask({ it.stock(of, 0u, MOST, language, book.now).rows }) {
            rows = it
            redraw()
        }
    }

    override fun onNews() = look()

    override fun onPack(item: ReadItem) {
        if (begin == null) return tell(getString(R.string.begin_count_first), bad = true)
        draft.change { put(PENDING, JSONObject().put(PACK, Pack.of(item).copy(serial = null).toJson())) }
        redraw()
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
        val pack = Pack.of(line.getJSONObject(PACK))
        body.words(inWords(pack), large = true)
        val here = rows.filter { it.lot == pack.lot && it.product?.value == pack.name?.value }
        if (!said.optBoolean(BLIND)) body.words(getString(R.string.book_says, here.sumOf { it.onHand }))
        body.field(getString(R.string.stands_there), line.optString(QUANTITY), NUMBER) { line.put(QUANTITY, it) }
        bar.put(
            bar.context.row {
                button(getString(R.string.cancel), weight = 1f) {
                    draft.change { remove(PENDING) }
                    redraw()
                }
                button(getString(R.string.counted), main = true, weight = 1f) { checkTwice(pack) }
            }
        )
    }

    private fun checkTwice(pack: Pack) {
        val before = counted.lastOrNull { Pack.of(it.getJSONObject(PACK)) == pack }
        if (before == null) return save(pack)
        sure(getString(R.string.counted_already, before.optString(QUANTITY)), R.string.counted) { save(pack) }
    }

    private fun save(pack: Pack) = step(PENDING) {
        val line = pack.line(pending?.text(QUANTITY) ?: "0").copy(lot = pack.lot ?: "none")
        book.once(draft, 1) { it.countLine(begin, line, book.now) }
    }

    private fun drawCount(body: LinearLayout, bar: LinearLayout) {
        body.words(getString(R.string.scan_to_count), large = true)
        counted.reversed().forEach { line ->
            body.card {
                words(inWords(Pack.of(line.getJSONObject(PACK))))
                words(getString(R.string.stands_there_is, line.optString(QUANTITY)))
            }
        }
        val left = missing()
        if (left.isNotEmpty()) {
            body.heading(getString(R.string.not_counted))
            left.take(SHOWN).forEach { row ->
                body.card({
                    draft.change { put(PENDING, JSONObject().put(PACK, Pack.of(row).toJson())) }
                    redraw()
                }) {
                    words(inWords(Pack.of(row)))
                    if (!said.optBoolean(BLIND)) words(getString(R.string.book_says, row.onHand), soft = true)
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
        val done = counted.map { Pack.of(it.getJSONObject(PACK)) }
        return rows.filter { row -> row.onHand != 0L && done.none { it.lot == row.lot && it.name?.value == row.product?.value } }
    }

    private fun step(name: String, work: suspend () -> Unit) = writing {
        draft.change { put(STEP, name) }
        work()
        written()
        if (name == END) {
            book.seal()
            tell(getString(R.string.count_ended))
        }
        look()
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
        const val PACK = "pack"
        const val QUANTITY = "quantity"
        const val MOST = 100_000u
        const val SHOWN = 100
    }
}
