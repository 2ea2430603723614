package org.medlot.example

import org.medlot.Failure
import org.medlot.Scanned
import org.medlot.Verdict
import org.medlot.Verifier
import org.medlot.judge
import org.medlot.scan
import java.time.Instant
import java.time.LocalDate

/** What a receiving desk does first: read the pack, judge what the sender says of it. */
suspend fun receive(raw: String, anchor: ByteArray, bundle: ByteArray, today: LocalDate, now: Instant): Verdict? {
    val scanned = scan(raw, today)
    if (scanned is Scanned.Read) println("${scanned.item.gtin} ${scanned.item.lot} ${scanned.item.expiry}")
    return try {
        val verdict = Verifier(anchor).use { it.judge(bundle, now) }
        verdict.also { println("${it.verdict} ${it.reasons.map { reason -> reason.message }}") }
    } catch (failure: Failure) {
        null.also { println(failure.message) }
    }
}
