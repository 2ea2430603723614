package org.medlot

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.time.Instant
import java.time.LocalDate

/**
 * Reads one scan; [today], by the facility's calendar, places two-digit years. [gs] is what the scanner sends for the GS1
 * separator where it can't send it.
 */
public fun scan(raw: String, today: LocalDate, gs: String? = null): Scanned = scan(raw, gs, today.toString())

/**
 * [Verifier.verify] off the caller's thread: a bundle of many records takes some milliseconds, too long for a phone's main
 * thread. [now] is null where no clock is set. A call that has begun isn't cut short by cancelling.
 */
public suspend fun Verifier.judge(bundle: ByteArray, now: Instant?, facility: String? = null): Verdict =
    withContext(Dispatchers.Default) { verify(bundle, now?.epochSecond, facility) }

/** The stable number (`spec/error-codes.md`). */
public val Failure.number: Int
    get() = when (this) {
        is Failure.Invalid -> code
        is Failure.Unknown -> code
        is Failure.Usage -> code
        is Failure.Refused -> code
    }.toInt()

/** The stable name. */
public val Failure.codeName: String
    get() = when (this) {
        is Failure.Invalid -> name
        is Failure.Unknown -> name
        is Failure.Usage -> name
        is Failure.Refused -> name
    }

/** What happened and what to do, in English. */
public val Failure.inEnglish: String
    get() = when (this) {
        is Failure.Invalid -> english
        is Failure.Unknown -> english
        is Failure.Usage -> english
        is Failure.Refused -> english
    }

/** What happened and what to do, in Vietnamese. */
public val Failure.inVietnamese: String
    get() = when (this) {
        is Failure.Invalid -> vietnamese
        is Failure.Unknown -> vietnamese
        is Failure.Usage -> vietnamese
        is Failure.Refused -> vietnamese
    }

/** The field concerned, where it is one. */
public val Failure.fieldName: String?
    get() = when (this) {
        is Failure.Invalid -> field
        is Failure.Unknown -> field
        is Failure.Usage -> field
        is Failure.Refused -> field
    }

/** The last usable day; null where the code names none. */
public val ReadItem.lastDay: LocalDate?
    get() = expiry?.let(LocalDate::parse)
