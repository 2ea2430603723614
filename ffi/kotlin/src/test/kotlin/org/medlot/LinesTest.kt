package org.medlot

import com.google.gson.JsonArray
import com.google.gson.JsonElement
import com.google.gson.JsonNull
import com.google.gson.JsonObject
import com.google.gson.JsonParser
import com.google.gson.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.security.MessageDigest
import java.util.HexFormat
import java.util.zip.CRC32

/** What the committed vectors state of logs' files and of synchronisations. */
class LinesTest {
    /** Vectors count seconds since 2020. */
    private val beginning = 1_577_836_800L

    private fun hex(bytes: ByteArray) = HexFormat.of().formatHex(bytes)

    private fun json(vararg fields: Pair<String, Any?>) = JsonObject().also { json ->
        for ((key, value) in fields) json.add(key, element(value))
    }

    private fun element(value: Any?): JsonElement = when (value) {
        null -> JsonNull.INSTANCE
        is JsonElement -> value
        is String -> JsonPrimitive(value)
        is Boolean -> JsonPrimitive(value)
        is List<*> -> JsonArray().also { array -> value.forEach { array.add(element(it)) } }
        else -> JsonPrimitive(value.toString().toLong())
    }

    private fun imageOf(images: Map<String?, ByteArray>, vector: JsonObject): ByteArray {
        if (vector.has("image")) return bytes(vector.get("image"))
        val image = images.getValue(vector.text("of"))
        val (at, remove, put) = vector.array("splice").toList()
        val end = at.asInt + remove.asInt
        return image.copyOfRange(0, at.asInt) + bytes(put) + image.copyOfRange(end, image.size)
    }

    private fun ofLog(images: Map<String?, ByteArray>, vector: JsonObject): String? {
        val log = try {
            readLog(imageOf(images, vector), 0u, 10_000u)
        } catch (closed: Failure.Invalid) {
            return differs("error", vector.text("error"), closed.number.toString())
        }
        val said = json(
            "log" to log.log, "records" to log.count, "head" to log.head, "seals" to log.seals,
            "unsealed" to log.unsealed, "mark" to log.mark, "end" to log.end, "dropped" to log.dropped,
        )
        val shown = log.records.map { it.index.toInt() }
        return said.keySet().firstNotNullOfOrNull { differs(it, vector.get(it), said.get(it)) }
            ?: differs("shown", List(log.count.toInt()) { it }, shown)
    }

    @Test
    @Tag("vectors")
    fun `every committed image of a log is recovered as it states`() {
        val vectors = lines("tests/vectors/v1/log.jsonl")
        assertTrue(vectors.size > 1_000, "${vectors.size}")
        val images = vectors.filter { it.has("image") }.associate { it.text("name") to bytes(it.get("image")) }
        agree("log", vectors) { ofLog(images, it) }
    }

    /** A message on a line (`spec/sync.md` section 2). */
    private fun framed(message: ByteArray): ByteArray {
        val sum = CRC32().apply { update(message) }.value.toInt()
        val body = message + ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(sum).array()
        val out = ByteArrayOutputStream().apply { write(0) }
        var run = mutableListOf<Byte>()
        fun end() {
            out.write(run.size + 1)
            out.write(run.toByteArray())
            run = mutableListOf()
        }
        for (byte in body) {
            if (run.size == 254) end()
            if (byte == 0.toByte()) end() else run.add(byte)
        }
        end()
        return out.apply { write(0) }.toByteArray()
    }

    private fun sessionOf(party: JsonObject): SyncSession {
        val says = SyncPartyInput(
            facilities = party.array("facilities").map { it.asString },
            log = party.text("log"),
            clock = party.text("clock")?.let { beginning + it.toLong() },
            message = party.get("message").asInt.toUInt(),
            piece = party.get("piece").asInt.toUInt(),
            window = party.get("window").asInt.toUInt(),
        )
        val session = SyncSession(bytes(party.get("root")), says)
        for (whole in party.array("whole").map { it.asJsonObject }) {
            val suite = if (whole.get("suite").asInt == 1) KeySuite.P256 else KeySuite.ED25519
            val log = LogInput(whole.text("parent")!!, suite, bytes(whole.get("key")), whole.text("facility")!!)
            session.holdWhole(log, whole.get("count").asInt.toUInt())
        }
        party.array("objects").forEach { session.hold(bytes(it)) }
        party.array("aside").forEach { session.holdAside(bytes(it)) }
        if (party.has("unsealed")) session.holdBack(bytes(party.get("unsealed")))
        return session
    }

