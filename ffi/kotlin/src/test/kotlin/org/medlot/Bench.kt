package org.medlot

import org.junit.jupiter.api.Test
import java.nio.file.Files
import java.nio.file.Path

/** What each call of the façade costs from Kotlin: one line of JSON, seconds. Run by `cargo xtask bench bindings` alone. */
class Bench {
    private val now = 1_577_836_800L + 217_000_000 + 100_000 * 60
    private val pack = "0108934567000017172806301012345A"

    /** The JVM compiles what is called often: ten calls before. */
    private fun least(work: () -> Unit): Double {
        repeat(10) { work() }
        return (1..5).minOf {
            val begin = System.nanoTime()
            work()
            (System.nanoTime() - begin) / 1e9
        }
    }

    @Test
    fun `the cost of calls`() {
        val folder = Path.of(System.getProperty("medlot.bench"))
        val base = folder.resolve("device")
        val paths = Files.walk(base).use { all -> all.filter(Files::isRegularFile).toList() }
        val files = paths.map { StoredFile(base.relativize(it).joinToString("/"), Files.readAllBytes(it)) }
        val (root, segment) = listOf("root.mlt", "segment.mlt").map { Files.readAllBytes(folder.resolve(it)) }
        fun Device.rows(limit: UInt) = stock(StockInput(), 0u, limit, Language.EN, now)
        val device = Device.open(files, null, now)
        val total = device.rows(0u).total
        val said = mapOf(
            "open" to least { Device.open(files, null, now).use { it.rows(0u) } },
            // Another question each time: the answer to the last one is kept.
            "stock_new" to least { listOf(true, false).map { device.stock(StockInput(emptyToo = it), 0u, 0u, Language.EN, now) } },
            "stock_rows" to least { device.rows(total) },
            "verify_1000" to least { Verifier(root).use { it.verify(segment, now, null) } },
            "scan_1000" to least { repeat(1_000) { scan(pack, null, "2026-11-28") } },
        )
        Files.writeString(folder.resolve("kotlin.json"), said.entries.joinToString(",", "{", "}") { (key, value) -> "\"$key\":$value" })
    }
}
