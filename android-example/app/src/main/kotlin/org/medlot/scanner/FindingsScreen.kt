package org.medlot.scanner

import android.widget.LinearLayout
import org.medlot.FindingView
import org.medlot.FindingsInput
import org.medlot.MovementsInput
import org.medlot.NoteInput
import org.medlot.RecordView

/** What doesn't add up, and the ways out: take back, count again, confirm. */
class FindingsScreen : Screen() {
    private var findings: List<FindingView> = emptyList()
    private var movements: Map<Pair<String, UInt>, RecordView> = emptyMap()
    private var open: Int? = null
    private var operator = ""

    override val title = R.string.findings

    override fun onResume() {
        super.onResume()
        onNews()
    }

    override fun onNews() = ask({ device ->
        val found = device.findings(FindingsInput(), 0u, MOST, language, book.now).rows
        val named = found.flatMap { it.records }.map { it.log to it.index }.toSet()
        // Only where something was found: the log may hold years.
        val all = if (named.isEmpty()) emptyList() else device.movements(MOVEMENTS, 0u, UInt.MAX_VALUE).rows
        found to all.filter { it.log to it.index in named }.associateBy { it.log to it.index }
    }) { (found, records) ->
        findings = found
        movements = records
        redraw()
    }

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        if (findings.isEmpty()) body.words(getString(R.string.no_findings), large = true)
        findings.forEachIndexed { at, finding ->
            body.card({
                open = if (open == at) null else at
                redraw()
            }) {
                finding.product?.let { words(inWords(Pack("${it.scheme}:${it.value}", finding.lot)), large = true) }
                words(finding.message)
                if (open == at) drawWays(this, finding)
            }
        }
    }

    private fun drawWays(card: LinearLayout, finding: FindingView) {
        finding.records.mapNotNull { movements[it.log to it.index] }.filter { it.kind == "movement" }.forEach { record ->
            card.words(inWords(record))
            card.button(getString(R.string.take_back)) {
                sure(getString(R.string.sure_take_back, inWords(record)), R.string.take_back) { takeBack(record) }
            }
            card.field(getString(R.string.operator), operator, CODE) { operator = it }
            card.button(getString(R.string.confirm_it)) { confirm(record, finding.name == UNWITNESSED) }
        }
        finding.product?.let { product ->
            val pack = Pack("${product.scheme}:${product.value}", finding.lot)
            card.button(getString(R.string.stock_card)) { go<LotScreen> { putExtras(pack.toBundle()) } }
        }
        card.button(getString(R.string.count)) { go<CountScreen>() }
    }

    private fun takeBack(record: RecordView) =
        write({ it.reverse(it.nameOf(record), null, NoteInput(), language, book.now) }) {
            tell(it.note ?: getString(R.string.taken_back))
            onNews()
        }

    /** Stands up for a record with one's code, as what one is; a destruction asks who. */
    private fun confirm(record: RecordView, asksWho: Boolean) {
        val who = operator.trim().ifEmpty { null }
        if (asksWho && who == null) return tell(getString(R.string.operator_missing), bad = true)
        val capacities = Reasons.ATTEST
        android.app.AlertDialog.Builder(this)
            .setTitle(R.string.confirm_as)
            .setItems(capacities.words(this).toTypedArray()) { _, which ->
                write({ it.attest(it.nameOf(record), capacities.name(which), false, NoteInput(operator = who), book.now) }) {
                    operator = ""
                    tell(getString(R.string.confirmed))
                    onNews()
                }
            }
            .show()
    }

    private companion object {
        const val MOST = 500u
        const val UNWITNESSED = "destruction_unwitnessed"
        val MOVEMENTS = MovementsInput(kinds = listOf("movement"))
    }
}
