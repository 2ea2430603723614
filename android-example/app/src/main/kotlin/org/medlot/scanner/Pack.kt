package org.medlot.scanner

import android.os.Bundle
import java.time.LocalDate
import java.time.temporal.ChronoUnit
import org.json.JSONObject
import org.medlot.Device
import org.medlot.Language
import org.medlot.LotInput
import org.medlot.MovementInput
import org.medlot.PackAnswer
import org.medlot.ProductName
import org.medlot.ReadItem
import org.medlot.StockInput
import org.medlot.StockView

/** A pack as its codes say it. What stays absent isn't printed, or stands on another code of it. */
data class Pack(
    val product: String? = null,
    val lot: String? = null,
    val expiry: String? = null,
    val serial: String? = null
) {
    val name: ProductName?
        get() = product?.split(":", limit = 2)?.takeIf { it.size == 2 }?.let { (scheme, value) -> ProductName(scheme, value) }

    /** With what a further code of the same pack says; nothing known is overwritten with nothing. */
    fun with(item: ReadItem): Pack {
        val read = of(item)
        val other = (read.product != null && product != null && read.product != product) ||
            (read.lot != null && lot != null && read.lot != lot)
        if (other) return read
        return Pack(read.product ?: product, read.lot ?: lot, read.expiry ?: expiry, read.serial ?: serial)
    }

    /** As a line that is written. */
    fun line(quantity: String? = null): MovementInput =
        MovementInput(product = product, lot = lot, expiry = expiry, serial = serial, quantity = quantity)

    fun lotInput(): LotInput = LotInput(product = product.orEmpty(), lot = lot ?: "none")

    fun toJson(): JSONObject = JSONObject().put("product", product).put("lot", lot).put("expiry", expiry).put("serial", serial)

    fun toBundle(): Bundle = Bundle().apply { putString("pack", toJson().toString()) }

    companion object {
        /** Of a scan. */
        fun of(item: ReadItem): Pack =
            Pack(item.gtin?.let { "gtin:$it" }, item.lot, item.expiry?.let { written(it, item.expiryWholeMonth) }, item.serial)

        fun of(json: JSONObject): Pack = Pack(json.text("product"), json.text("lot"), json.text("expiry"), json.text("serial"))

        fun of(bundle: Bundle?): Pack? = bundle?.getString("pack")?.let { of(JSONObject(it)) }

        /** Of a row of stock. */
        fun of(row: StockView): Pack = Pack(
            row.product?.let { "${it.scheme}:${it.value}" },
            row.lot,
            row.expiry?.let { written(it, row.expiryWholeMonth) }
        )

        /** An expiry as packs and records say it: a month stays a month. */
        fun written(expiry: String, wholeMonth: Boolean): String = if (wholeMonth) expiry.take(YEAR_AND_MONTH) else expiry

        private const val YEAR_AND_MONTH = 7
    }
}

/** How a pack stands: each has its own colour, sign and word. */
enum class PackState(val colour: Int, val sign: Int, val word: Int) {
    FINE(R.color.fine, R.drawable.sign_fine, R.string.state_fine),
    NEAR(R.color.near, R.drawable.sign_near, R.string.state_near),
    EXPIRED(R.color.expired, R.drawable.sign_expired, R.string.state_expired),
    RECALLED(R.color.recalled, R.drawable.sign_recalled, R.string.state_recalled),
    HELD(R.color.held, R.drawable.sign_held, R.string.state_held),
    UNKNOWN(R.color.unknown, R.drawable.sign_unknown, R.string.state_unknown)
}

/** What is known of a pack. */
class Known(val state: PackState, val answer: PackAnswer, val rows: List<StockView>) {
    val available: Long get() = rows.sumOf { it.available }

    companion object {
        /** Near: within so many days, as the reports have it. */
        const val NEAR_DAYS = 90L

        /** What the device knows of a pack on this day. */
        fun of(device: Device, pack: Pack, today: LocalDate, language: Language, now: Long): Known {
            val answer = device.check(pack.line(), language, now)
            val of = StockInput(product = pack.product, lot = pack.lot ?: "none", emptyToo = true)
            val rows = device.stock(of, 0u, MOST, language, now).rows
            val stops = answer.stops.map { it.name }
            val state = when {
                "recalled" in stops -> PackState.RECALLED
                "expired" in stops -> PackState.EXPIRED
                stops.isNotEmpty() -> PackState.HELD
                rows.isEmpty() -> PackState.UNKNOWN
                else -> byDay(answer.lastUsable, today)
            }
            return Known(state, answer, rows)
        }

        /** By the last usable day alone. */
        fun byDay(lastUsable: String?, today: LocalDate): PackState {
            val last = lastUsable?.takeUnless { it == "none" } ?: return PackState.FINE
            val left = ChronoUnit.DAYS.between(today, LocalDate.parse(last))
            return when {
                left < 0 -> PackState.EXPIRED
                left <= NEAR_DAYS -> PackState.NEAR
                else -> PackState.FINE
            }
        }

        private const val MOST = 1_000u
    }
}
