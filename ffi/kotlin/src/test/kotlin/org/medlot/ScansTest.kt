package org.medlot

import com.google.gson.JsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.time.LocalDate

class ScansTest {
    private val today = LocalDate.of(2026, 11, 23)

    /** Whether a reading has every field that is wanted, and with [whole] no other. */
    private fun agrees(item: ReadItem, want: JsonObject, whole: Boolean): Boolean {
        val fields = mapOf("gtin" to item.gtin, "lot" to item.lot, "expiry" to item.expiry, "serial" to item.serial)
        val other = want.getAsJsonObject("other")?.entrySet().orEmpty()
        return fields.all { (key, value) -> want.text(key) == value || (!whole && !want.has(key)) } &&
            other.all { (ai, value) -> AiValue(ai, value.asString) in item.elements }
    }

    private fun good(row: JsonObject, got: Scanned): Boolean {
        val expect = row.getAsJsonObject("expect")
        val error = expect.text("error").orEmpty()
        val foreign = listOf("HIBC", "PPN", "PZN", "ISO 15434", "Chinese", "registration number")
        val damaged = listOf("garbage", "zero-width", "leading 0", "swapped case")
        val candidates = (got as? Scanned.Confirm)?.candidates.orEmpty()
        return when {
            row.text("recovery_only") == "true" || row.has("strict_expect") ->
                got is Scanned.Refused || candidates.any { agrees(it, expect, true) }
            expect.has("candidates") ->
                got is Scanned.Confirm &&
                    expect.array("candidates").all { want -> candidates.any { agrees(it, want.asJsonObject, false) } }
            foreign.any { it in error } -> got is Scanned.Foreign
            error.isNotEmpty() -> got is Scanned.Refused || (got is Scanned.Confirm && damaged.any { it in error })
            else -> got is Scanned.Read && agrees(got.item, expect, true)
        }
    }

    @Test
    @Tag("vectors")
    fun `every recorded scan comes out as its row says`() {
        val rows = lines("tests/data/scans.jsonl")
        assertTrue(rows.size > 100, "${rows.size}")
        agree("scans", rows) { row ->
            val got = scan(row.text("raw")!!, today)
            if (good(row, got)) null else "$got"
        }
    }

    @Test
    fun `a refused scan has its number, its place and both languages`() {
        val got = scan("019506682101352", today) as Scanned.Refused
        assertTrue(got.code in 1000u..4999u, "$got")
        assertTrue(got.name.isNotEmpty() && got.english.isNotEmpty() && got.vietnamese.isNotEmpty(), "$got")
    }

    @Test
    fun `dates are dates`() {
        val got = scan("010340093595583810A21\u001d17271130", today) as Scanned.Read
        assertEquals(LocalDate.of(2027, 11, 30), got.item.lastDay)
        assertNull((scan("3400935955838", today) as Scanned.Read).item.lastDay)
    }
}
