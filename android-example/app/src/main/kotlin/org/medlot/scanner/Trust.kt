package org.medlot.scanner

import android.content.Context

/** What a verdict's reason says, in the language of the screen; the library's own English where it isn't one of these. */
fun Context.trust(code: UShort, english: String): String = TRUST[code.toInt()]?.let(::getString) ?: english

private val TRUST = mapOf(
    3004 to R.string.trust_3004,
    3005 to R.string.trust_3005,
    3006 to R.string.trust_3006,
    3007 to R.string.trust_3007,
    3008 to R.string.trust_3008,
    3009 to R.string.trust_3009,
    3101 to R.string.trust_3101,
    3102 to R.string.trust_3102,
    3103 to R.string.trust_3103,
    3104 to R.string.trust_3104,
    3105 to R.string.trust_3105,
    3106 to R.string.trust_3106,
    3107 to R.string.trust_3107,
    3108 to R.string.trust_3108,
    3109 to R.string.trust_3109,
    3110 to R.string.trust_3110,
    3111 to R.string.trust_3111,
    3112 to R.string.trust_3112,
    3910 to R.string.trust_3910,
    3914 to R.string.trust_3914
)
