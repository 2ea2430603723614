package org.medlot.scanner

import android.os.Bundle
import android.widget.LinearLayout
import org.json.JSONArray
import org.json.JSONObject
import org.medlot.HandoverInput
import org.medlot.ReadItem

/** Hands over: packs are scanned, the lines written and sealed, and shown as codes until the other side has them. */
class HandOverScreen : Screen() {
    private lateinit var draft: Draft
    private var bundle: ByteArray? = null

    override val title = R.string.hand_over

    private val lines: List<JSONObject> get() = draft.fields.optJSONArray(LINES).objects()

    override fun onCreate(state: Bundle?) {
        draft = book.draft(DRAFT)
        super.onCreate(state)
        ask({ book.draft(DRAFT) }) {
            draft = it
            if (isWritten()) writing(::show) else redraw()
        }
    }

    override fun onPause() {
        if (!draft.isEmpty) draft.save()
        super.onPause()
    }

    override fun onPack(item: ReadItem) {
        if (isWritten()) return
        val pack = Pack.of(item)
        val line = lines.firstOrNull { Pack.of(it.getJSONObject(PACK)).copy(serial = null) == pack.copy(serial = null) }
        draft.change {
            if (line != null) {
                line.put(QUANTITY, "${(line.optString(QUANTITY).toLongOrNull() ?: 0) + 1}")
            } else {
                val all = optJSONArray(LINES) ?: JSONArray().also { put(LINES, it) }
                all.put(JSONObject().put(PACK, pack.toJson()).put(QUANTITY, "1"))
            }
        }
        redraw()
    }

    private fun isWritten() = draft.written != null || draft.isHalfWritten

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        val bundle = bundle
        if (bundle != null) return drawCodes(body, bar, bundle)
        body.field(getString(R.string.recipient), draft.fields.optString(TO, settings.lastRecipient), CODE) {
            draft.fields.put(TO, it)
        }
        val reasons = Reasons.HAND_OVER
        body.choice(getString(R.string.reason), reasons.words(this), reasons.at(draft.fields.text(REASON))) {
            draft.fields.put(REASON, reasons.name(it))
        }
        body.field(getString(R.string.delivery_note), draft.fields.optString(NOTE), CODE) { draft.fields.put(NOTE, it) }
        lines.forEach { line ->
            body.card {
                words(inWords(Pack.of(line.getJSONObject(PACK))))
                field(getString(R.string.quantity), line.optString(QUANTITY), NUMBER) { line.put(QUANTITY, it) }
            }
        }
        body.words(getString(R.string.scan_to_add), soft = true)
        bar.put(
            bar.context.row {
                button(getString(R.string.cancel), weight = 1f) { close() }
                if (lines.isNotEmpty()) button(getString(R.string.hand_over), main = true, weight = 1f) { save() }
            }
        )
    }

    private fun drawCodes(body: LinearLayout, bar: LinearLayout, bundle: ByteArray) {
        val to = draft.fields.optString(TO)
        body.words(getString(R.string.handed_over_to, to), large = true)
        val codes = body.put(CodesPane(this, bundle))
        body.words(resources.getQuantityString(R.plurals.codes_shown, codes.texts.size, codes.texts.size), soft = true)
        bar.put(
            bar.context.row {
                button(getString(R.string.send_file), weight = 1f) { share("$to.mlt", bundle) }
                button(getString(R.string.done), main = true, weight = 1f) { close() }
            }
        )
    }

    private fun input() = HandoverInput(
        to = "facility:${draft.fields.optString(TO)}",
        reason = Reasons.HAND_OVER.run { name(at(draft.fields.text(REASON))) },
        documents = listOfNotNull(draft.fields.text(NOTE)?.let { "delivery_note:$it" }),
        lines = lines.map { Pack.of(it.getJSONObject(PACK)).run { line(it.optString(QUANTITY)).copy(lot = lot ?: "none") } }
    )

    private fun save() = writing {
        val to = draft.fields.text(TO) ?: settings.lastRecipient
        draft.change { put(TO, to) }
        settings.lastRecipient = to
        write()
        show()
    }

    private suspend fun write() {
        val input = input()
        // A record before the lines keeps what stands before them from being guessed.
        book.once(draft, lines.size + 1, lines.size) { it.handOver(input, false, language, book.now) }
    }

    /** Shows what was written; where the app was killed in the middle of it, writes the rest first. */
    private suspend fun show() {
        if (draft.isHalfWritten) write()
        book.seal()
        val first = draft.written ?: return
        bundle = book.ask { it.bundle(first.toUInt(), lines.size.toUInt()) }
        redraw()
    }

    private fun close() {
        draft.clear()
        finish()
    }

    private companion object {
        const val DRAFT = "hand_over"
        const val TO = "to"
        const val REASON = "reason"
        const val NOTE = "note"
        const val LINES = "lines"
        const val PACK = "pack"
        const val QUANTITY = "quantity"
    }
}
