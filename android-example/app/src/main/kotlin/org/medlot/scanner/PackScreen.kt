package org.medlot.scanner

import android.content.Intent
import android.os.Bundle
import android.widget.LinearLayout
import org.medlot.Direction
import org.medlot.PickLine
import org.medlot.ReadItem
import org.medlot.StatusView

/** The first screen: scan a pack, and see how it stands. */
class PackScreen : Screen() {
    private var pack: Pack? = null
    private var known: Known? = null
    private var status: StatusView? = null

    // What every pack has is made once: making buttons takes longer than all that is asked of the book.
    private val inAndOut by lazy {
        row {
            button(getString(R.string.take_in), weight = 1f) { move(Direction.IN) }
            button(getString(R.string.dispense), main = true, weight = 1f) { move(Direction.OUT) }
        }
    }
    private val moveAndCard by lazy {
        row {
            button(getString(R.string.move), weight = 1f) { move(Direction.MOVE) }
            button(getString(R.string.stock_card), weight = 1f) { pack?.let { go<LotScreen> { putExtras(it.toBundle()) } } }
        }
    }
    private val menu by lazy { column { drawMenu() } }

    override val title = R.string.app_name

    override fun onCreate(state: Bundle?) {
        pack = Pack.of(state) ?: Pack.of(intent.extras)
        super.onCreate(state)
        look()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        setIntent(intent)
        pack = Pack.of(intent.extras) ?: pack
        tell(intent.getStringExtra(DONE))
        look()
    }

    override fun onResume() {
        super.onResume()
        if (book.isJoined) look() else go<EnrolScreen>()
    }

    override fun onSaveInstanceState(state: Bundle) {
        super.onSaveInstanceState(state)
        pack?.let { state.putAll(it.toBundle()) }
    }

    override fun onPack(item: ReadItem) {
        pack = pack?.takeIf { known == null || it.lot == null || it.product == null }?.with(item) ?: Pack.of(item)
        known = null
        look()
    }

    override fun onNews() = look()

    /** Asks what is known of the pack. */
    private fun look() {
        val pack = pack
        if (!book.isJoined) return
        ask({ device ->
            val found = pack?.takeIf { it.product != null }?.let { Known.of(device, it, today, language, book.now) }
            found to device.status()
        }) { (found, now) ->
            known = found
            status = now
            redraw()
        }
    }

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        val pack = pack
        if (pack == null) {
            body.words(getString(R.string.scan_a_pack), large = true)
            body.words(getString(R.string.scan_how), soft = true)
        } else {
            drawPack(body, pack)
            bar.put(inAndOut)
        }
        drawUnfinished(body)
        status?.let { drawStanding(body, it) }
        body.addView(menu)
    }

    /** What keeps others from counting what is written here. */
    private fun drawStanding(body: LinearLayout, status: StatusView) {
        status.readOnly?.let { body.words("").tell(said(it), bad = true) }
        if (!status.enrolled) body.card({ go<EnrolScreen>() }) { words(getString(R.string.not_enrolled)) }
    }

    private fun drawPack(body: LinearLayout, pack: Pack) {
        if (pack.product == null) body.words(getString(R.string.scan_product_too), large = true)
        val known = known
        if (known != null) body.state(known.state)
        body.words(names.of(pack.name), large = true)
        pack.lot?.let { body.words(getString(R.string.lot_is, it)) }
        val expiry = known?.answer?.lastUsable ?: pack.expiry
        expiry?.takeUnless { it == "none" }?.let { body.words(getString(R.string.expires, day(it))) }
        known?.answer?.expiryNotice?.let { body.words(getString(R.string.expiry_by_notice, it), soft = true) }
        pack.serial?.let { body.words(getString(R.string.serial_is, it), soft = true) }
        if (known == null) return
        known.answer.stops.forEach { body.words(it.message) }
        body.words(resources.getQuantityString(R.plurals.available, known.available.toInt(), known.available))
        known.answer.propose.firstOrNull()?.takeUnless {
            known.answer.usable
        }?.let { body.words(getString(R.string.take_instead, inWords(it))) }
        body.put(moveAndCard)
    }

    private fun inWords(line: PickLine): String = inWords(line.pack())

    private fun move(direction: Direction) {
        val pack = pack ?: return
        MovementScreen.begin(book, direction, pack)
        go<MovementScreen>()
    }

    /** What was being prepared when the app was left. */
    private fun drawUnfinished(body: LinearLayout) {
        if (!MovementScreen.isOpen(book)) return
        body.card({ go<MovementScreen>() }) { words(getString(R.string.go_on_with_movement)) }
    }

    private fun LinearLayout.drawMenu() {
        val menu: List<Pair<Int, () -> Unit>> = listOf(
            R.string.receive to { go<ReceiveScreen>() },
            R.string.hand_over to { go<HandOverScreen>() },
            R.string.stock to { go<StockScreen>() },
            R.string.stores to { go<StoresScreen>() },
            R.string.count to { go<CountScreen>() },
            R.string.findings to { go<FindingsScreen>() },
            R.string.sync to { go<SyncScreen>() },
            R.string.settings to { go<SettingsScreen>() }
        )
        menu.chunked(2).forEach { pair ->
            put(row { pair.forEach { (name, open) -> button(getString(name), weight = 1f, onClick = open) } })
        }
    }

    companion object {
        /** What was done elsewhere, to be told here. */
        const val DONE = "done"
    }
}

/** The lot that a line of a proposal is of. */
fun PickLine.pack() =
    Pack(product?.let { "${it.scheme}:${it.value}" }, lot, expiry?.let { Pack.written(it, expiryWholeMonth) })