    private fun isBundle(one: ByteArray) = one[3] == 4.toByte()

    /** Every record held: its log, index and identity. */
    private fun held(root: ByteArray, objects: List<ByteArray>): List<RecordView> = Verifier(root).use { verifier ->
        objects.forEach { verifier.keep(it) }
        // Each holds one element: several in one bundle are verified at once.
        val bundles = objects.filter(::isBundle).chunked(16).map { some ->
            some.first().copyOfRange(0, 4) + some.flatMap { it.drop(4) }.toByteArray()
        }
        val records = (listOf(root) + bundles).flatMap { verifier.verify(it, null, null).records }
        records.distinctBy { Triple(it.log, it.index, it.id) }.sortedWith(compareBy({ it.log }, { it.index }, { it.id }))
    }

    /** Replays a session for one side: it sends what is recorded, and comes to the same. */
    private fun ofSide(vector: JsonObject, side: String): String? {
        val party = vector.getAsJsonObject(side)
        val turns = vector.array("turns").map { it.asJsonObject }
        val own = turns.filter { it.text("by") == side }.map { it.text("line")!! }
        val objects = party.array("objects").map { bytes(it) }.toMutableList()
        var left = if (vector.get("cut").asBoolean) own.sumOf { it.length / 2 } else Int.MAX_VALUE
        sessionOf(party).use { session ->
            fun turn(came: ByteArray): String {
                session.receive(came)
                objects += session.came().filter { it.aside == null }.map { it.`object` }
                val out = session.send().let { it.copyOf(minOf(it.size, left)) }
                left -= out.size
                return hex(out)
            }
            val sent = mutableListOf<String>()
            var came = ByteArray(0)
            for (line in turns) {
                if (line.text("by") == side) {
                    sent += turn(came)
                    came = ByteArray(0)
                } else {
                    came = bytes(line.get("line"))
                }
            }
            turn(came).takeIf { it.isNotEmpty() }?.let { sent += it }
            if (sent != own) return "$side sends something else"
            val records = held(bytes(party.get("root")), objects)
            val all = MessageDigest.getInstance("SHA-256")
            for (record in records) {
                all.update(HexFormat.of().parseHex(record.log))
                all.update(ByteBuffer.allocate(4).putInt(record.index.toInt()).array())
                all.update(HexFormat.of().parseHex(record.id))
            }
            val outcome = session.outcome()
            val counts = records.groupingBy { it.log }.eachCount()
            val said = json(
                "done" to session.isDone(),
                "held" to json(*counts.toList().toTypedArray()),
                "records" to hex(all.digest()),
                "objects" to objects.filterNot(::isBundle).map(::hex).sorted(),
                "aside" to outcome.aside.map { it.why.code },
                "standing" to outcome.standing,
                "acknowledged" to outcome.acknowledged,
                "observes" to outcome.observes.map { json("log" to it.log, "count" to it.count, "head" to it.head) },
                "clock_ahead" to outcome.clockAhead,
            )
            return differs(side, vector.getAsJsonObject("outcome").getAsJsonObject(side), said)
        }
    }

    private fun ofLine(line: JsonElement, says: JsonArray) =
        differs("says", says, JsonArray().also { all -> readSyncLine(bytes(line)).forEach { all.add(JsonParser.parseString(it)) } })

    private fun ofMessage(vector: JsonObject): String? = sessionOf(vector.getAsJsonObject("to")).use { session ->
        vector.array("before").forEach { session.receive(framed(bytes(it))) }
        val code = try {
            session.receive(framed(bytes(vector.get("message"))))
            0
        } catch (refused: Failure) {
            refused.number
        }
        differs("verdict", vector.get("verdict").asInt, code)
    }

    private fun ofSync(vector: JsonObject): String? = when {
        vector.has("line") -> ofLine(vector.get("line"), vector.array("says"))
        vector.has("message") -> ofMessage(vector)
        else -> {
            val turns = vector.array("turns").map { it.asJsonObject }
            turns.firstNotNullOfOrNull { ofLine(it.get("line"), it.array("messages")) }
                ?: vector.array("replays").firstNotNullOfOrNull { ofSide(vector, it.asString) }
        }
    }

    @Test
    @Tag("vectors")
    fun `every committed session, line and message goes as it states`() {
        val vectors = lines("tests/vectors/v1/sync.jsonl")
        assertTrue(vectors.size > 100, "${vectors.size}")
        agree("sync", vectors, ::ofSync)
    }
}
