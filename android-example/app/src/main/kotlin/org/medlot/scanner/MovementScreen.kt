package org.medlot.scanner

import android.content.Intent
import android.os.Bundle
import android.widget.LinearLayout
import org.json.JSONObject
import org.medlot.DestructionInput
import org.medlot.Direction
import org.medlot.MovementInput
import org.medlot.Pick
import org.medlot.ReadItem
import org.medlot.StockInput

/** One movement: in, out, or to another place. */
class MovementScreen : Screen() {
    private lateinit var draft: Draft
    private var known: Known? = null
    private var pick: Pick? = null
    private var more = false

    private val said: JSONObject get() = draft.fields
    private val direction: Direction get() = Direction.valueOf(said.optString(DIRECTION, Direction.OUT.name))
    private val pack: Pack get() = said.optJSONObject(PACK)?.let { Pack.of(it) } ?: Pack()

    override val title: Int
        get() = when (direction) {
            Direction.IN -> R.string.take_in
            Direction.OUT -> R.string.dispense
            Direction.MOVE -> R.string.move
        }

    override fun onCreate(state: Bundle?) {
        draft = app.book.draft(DRAFT)
        super.onCreate(state)
        // Opening the book settles whether this was written before the app was killed.
        ask({ book.draft(DRAFT) }) {
            draft = it
            if (draft.written != null) done() else look()
        }
    }

    override fun onPause() {
        if (!draft.isEmpty) draft.save()
        super.onPause()
    }

    override fun onPack(item: ReadItem) {
        draft.change { put(PACK, pack.with(item).toJson()) }
        look()
    }

    override fun onNews() = look()

    private fun look() {
        val of = pack
        ask({ device ->
            if (of.product == null) return@ask null
            val store = StockInput(product = of.product, store = said.text(STORE))
            val pick = if (direction == Direction.OUT) device.pick(store, quantity() ?: "1", book.now) else null
            Known.of(device, of, today, language, book.now) to pick
        }) { found ->
            known = found?.first
            pick = found?.second
            redraw()
        }
    }

