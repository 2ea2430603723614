package org.medlot

import com.google.gson.JsonObject
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.time.Instant

class BundlesTest {
    private fun problem(vector: JsonObject): String? {
        val verdict = Verifier(bytes(vector.get("root"))).use { verifier ->
            vector.array("held").forEach { verifier.keep(bytes(it)) }
            verifier.verify(bytes(vector.get("object")), null, null)
        }
        val wanted = vector.array("records").map { it.asJsonObject }.map {
            listOf(it.text("log"), it.text("index"), it.text("id"), it.text("counts"), it.text("why"))
        }
        val got = verdict.records.map {
            listOf(it.log, it.index.toString(), it.id, it.counts, it.why?.code?.toString())
        }
        return differs("verdict", vector.text("verdict"), verdict.verdict.name.lowercase())
            ?: vector.text("error")?.let { differs("error", it, verdict.reasons.first().code.toString()) }
            ?: differs("records", wanted, got)
    }

    @Test
    @Tag("vectors")
    fun `every committed bundle gives the verdict, codes and reasons that it states`() {
        assertTrue(BUNDLES.size > 800, "${BUNDLES.size}")
        agree("bundles", BUNDLES, ::problem)
    }

    @Test
    fun `judging off the thread gives the same answer`() {
        val vector = BUNDLES.first()
        Verifier(bytes(vector.get("root"))).use { verifier ->
            val bundle = bytes(vector.get("object"))
            val now = Instant.parse("2026-11-23T08:00:00Z")
            val verdict = runBlocking { verifier.judge(bundle, now, "V1-0417") }
            assertEquals(verifier.verify(bundle, now.epochSecond, "V1-0417"), verdict)
            assertEquals(VerdictKind.VALID, verdict.verdict)
        }
    }
}
