package org.medlot

import com.google.gson.JsonArray
import com.google.gson.JsonElement
import com.google.gson.JsonObject
import com.google.gson.JsonParser
import org.junit.jupiter.api.Assertions.assertTrue
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardOpenOption.APPEND
import java.nio.file.StandardOpenOption.CREATE
import java.util.HexFormat

/** The lines of a file of this repository, each a JSON object. */
internal fun lines(path: String): List<JsonObject> {
    val root = Path.of(System.getProperty("medlot.root"))
    return Files.readAllLines(root.resolve(path)).map { JsonParser.parseString(it).asJsonObject }
}

internal fun bytes(hex: JsonElement): ByteArray = HexFormat.of().parseHex(hex.asString)

internal fun JsonObject.array(key: String): JsonArray = getAsJsonArray(key) ?: JsonArray()

/** The text of a key; null where it is absent or null. */
internal fun JsonObject.text(key: String): String? = get(key)?.takeUnless { it.isJsonNull }?.asString

internal val BUNDLES: List<JsonObject> by lazy { lines("tests/vectors/v1/bundles.jsonl") }

/**
 * Asks of each vector what is wrong with what comes out, if anything is; none may be. Says how many agreed where
 * `cargo xtask conformance` wants to know.
 */
internal fun agree(group: String, vectors: List<JsonObject>, problem: (JsonObject) -> String?) {
    val wrong = vectors.mapNotNull { vector -> problem(vector)?.let { "${vector.text("name") ?: vector}: $it" } }
    System.getenv("MEDLOT_CONFORMANCE")?.let { file ->
        Files.writeString(Path.of(file), "conformance kotlin $group ${vectors.size - wrong.size}\n", CREATE, APPEND)
    }
    assertTrue(wrong.isEmpty(), wrong.take(10).joinToString("\n"))
}

/** What differs, if anything does. */
internal fun differs(what: String, wanted: Any?, got: Any?): String? =
    if (wanted == got) null else "$what: $got, not $wanted"
