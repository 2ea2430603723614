package org.medlot.scanner

import android.os.Bundle
import android.util.Base64
import android.widget.LinearLayout
import org.json.JSONArray
import org.json.JSONObject
import org.medlot.GotLine
import org.medlot.ReadItem
import org.medlot.ReceiveInput
import org.medlot.RecordView
import org.medlot.RefusedLine
import org.medlot.SeenStage
import org.medlot.Verdict
import org.medlot.VerdictKind

/** Receives what was handed over by a code: line by line, what differs by tapping. */
class ReceiveScreen : Screen() {
    private lateinit var draft: Draft
    private var verdict: Verdict? = null
    private var lines: List<RecordView> = emptyList()
    private var open: Int? = null
    private var shown = PAGE

    override val title = R.string.receive

    override fun onCreate(state: Bundle?) {
        draft = book.draft(DRAFT)
        super.onCreate(state)
        ask({ book.draft(DRAFT) }) {
            draft = it
            val arrived = intent.getByteArrayExtra(BUNDLE)
            when {
                draft.written != null -> received()
                arrived != null && draft.fields.text(OBJECT) != arrived.text() -> begin(arrived)
                else -> look()
            }
        }
    }

    override fun onPause() {
        if (!draft.isEmpty) draft.save()
        super.onPause()
    }

    private fun ByteArray.text() = Base64.encodeToString(this, Base64.NO_WRAP)

    private fun begin(bundle: ByteArray) {
        draft.clear()
        draft.change { put(OBJECT, bundle.text()) }
        look()
    }

    private fun bundle(): ByteArray? = draft.fields.text(OBJECT)?.let { Base64.decode(it, Base64.NO_WRAP) }

    private fun look() {
        val bundle = bundle() ?: return redraw()
        ask({ it.verify(bundle, book.now) }) {
            verdict = it
            lines = Arrived.sent(it.records)
            redraw()
        }
    }

    override fun onObject(bytes: ByteArray) = ask({ Arrived.of(it, bytes, book.now) }) { arrived ->
        if (arrived is Arrived.Handover) begin(bytes) else super.onObject(bytes)
    }

    /** A pack in hand: its line comes to the front and counts as looked at. */
    override fun onPack(item: ReadItem) {
        val pack = Pack.of(item)
        val at = lines.indexOfFirst { it.lot == pack.lot && it.product?.value == pack.name?.value }
        if (at < 0) return tell(getString(R.string.not_on_delivery, inWords(pack)), bad = true)
        line(at).put(SEEN, true)
        open = at
        redraw()
    }

    /** What a person said of a line. */
    private fun line(at: Int): JSONObject {
        val all = draft.fields.optJSONArray(LINES) ?: JSONArray().also { draft.fields.put(LINES, it) }
        return all.optJSONObject(at) ?: JSONObject().also { all.put(at, it) }
    }

