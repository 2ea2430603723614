package org.medlot

import com.google.gson.JsonArray
import com.google.gson.JsonElement
import com.google.gson.JsonObject
import com.google.gson.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.lang.reflect.Modifier

class RecordsTest {
    /** Of what has no third answer, no is left out. */
    private val no = setOf("sent", "unsealed", "refused", "documents")

    /** The key of a field; what an attestation is about has a name of its own. */
    private fun snake(name: String) =
        if (name == "attests") "record" else name.replace(Regex("[A-Z]")) { "_${it.value.lowercase()}" }

    private fun fields(of: Class<*>) = of.declaredFields.filter { !Modifier.isStatic(it.modifiers) }

    /** A view as the JSON that it is read from: what isn't there is left out. */
    private fun plain(value: Any): JsonElement = when (value) {
        is String -> JsonPrimitive(value)
        is Boolean -> JsonPrimitive(value)
        is Number, is UInt, is UShort, is UByte -> JsonPrimitive(value.toString().toLong())
        is List<*> -> JsonArray().also { array -> value.forEach { array.add(plain(it!!)) } }
        is ProductName -> JsonObject().also { it.addProperty(value.scheme, value.value) }
        else -> JsonObject().also { json ->
            for (field in fields(value.javaClass)) {
                field.isAccessible = true
                val one = field.get(value) ?: continue
                if (snake(field.name) in no && (one == false || one == emptyList<Any>())) continue
                json.add(snake(field.name), plain(one))
            }
        }
    }

    private val known = fields(RecordView::class.java).map { snake(it.name) }

    private fun ofRecord(vector: JsonObject): String? {
        val index = vector.get("index").asInt
        val record = try {
            readRecord(bytes(vector.get("bytes")), index.toUInt())
        } catch (refused: Failure.Invalid) {
            return differs("code", vector.text("code"), refused.number.toString())
        }
        if (!vector.get("valid").asBoolean) return "taken, not refused with ${vector.text("code")}"
        val says = vector.getAsJsonObject("says") ?: return null
        val wanted = JsonObject()
        says.entrySet().filter { (key, _) -> key in known }.forEach { (key, value) -> wanted.add(key, value) }
        wanted.addProperty("log", "")
        wanted.addProperty("index", index)
        return differs("says", wanted, plain(record))
    }

    @Test
    @Tag("vectors")
    fun `every committed record says what it states or is refused with its number`() {
        val vectors = lines("tests/vectors/v1/records.jsonl")
        assertTrue(vectors.size > 5_000, "${vectors.size}")
        agree("records", vectors, ::ofRecord)
    }

    private fun ofSegment(vector: JsonObject): String? {
        val suite = if (vector.get("suite").asInt == 1) KeySuite.P256 else KeySuite.ED25519
        val log = LogInput(vector.text("parent")!!, suite, bytes(vector.get("key")), vector.text("facility")!!)
        val segment = try {
            verifySegment(log, bytes(vector.get("body")))
        } catch (refused: Failure.Invalid) {
            // The vectors state the number's name as the core has it: `BadSeal` is `segment_bad_seal`.
            return differs("error", "segment" + snake(vector.text("error").orEmpty()), refused.codeName)
        }
        val wanted = listOf("valid", vector.text("log"), vector.text("index"), vector.text("head"))
        val records = vector.array("records").map { bytes(it).toList() }
        return differs("segment", wanted, listOf("valid", segment.log, segment.index.toString(), segment.head))
            ?: if (records.isEmpty()) null else differs("records", records, segment.records.map { it.bytes.toList() })
    }

    @Test
    @Tag("vectors")
    fun `every committed segment gives the records that it states or is refused`() {
        val vectors = lines("tests/vectors/v1/segments.jsonl")
        assertTrue(vectors.size > 500, "${vectors.size}")
        agree("segments", vectors, ::ofSegment)
    }
}
