package org.medlot.scanner

import android.util.AtomicFile
import java.io.File
import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject

/**
 * What is being prepared and isn't in the log yet: it outlives the app's being killed. Each change is written to the disk
 * and put in place of the last.
 */
class Draft(file: File) {
    private val stored = AtomicFile(file)
    private var content = read()

    /** What the screen keeps in it. */
    val fields: JSONObject get() = content

    /** How many records the log had when its writing began; null: it hasn't. */
    val at: Int? get() = if (content.has(AT)) content.getInt(AT) else null

    /** Its records are in the log, its first line at this place. */
    val written: Int? get() = if (content.has(WRITTEN)) content.getInt(WRITTEN) else null

    /** Some of its records are in the log: the same call writes the rest. */
    val isHalfWritten: Boolean get() = content.optBoolean(HALF)

    val isEmpty: Boolean get() = content.length() == 0

    private fun read(): JSONObject =
        try {
            JSONObject(stored.readFully().decodeToString())
        } catch (_: java.io.FileNotFoundException) {
            JSONObject()
        } catch (_: JSONException) {
            JSONObject() // of another version
        }

    fun save() {
        stored.baseFile.parentFile?.mkdirs()
        val out = stored.startWrite()
        try {
            out.write(content.toString().encodeToByteArray())
            stored.finishWrite(out) // with fsync
        } catch (e: java.io.IOException) {
            stored.failWrite(out)
            throw e
        }
    }

    /** Changes it, durably. */
    fun change(how: JSONObject.() -> Unit) {
        content.how()
        save()
    }

    /** Its [records] records, the last [lines] of them its lines, are about to be written to a log of [at] records. */
    fun begin(at: Int, records: Int, lines: Int) = change {
        put(AT, at)
        put(RECORDS, records)
        put(LINES, lines)
    }

    /** The log has so many records now: whether it was written follows. */
    fun settle(records: Int) {
        val before = at ?: return
        val whole = before + content.optInt(RECORDS)
        change {
            remove(HALF)
            when {
                records >= whole -> {
                    put(WRITTEN, whole - optInt(LINES))
                    remove(AT)
                }

                records > before -> put(HALF, true)

                else -> remove(AT)
            }
        }
    }

    /** What was written is noted: the next may begin. */
    fun next(how: JSONObject.() -> Unit) = change {
        remove(WRITTEN)
        how()
    }

    fun clear() {
        content = JSONObject()
        stored.delete()
    }

    companion object {
        private const val AT = "at"
        private const val RECORDS = "records"
        private const val WRITTEN = "written"
        private const val HALF = "half"
        private const val LINES = "records_of_lines"
    }
}

/** The objects of an array. */
fun JSONArray?.objects(): List<JSONObject> = this?.let { all -> List(all.length()) { all.getJSONObject(it) } }.orEmpty()

/** A text; null where it is absent or empty. */
fun JSONObject.text(key: String): String? = optString(key).ifEmpty { null }
