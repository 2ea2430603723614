package org.medlot.scanner

import android.content.Context
import org.medlot.Device
import org.medlot.RecordView

/** What kind of record it is, in words. */
fun Context.inWords(record: RecordView): String = when (record.kind) {
    "reversal" -> getString(R.string.kind_reversal)
    "count_line", "count_end", "count_begin" -> getString(R.string.kind_count)
    "refuse" -> getString(R.string.kind_refusal)
    else -> movementInWords(record)
}

private fun Context.movementInWords(record: RecordView): String {
    val (name, reasons) = when {
        record.sent -> R.string.hand_over to Reasons.HAND_OVER
        record.direction == "in" -> R.string.take_in to Reasons.IN
        record.direction == "move" -> R.string.move to Reasons.MOVE
        else -> R.string.went_out to Reasons.OUT
    }
    val reason = record.reason?.takeIf(reasons::has)?.let { reasons.words(this)[reasons.at(it)] }
    return listOfNotNull(getString(name), reason, record.quantity?.toString()).joinToString(" · ")
}

/** How the library is told which record is meant: its place in the own log, else `log:index:id`. */
fun Device.nameOf(record: RecordView): String =
    if (record.log == status().log) "${record.index}" else "${record.log}:${record.index}:${record.id}"
