package org.medlot.example

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import org.medlot.BUNDLES
import org.medlot.VerdictKind
import org.medlot.bytes
import java.time.Instant
import java.time.LocalDate

class ExampleTest {
    private val pack = "010340093595583810A21\u001d17271130"
    private val today = LocalDate.of(2026, 11, 23)
    private val now = Instant.parse("2026-11-23T08:00:00Z")

    @Test
    fun `the example of the README reads and judges`() = runBlocking {
        val vector = BUNDLES.first()
        val anchor = bytes(vector.get("root"))
        val bundle = bytes(vector.get("object"))
        assertEquals(VerdictKind.VALID, receive(pack, anchor, bundle, today, now)?.verdict)
        assertNull(receive(pack, bundle, bundle, today, now))
    }
}
