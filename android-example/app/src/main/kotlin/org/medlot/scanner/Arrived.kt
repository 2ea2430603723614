package org.medlot.scanner

import org.medlot.Device
import org.medlot.RecordView

/** What an object is that came here. */
sealed interface Arrived {
    /** Goods for this facility. */
    class Handover(val lines: List<RecordView>) : Arrived

    /** To become a device. */
    data object Invitation : Arrived

    /** A turn of a synchronisation. */
    data object Frames : Arrived

    /** Enrolments, cuts, recalls, State lists, what other devices wrote. */
    data object News : Arrived

    companion object {
        private const val TYPE_AT = 3

        /** The type of an object, which stands behind `ML` and the version. */
        fun type(bytes: ByteArray): Int = bytes.getOrElse(TYPE_AT) { 0 }.toInt()

        /** `spec/wire-format.md` section 7. */
        const val INVITATION = 2
        const val FRAMES = 8

        fun of(device: Device, bytes: ByteArray, now: Long): Arrived = when (type(bytes)) {
            INVITATION -> Invitation

            FRAMES -> Frames

            else -> {
                val own = "facility:${device.status().facility}"
                val sent = sent(device.verify(bytes, now).records)
                if (sent.firstOrNull()?.counterparty == own) Handover(sent) else News
            }
        }

        /** The lines of a hand-over, in their order. */
        fun sent(records: List<RecordView>): List<RecordView> = records.filter { it.sent && it.direction == "out" }
    }
}
