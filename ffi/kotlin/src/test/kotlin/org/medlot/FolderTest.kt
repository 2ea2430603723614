package org.medlot

import com.google.gson.JsonParser
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant

/** A committed folder, opened in memory: the stock that stands beside it, in this language as in every other. */
class FolderTest {
    private val folder = Path.of(System.getProperty("medlot.root"), "tests/data/folder-1")
    private val now = Instant.parse("2026-11-24T08:00:00Z").epochSecond

    private fun open(): Device {
        val base = folder.resolve("01C55")
        val paths = Files.walk(base).use { all -> all.filter { Files.isRegularFile(it) && it.fileName.toString() != "LOCK" }.toList() }
        val files = paths.map { StoredFile(base.relativize(it).joinToString("/"), Files.readAllBytes(it)) }
        return Device.open(files, null, now)
    }

    private fun Device.stock() = stock(StockInput(), 0u, 100u, Language.EN, now)

    @Test
    fun `the committed folder has the stock that stands beside it`() {
        val text = Files.readString(folder.resolve("stock.json"))
        val wanted = JsonParser.parseString(text).asJsonObject.array("stock").map { it.asJsonObject }
        val page = open().use { it.stock() }
        assertEquals(wanted.size, page.rows.size)
        for ((want, row) in wanted.zip(page.rows)) {
            val product = want.getAsJsonObject("product")
            assertEquals(product.keySet().map { it to product.text(it) }, listOf(row.product?.let { it.scheme to it.value }))
            val texts = listOf(row.lot, row.expiry, row.store, row.fund)
            assertEquals(listOf("lot", "expiry", "store", "fund").map { want.text(it) }, texts)
            val keys = listOf("on_hand", "available", "hold", "recalled", "expired", "in_transit_in", "in_transit_out")
            val numbers = row.run { listOf(onHand, available, hold, recalled, expired, inTransitIn, inTransitOut) }
            assertEquals(keys.map { want.get(it).asLong }, numbers)
        }
    }

    @Test
    fun `nothing further is written before the last is stored, and what fails closes it`() {
        open().use { device ->
            val line = MovementInput(product = "gtin:08935221225326", lot = "241021VA", expiry = "2027-03-31", quantity = "10")
            val before = device.stock().rows.first().onHand
            device.record(Direction.IN, line, false, Language.VI, now)
            assertEquals(before + 10, device.stock().rows.first().onHand)
            val refused = assertThrows<Failure.Refused> { device.record(Direction.IN, line, false, Language.VI, now) }
            assertEquals(listOf("4012", "unconfirmed"), listOf("${refused.number}", refused.codeName))
            device.failed()
            assertEquals("4013", "${assertThrows<Failure.Usage> { device.status() }.number}")
        }
    }

    @Test
    fun `two devices synchronise over bytes`() {
        val (a, b) = open() to open()
        listOf(a, b).forEach { it.syncBegin(SyncInput(), now) }
        do {
            val there = a.syncSend()
            b.syncReceive(there)
            b.confirm()
            val back = b.syncSend()
            a.syncReceive(back)
            a.confirm()
        } while (there.isNotEmpty() || back.isNotEmpty())
        assertEquals(listOf(true, true), listOf(a, b).map { it.syncFinish(now).done })
    }
}
