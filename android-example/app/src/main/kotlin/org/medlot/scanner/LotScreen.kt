package org.medlot.scanner

import android.widget.LinearLayout
import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import org.medlot.CardRow
import org.medlot.Direction
import org.medlot.NoteInput
import org.medlot.ReadItem
import org.medlot.RecordView
import org.medlot.StockInput
import org.medlot.StockView

/** One lot: where it stands, every movement of it, and taking back what was written wrongly. */
class LotScreen : Screen() {
    private var rows: List<StockView> = emptyList()
    private var card: List<CardRow> = emptyList()
    private var shown = PAGE
    private lateinit var pack: Pack

    override val title = R.string.stock_card

    override fun onCreate(state: android.os.Bundle?) {
        pack = Pack.of(intent.extras) ?: Pack()
        super.onCreate(state)
    }

    override fun onResume() {
        super.onResume()
        onNews()
    }

    override fun onPack(item: ReadItem) {
        pack = Pack.of(item)
        onNews()
    }

    override fun onNews() = ask({ device ->
        val of = StockInput(product = pack.product, lot = pack.lot ?: "none", emptyToo = true)
        device.stock(of, 0u, MOST, language, book.now).rows to device.card(pack.lotInput(), 0u, MOST, book.now).rows
    }) { (stock, lines) ->
        rows = stock
        card = lines.reversed()
        redraw()
    }

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        body.words(inWords(pack), large = true)
        rows.forEach { row ->
            body.card({ move(row) }) {
                words(storeName(row.store), large = true)
                state(row.state(today), big = false)
                words(getString(R.string.on_hand_available, row.onHand, row.available))
                row.parts.forEach { words(getString(R.string.opened, it.count, it.perUnit.toInt())) }
                words(getString(R.string.tap_to_move), soft = true)
            }
        }
        body.heading(getString(R.string.movements))
        card.take(shown).forEach { drawLine(body, it) }
        if (card.size > shown) {
            body.button(getString(R.string.more)) {
                shown += PAGE
                redraw()
            }
        }
    }

    private fun move(row: StockView) {
        MovementScreen.begin(book, Direction.MOVE, pack, row.store)
        go<MovementScreen>()
    }

    private fun drawLine(body: LinearLayout, line: CardRow) {
        val record = line.record
        val back = { takeBack(record) }
        body.card(back.takeIf { record.kind == "movement" }) {
            words(inWords(record))
            val moment = TIME.format(Instant.parse(line.time).atZone(ZoneId.systemDefault()))
            words(listOfNotNull(moment, storeName(record.store)).joinToString(" · "), soft = true)
            val change = if (line.change > 0) "+${line.change}" else "${line.change}"
            words(getString(R.string.change_and_balance, change, line.balance))
        }
    }

    private fun takeBack(record: RecordView) =
        sure(getString(R.string.sure_take_back, inWords(record)), R.string.take_back) {
            write({ it.reverse(it.nameOf(record), null, NoteInput(), language, book.now) }) {
                tell(it.note ?: getString(R.string.taken_back))
                onNews()
            }
        }

    private companion object {
        const val PAGE = 40
        const val MOST = 100_000u
        val TIME: DateTimeFormatter = DateTimeFormatter.ofPattern("dd/MM/yyyy HH:mm")
    }
}
