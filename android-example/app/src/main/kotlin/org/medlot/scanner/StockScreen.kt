package org.medlot.scanner

import android.content.Context
import android.os.Bundle
import android.widget.LinearLayout
import java.time.LocalDate
import org.medlot.ReadItem
import org.medlot.StockInput
import org.medlot.StockView

/** How a row of stock stands. */
fun StockView.state(today: LocalDate): PackState = when {
    recalls.isNotEmpty() -> PackState.RECALLED
    onHand > 0 && hold >= onHand -> PackState.HELD
    else -> Known.byDay(expiry, today)
}

/** A store's name; the main one has none. */
fun Context.storeName(store: String?): String = store ?: getString(R.string.main_store)

/** What stands where: search without diacritics. */
class StockScreen : Screen() {
    private var rows: List<Pair<StockView, String>> = emptyList()
    private var words = ""
    private var shown = PAGE
    private lateinit var results: LinearLayout

    override val title = R.string.stock

    override fun onCreate(state: Bundle?) {
        words = state?.getString(WORDS).orEmpty()
        super.onCreate(state)
    }

    override fun onResume() {
        super.onResume()
        look()
    }

    override fun onSaveInstanceState(state: Bundle) {
        super.onSaveInstanceState(state)
        state.putString(WORDS, words)
    }

    override fun onNews() = look()

    override fun onPack(item: ReadItem) = go<LotScreen> { putExtras(Pack.of(item).toBundle()) }

    private fun look() {
        val of = StockInput(store = intent.getStringExtra(STORE))
        ask({ device ->
            device.stock(of, 0u, MOST, language, book.now).rows.map { it to Names.folded("${names.of(it.product)} ${it.lot}") }
        }) {
            rows = it
            list()
        }
    }

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        intent.getStringExtra(STORE)?.let { body.words(storeName(it.takeUnless { it == "main" }), large = true) }
        body.field(getString(R.string.search), words) {
            words = it
            shown = PAGE
            list()
        }
        results = body.put(column())
        list()
    }

    private fun list() {
        results.removeAllViews()
        val wanted = Names.folded(words).split(' ').filter { it.isNotEmpty() }
        val found = rows.filter { (_, text) -> wanted.all { it in text } }
        results.words(resources.getQuantityString(R.plurals.lots, found.size, found.size), soft = true)
        found.take(shown).forEach { (row, _) -> drawRow(row) }
        if (found.size > shown) {
            results.button(getString(R.string.more)) {
                shown += PAGE
                list()
            }
        }
    }

    private fun drawRow(row: StockView) {
        val pack = Pack.of(row)
        results.card({ go<LotScreen> { putExtras(pack.toBundle()) } }) {
            words(inWords(pack))
            state(row.state(today), big = false)
            val vvm = row.vvm?.let { getString(R.string.vvm_is, it.toInt()) }
            words(listOfNotNull(storeName(row.store), row.fund, vvm).joinToString(" · "), soft = true)
            words(getString(R.string.on_hand_available, row.onHand, row.available))
            row.parts.forEach { words(getString(R.string.opened, it.count, it.perUnit.toInt())) }
        }
    }

    companion object {
        const val STORE = "store"
        private const val WORDS = "words"
        private const val PAGE = 40
        private const val MOST = 100_000u
    }
}

/** The stores and wards of this facility, and what stands in each. */
class StoresScreen : Screen() {
    private var stores: Map<String?, List<StockView>> = emptyMap()

    override val title = R.string.stores

    override fun onResume() {
        super.onResume()
        onNews()
    }

    override fun onNews() = ask({ it.stock(StockInput(), 0u, MOST, language, book.now).rows.groupBy(StockView::store) }) {
        stores = it
        redraw()
    }

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        body.words(getString(R.string.stores_how), soft = true)
        stores.forEach { (store, rows) ->
            body.card({ go<StockScreen> { putExtra(StockScreen.STORE, store ?: "main") } }) {
                words(storeName(store), large = true)
                words(resources.getQuantityString(R.plurals.lots, rows.size, rows.size))
                val worst = rows.map { it.state(today) }.filter { it != PackState.FINE }.groupingBy { it }.eachCount()
                worst.forEach { (state, lots) -> words("${getString(state.word)}: $lots") }
            }
        }
    }

    private companion object {
        const val MOST = 100_000u
    }
}
