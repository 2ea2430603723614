package org.medlot

import com.google.gson.JsonArray
import com.google.gson.JsonElement
import com.google.gson.JsonObject
import com.google.gson.JsonParser
import java.nio.file.Files
import java.nio.file.Path
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