    /** The quantity as the library takes it, where it is one that can be taken. */
    private fun quantity(): String? {
        val divided = said.perUnit()?.let { it.toIntOrNull() in 2..MOST_PARTS } ?: true
        return said.text(QUANTITY)?.takeIf { divided && it.toIntOrNull() in 1..MOST }?.let(said::quantityOf)
    }

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        known?.let { body.state(it.state) }
        body.words(inWords(pack))
        known?.answer?.stops?.forEach { body.words(it.message) }
        drawSooner(body)
        if (pack.product == null) body.keyed(R.string.product, PACK_PRODUCT, CODE)
        if (pack.lot == null) body.keyed(R.string.lot, PACK_LOT, CODE)
        if (pack.expiry == null) body.keyed(R.string.expiry, PACK_EXPIRY, TEXT)
        body.keyed(R.string.quantity, QUANTITY, NUMBER)
        val reasons = Reasons.of(direction)
        body.choice(getString(R.string.reason), reasons.words(this), reasons.at(said.text(REASON))) {
            said.put(REASON, reasons.name(it))
            redraw()
        }
        if (direction == Direction.MOVE) drawTarget(body)
        if (destroys()) {
            body.keyed(R.string.minutes, MINUTES, TEXT)
            body.keyed(R.string.operator, OPERATOR, CODE)
        }
        if (more) {
            drawMore(body)
        } else {
            body.button(getString(R.string.more)) {
                more = true
                redraw()
            }
        }
        drawButtons(bar)
    }

    /** What expires sooner goes first: proposed, never forced. */
    private fun drawSooner(body: LinearLayout) {
        val lines = pick?.lines.orEmpty()
        if (direction != Direction.OUT || lines.isEmpty() || lines.first().lot == pack.lot) return
        body.card {
            val why = if (known?.answer?.usable == false) R.string.take_this_one else R.string.take_first
            words(getString(why), large = true)
            lines.forEach { line ->
                words(getString(R.string.so_much_of, line.take, inWords(line.pack())))
            }
        }
    }

    private fun drawTarget(body: LinearLayout) {
        val reason = reason()
        if (reason == TO_A_STORE) body.keyed(R.string.to_store, TO_STORE, CODE)
        if (reason == TO_A_STORE || reason == "vaccine_vial_monitor") body.keyed(R.string.to_vvm, TO_VVM, NUMBER)
    }

    private fun drawMore(body: LinearLayout) {
        body.keyed(R.string.store, STORE, CODE)
        body.partsOf(said)
        body.keyed(R.string.vvm, VVM, NUMBER)
        body.keyed(R.string.fund, FUND, CODE)
        if (!destroys()) body.keyed(R.string.operator, OPERATOR, CODE)
    }

    private fun LinearLayout.keyed(name: Int, key: String, kind: Int) =
        field(getString(name), said.optString(key), kind) { said.put(key, it) }

    private fun drawButtons(bar: LinearLayout) {
        val stopped = direction == Direction.OUT && known?.answer?.usable == false && reason() in TO_USE
        val name = if (stopped) R.string.record_anyway else title
        bar.put(
            bar.context.row {
                button(getString(R.string.cancel), weight = 1f) { drop() }
                button(getString(name), main = !stopped, weight = 1f) {
                    if (stopped) sure(getString(R.string.sure_anyway), R.string.record_anyway) { save(true) } else checkLot()
                }
            }
        )
    }

    private fun checkLot() {
        val lot = pack.lot ?: said.text(PACK_LOT)
        if (lot == null) sure(getString(R.string.sure_no_lot), R.string.no_lot) { save(false) } else save(false)
    }

    private fun reason(): String = Reasons.of(direction).run { name(at(said.text(REASON))) }

    private fun destroys(): Boolean = direction == Direction.OUT && reason() == "destroy"

    private fun input(): MovementInput {
        val reason = reason()
        return MovementInput(
            product = pack.product ?: said.text(PACK_PRODUCT),
            lot = pack.lot ?: said.text(PACK_LOT) ?: "none",
            expiry = pack.expiry ?: said.text(PACK_EXPIRY),
            serial = pack.serial,
            quantity = said.text(QUANTITY)?.let(said::quantityOf),
            reason = reason,
            store = said.text(STORE),
            toStore = (said.text(TO_STORE) ?: "main").takeIf { reason == TO_A_STORE },
            from = "hold".takeIf { reason == "release" },
            to = if (reason == "hold") "hold" else "available".takeIf { reason == "release" },
            fund = said.text(FUND),
            vvm = said.text(VVM)?.toUByteOrNull(),
            toVvm = said.text(TO_VVM)?.toUByteOrNull(),
            operator = said.text(OPERATOR)
        )
    }

    private fun save(anyway: Boolean) = writing {
        draft.save()
        val missing = book.once(draft, 1) {
            if (destroys()) return@once it.destroy(destruction(), language, book.now).missing.toInt()
            it.record(direction, input(), anyway, language, book.now)
            0
        }
        done(missing)
    }

    private fun destruction() = DestructionInput(
        minutes = said.text(MINUTES).orEmpty(),
        operator = said.text(OPERATOR).orEmpty(),
        lines = listOf(input())
    )

    /** [missing]: so many people are still to confirm a destruction. */
    private fun done(missing: Int = 0) {
        val recorded = getString(R.string.recorded, getString(title), inWords(pack))
        val asked = if (missing > 0) resources.getQuantityString(R.plurals.people_missing, missing, missing) else ""
        val told = listOf(recorded, asked).filter { it.isNotEmpty() }.joinToString("\n")
        draft.clear()
        go<PackScreen> {
            addFlags(Intent.FLAG_ACTIVITY_CLEAR_TOP or Intent.FLAG_ACTIVITY_SINGLE_TOP)
            putExtra(PackScreen.DONE, told)
        }
        finish()
    }

    private fun drop() {
        draft.clear()
        finish()
    }

    companion object {
        private const val DRAFT = "movement"
        private const val DIRECTION = "direction"
        private const val PACK = "pack"
        private const val PACK_PRODUCT = "product"
        private const val PACK_LOT = "lot"
        private const val PACK_EXPIRY = "expiry"
        private const val QUANTITY = "quantity"
        private const val REASON = "reason"
        private const val STORE = "store"
        private const val TO_STORE = "to_store"
        private const val VVM = "vvm"
        private const val TO_VVM = "to_vvm"
        private const val FUND = "fund"
        private const val TO_A_STORE = "store_to_store"
        private const val OPERATOR = "operator"
        private const val MINUTES = "minutes"

        /** In a unit, and in a record. */
        private const val MOST_PARTS = 65_535
        private const val MOST = 999_999_999

        /** Going out for these, a stopped pack would be given to somebody. */
        private val TO_USE = setOf("retail", "used_in_facility", "administered")

        fun isOpen(book: Book): Boolean = !book.draft(DRAFT).isEmpty

        /** Begins one, in place of what was being prepared. */
        fun begin(book: Book, direction: Direction, pack: Pack, store: String? = null) {
            val draft = book.draft(DRAFT)
            draft.clear()
            draft.change {
                put(DIRECTION, direction.name)
                put(PACK, pack.toJson())
                put(STORE, store)
            }
        }
    }
}
