package org.medlot

import com.google.gson.JsonObject
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import kotlin.math.roundToLong

class LedgerTest {
    /** Vectors count seconds since 2020. */
    private val beginning = 1_577_836_800L

    /**
     * Of a facility of whose log only pieces are here a verifier doesn't say that it gave what it hadn't; the ledger alone
     * does.
     */
    private val negativeStock = 5002
    private val pieces = 3020

    /** Units, those that are opened too, and whole units that are held. */
    private data class Shelf(val onHand: Double, val hold: Long)

    /** Where something stands, in millionths. */
    private fun rounded(shelves: Map<List<String?>, Shelf>) =
        shelves.mapValues { (_, shelf) -> (shelf.onHand * 1e6).roundToLong() to shelf.hold }.filterValues { it != 0L to 0L }

    private fun name(product: ProductName?) = product?.let { "${it.scheme}:${it.value}" }

    private fun stated(vector: JsonObject): Map<List<String?>, Pair<Long, Long>> {
        val shelves = mutableMapOf<List<String?>, Shelf>()
        for (lot in vector.array("lots").map { it.asJsonObject }) {
            for (stock in lot.array("stock").map { it.asJsonObject }) {
                val place = listOf("facility", "product", "lot").map(lot::text) + listOf("store", "fund", "vvm").map(stock::text)
                val units = stock.get("units").asLong
                val opened = stock.array("parts").map { it.asJsonArray }.sumOf { it[0].asDouble / it[1].asDouble }
                val before = shelves[place] ?: Shelf(0.0, 0)
                val held = if (stock.has("hold")) units else 0
                shelves[place] = Shelf(before.onHand + units + opened, before.hold + held)
            }
        }
        return rounded(shelves)
    }

    private fun said(page: StockPage): Map<List<String?>, Pair<Long, Long>> {
        val shelves = page.rows.associate { row ->
            val opened = row.parts.sumOf { it.count.toDouble() / it.perUnit.toDouble() }
            val place = listOf(row.facility, name(row.product), row.lot, row.store, row.fund, row.vvm?.toString())
            place to Shelf(row.onHand + opened, row.hold)
        }
        return rounded(shelves)
    }

    private fun findings(vector: JsonObject, verifier: Verifier, inPieces: Set<String>, now: Long): String? {
        val asked = vector.getAsJsonObject("asked")
        val of = FindingsInput(
            facility = asked.text("facility"),
            all = asked.text("facility") == null,
            answerDays = asked.get("answer_days").asInt.toUShort(),
            controlled = asked.array("controlled").map { it.asString },
        )
        val rows = verifier.findings(of, 0u, 10_000u, Language.EN, now).rows
        // Numbers of another thousand are trust's.
        val got = rows.filter { it.code.toInt() in 5001..5999 }
            .map { listOf(it.code.toString(), it.facility, name(it.product), it.lot).joinToString("|") }
        val wanted = vector.array("findings").map { it.asJsonObject }
            .filter { it.get("code").asInt != negativeStock || it.text("facility") !in inPieces }
            .map { found -> listOf("code", "facility", "product", "lot").joinToString("|") { found.text(it).toString() } }
        return differs("findings", wanted.sorted(), got.sorted())
    }

    private fun problem(vector: JsonObject): String? {
        // A verifier always knows the time.
        val asked = vector.getAsJsonObject("asked").text("now")?.toLong()
        val now = beginning + (asked ?: 217_659_600)
        val facilities = vector.array("lots").map { it.asJsonObject.text("facility")!! }.toSet()
        return Verifier(bytes(vector.get("root"))).use { verifier ->
            vector.array("objects").forEach { verifier.keep(bytes(it)) }
            val pages = facilities.associateWith {
                verifier.stock(StockInput(facility = it), 0u, 10_000u, Language.EN, now)
            }
            val stock = pages.values.flatMap { said(it).toList() }.toMap()
            val inPieces = pages.filterValues { page -> page.incomplete.any { it.code.toInt() == pieces } }.keys
            differs("stock", stated(vector), stock) ?: asked?.let { findings(vector, verifier, inPieces, now) }
        }
    }

    @Test
    @Tag("vectors")
    fun `every committed world gives the stock and the findings that it states`() {
        val vectors = lines("tests/vectors/v1/ledger.jsonl")
        assertTrue(vectors.size > 500, "${vectors.size}")
        agree("ledger", vectors, ::problem)
    }
}
