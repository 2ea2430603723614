package org.medlot

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.nio.charset.CharacterCodingException
import java.time.LocalDate
import java.util.Random
import java.util.concurrent.Callable
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors

/** Whatever comes in, the language's own exception or an answer comes out; the process lives. */
class BadInputTest {
    private val today = LocalDate.of(2026, 11, 23)
    private val valid = BUNDLES.first()
    private val anchor = bytes(valid.get("root"))
    private val bundle = bytes(valid.get("object"))

    private inline fun fails(number: Int, act: () -> Unit) {
        val failure = assertThrows<Failure> { act() }
        assertEquals(number, failure.number, failure.inEnglish)
        assertTrue(failure.codeName.isNotEmpty() && failure.inVietnamese.isNotEmpty(), failure.message)
    }

    @Test
    fun `a day that is none is said with its number and value`() {
        for (day in listOf("", "yesterday", "2026-13-01", "2026-02-30", "2".repeat(10_000_000))) {
            fails(4001) { scan("3400935955838", null, day) }
        }
        val failure = assertThrows<Failure.Usage> { scan("3400935955838", null, "2026-13-01") }
        assertTrue("today" in failure.english && "2026-13-01" in failure.english, failure.english)
    }

    @Test
    fun `ten megabytes are no code`() {
        assertTrue(scan("1".repeat(10_000_000), today) is Scanned.Refused)
        assertTrue(scan("ệ".repeat(3_000_000), today) is Scanned.Refused)
        assertTrue(scan("3400935955838", today, "x".repeat(10_000_000)) is Scanned.Read)
    }

    @Test
    fun `half a character is refused before it crosses`() {
        assertThrows<CharacterCodingException> { scan("\ud800", today) }
    }

    @Test
    fun `bytes that are no anchor give no verifier`() {
        fails(3910) { Verifier(ByteArray(0)) }
        fails(3910) { Verifier("<html>".toByteArray()) }
        fails(3910) { Verifier(anchor.copyOf(anchor.size - 1)) }
        fails(3910) { Verifier(ByteArray(10_000_000)) }
        fails(3911) { Verifier(bundle) }
    }

    @Test
    fun `what is no object is a verdict, never a crash`() {
        Verifier(anchor).use { verifier ->
            for (bytes in listOf(ByteArray(0), "<html>".toByteArray(), ByteArray(10_000_000))) {
                val verdict = verifier.verify(bytes, null, null)
                assertEquals(VerdictKind.INVALID, verdict.verdict)
                assertEquals(3910, verdict.reasons.first().code.toInt())
                assertThrows<Failure.Invalid> { verifier.keep(bytes) }
            }
            val whole = verifier.verify(bundle, null, null)
            val chance = Random(20261123)
            repeat(500) {
                val changed = bundle.copyOf()
                changed[chance.nextInt(changed.size)] = chance.nextInt().toByte()
                val verdict = verifier.verify(changed.copyOf(chance.nextInt(changed.size) + 1), null, null)
                // Cut between two elements it is a smaller bundle; nothing else is ever believed.
                val believed = verdict.records.filter { it.counts == "yes" }
                assertEquals(whole.records.take(believed.size), believed)
            }
            assertEquals(VerdictKind.VALID, whole.verdict)
        }
    }

    @Test
    fun `an instant that cannot be is said with its value`() {
        Verifier(anchor).use { verifier ->
            for (now in listOf(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE)) {
                val failure = assertThrows<Failure.Usage> { verifier.verify(bundle, now, null) }
                assertEquals(4001, failure.number)
                assertTrue("$now" in failure.english, failure.english)
            }
        }
    }

    @Test
    fun `a closed verifier says so`() {
        val verifier = Verifier(anchor)
        verifier.close()
        verifier.close()
        assertThrows<IllegalStateException> { verifier.verify(bundle, null, null) }
        assertThrows<IllegalStateException> { verifier.keep(bundle) }
    }

    @Test
    fun `eight threads share a verifier, and one that is closed under them`() {
        val pool = Executors.newFixedThreadPool(8)
        try {
            val verifier = Verifier(anchor)
            val valid = (0 until 8).map { thread ->
                pool.submit(Callable {
                    (0 until 50).count {
                        if (thread % 4 == 0) verifier.keep(bundle)
                        verifier.verify(bundle, null, null).verdict == VerdictKind.VALID
                    }
                })
            }
            assertEquals(List(8) { 50 }, valid.map { it.get() })
            // Closing takes effect once no thread is inside: until then calls go on, from then on each one says so.
            val begun = CountDownLatch(8)
            val ends = (0 until 8).map {
                pool.submit(Callable {
                    begun.countDown()
                    runCatching { repeat(20) { verifier.verify(bundle, null, null) } }.exceptionOrNull()
                })
            }
            begun.await()
            verifier.close()
            assertTrue(ends.map { it.get() }.all { it == null || it is IllegalStateException })
            assertThrows<IllegalStateException> { verifier.verify(bundle, null, null) }
        } finally {
            pool.shutdownNow()
        }
    }
}