    private fun sent(at: Int): String = lines[at].run { parts?.let { "$it/$partsPerUnit $measure" } ?: "${quantity ?: 0u}" }

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        val verdict = verdict
        if (verdict == null || bundle() == null) {
            body.words(getString(R.string.scan_a_delivery), large = true)
            body.button(getString(R.string.without_code)) { withoutCode() }
            return
        }
        drawVerdict(body, verdict)
        val first = listOfNotNull(open)
        val order = first + lines.indices.filterNot { it in first }
        order.take(shown).forEach { drawLine(body, it) }
        if (order.size > shown) {
            body.button(getString(R.string.more)) {
                shown += PAGE
                redraw()
            }
        }
        val half = draft.isHalfWritten
        bar.put(
            bar.context.row {
                if (!half) button(getString(R.string.cancel), weight = 1f) { drop() }
                if (verdict.verdict == VerdictKind.VALID) {
                    button(getString(R.string.book_receipt), main = true, weight = 1f) { save(false) }
                } else if (verdict.verdict == VerdictKind.UNKNOWN) {
                    button(getString(R.string.record_anyway), weight = 1f) {
                        sure(getString(R.string.sure_unknown), R.string.record_anyway) { save(true) }
                    }
                }
            }
        )
    }

    private fun drawVerdict(body: LinearLayout, verdict: Verdict) {
        val (said, bad) = when (verdict.verdict) {
            VerdictKind.VALID -> R.string.delivery_valid to false
            VerdictKind.UNKNOWN -> R.string.delivery_unknown to true
            VerdictKind.INVALID -> R.string.delivery_invalid to true
        }
        body.words("").tell(getString(said), bad)
        lines.firstOrNull()?.let { body.words(getString(R.string.from_facility, it.facility.orEmpty()), soft = true) }
        verdict.reasons.forEach { body.words(said(it)) }
        body.words(resources.getQuantityString(R.plurals.lines, lines.size, lines.size), soft = true)
    }

    private fun drawLine(body: LinearLayout, at: Int) {
        val record = lines[at]
        val said = line(at)
        body.card({
            open = if (open == at) null else at
            redraw()
        }) {
            val pack = Pack(
                record.product?.let { "${it.scheme}:${it.value}" },
                record.lot,
                record.expiry?.let { Pack.written(it, record.expiryWholeMonth == true) }
            )
            words(getString(R.string.line_number, at + 1), soft = true)
            words(inWords(pack))
            words(getString(R.string.sent_is, sent(at)))
            if (open != at) {
                if (said.optBoolean(SEEN)) words(getString(R.string.looked_at), soft = true)
                said.text(CAME)?.let { words(getString(R.string.came_is, it)) }
                said.text(REFUSED)?.let { words(getString(R.string.refused_is, it)) }
                (said.text(VVM)?.toIntOrNull() ?: record.vvm?.toInt())?.let { words(getString(R.string.vvm_is, it)) }
            } else {
                field(getString(R.string.came), said.optString(CAME, sent(at)), NUMBER) { said.put(CAME, it) }
                field(getString(R.string.refused), said.optString(REFUSED), NUMBER) { said.put(REFUSED, it) }
                record.vvm?.let { sent ->
                    field(getString(R.string.to_vvm), said.optString(VVM, "$sent"), NUMBER) { said.put(VVM, it) }
                }
                val reasons = Reasons.REFUSE
                choice(getString(R.string.reason), reasons.words(context), reasons.at(said.text(REASON))) {
                    said.put(REASON, reasons.name(it))
                }
            }
        }
    }

    private fun found(despite: Boolean): ReceiveInput {
        val got = lines.indices.mapNotNull { at ->
            line(at).text(CAME)?.takeIf {
                it != sent(at) || line(at).text(REFUSED) != null
            }?.let { GotLine((at + 1).toUInt(), it) }
        }
        val refused = lines.indices.mapNotNull { at ->
            val said = line(at)
            val quantity = said.text(REFUSED)?.takeIf { it != "0" } ?: return@mapNotNull null
            RefusedLine((at + 1).toUInt(), quantity, Reasons.REFUSE.run { name(at(said.text(REASON))) })
        }
        val stages = lines.indices.mapNotNull { at ->
            line(at).text(VVM)?.toUByteOrNull()?.takeIf { it != lines[at].vvm }?.let { SeenStage((at + 1).toUInt(), it) }
        }
        return ReceiveInput(got = got, refused = refused, vvm = stages, despiteWarnings = despite)
    }

    private fun save(despite: Boolean) = writing {
        val bundle = bundle() ?: return@writing
        val found = found(despite)
        // A receipt for each line of which something came, and what was refused.
        val nothing = found.got.count { it.quantity == "0" }
        val written = lines.size - nothing + found.refused.size
        book.once(draft, written + 1, written) { it.receive(bundle, found, book.now) }
        book.seal()
        received()
    }

    private fun received() {
        draft.clear()
        go<PackScreen> {
            addFlags(android.content.Intent.FLAG_ACTIVITY_CLEAR_TOP or android.content.Intent.FLAG_ACTIVITY_SINGLE_TOP)
            putExtra(PackScreen.DONE, getString(R.string.received))
        }
        finish()
    }

    private fun withoutCode() {
        MovementScreen.begin(book, org.medlot.Direction.IN, Pack())
        go<MovementScreen>()
        finish()
    }

    private fun drop() = sure(getString(R.string.sure_drop), R.string.drop) {
        draft.clear()
        finish()
    }

    companion object {
        const val BUNDLE = "bundle"
        private const val DRAFT = "receive"
        private const val OBJECT = "object"
        private const val LINES = "lines"
        private const val SEEN = "seen"
        private const val CAME = "came"
        private const val REFUSED = "refused"
        private const val REASON = "reason"
        private const val VVM = "vvm"

        /** Lines shown at once. */
        private const val PAGE = 40
    }
}
