package org.medlot.scanner

import android.widget.LinearLayout
import org.json.JSONObject

// What is left in an opened unit is counted in parts: how many make a unit, and what one is.

/** Asks for both; the answers are put into [said]. */
fun LinearLayout.partsOf(said: JSONObject) {
    field(context.getString(R.string.parts_per_unit), said.optString(PER), NUMBER) { said.put(PER, it) }
    val names = resources.getStringArray(R.array.measures).toList()
    val at = MEASURES.indexOf(said.text(MEASURE)).coerceAtLeast(0)
    choice(context.getString(R.string.measure), names, at) { said.put(MEASURE, MEASURES[it]) }
}

/** How many parts make a unit; null: whole units. */
fun JSONObject.perUnit(): String? = text(PER)

/** Sets what [partsOf] asks for. */
fun JSONObject.putParts(perUnit: String?, measure: String?): JSONObject = put(PER, perUnit).put(MEASURE, measure)

/** Those of another. */
fun JSONObject.putParts(of: JSONObject): JSONObject = putParts(of.text(PER), of.text(MEASURE))

/** A number of these parts as the library takes it: `7/10 piece`; of whole units where they are none. */
fun JSONObject.quantityOf(count: String): String =
    perUnit()?.let { "$count/$it ${text(MEASURE) ?: MEASURES.first()}" } ?: count

private const val PER = "per"
private const val MEASURE = "measure"

/** As the library calls them, in the order of `R.array.measures`. */
private val MEASURES = listOf("dose", "ml", "g", "IU", "piece")
