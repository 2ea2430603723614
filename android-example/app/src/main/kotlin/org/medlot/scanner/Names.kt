package org.medlot.scanner

import java.io.File
import java.text.Normalizer
import java.util.concurrent.ConcurrentHashMap
import org.medlot.Catalogue
import org.medlot.Failure
import org.medlot.Loaded
import org.medlot.ProductName

/** What products are called: a list that a person loads. It suggests, and is never an input of stock. */
class Names(private val file: File) {
    private val found = ConcurrentHashMap<ProductName, String>()
    private val catalogue: Catalogue by lazy {
        try {
            if (file.isFile) Catalogue.saved(file.readBytes()) else Catalogue()
        } catch (_: Failure) {
            Catalogue() // damaged, or of another version: loaded anew by whoever misses it
        }
    }

    /** How many it holds. */
    val size: Int get() = catalogue.size().toInt()

    /** Its name, else how its code says it. */
    fun of(product: ProductName?): String {
        if (product == null) return "–"
        return found.getOrPut(product) {
            val drugs = try {
                when (product.scheme) {
                    "gtin" -> catalogue.byGtin(product.value)
                    "registration" -> catalogue.byRegistration(product.value)
                    else -> emptyList()
                }
            } catch (_: Failure) {
                emptyList() // a code that no list can hold
            }
            drugs.firstOrNull()?.run { listOfNotNull(name, strength?.takeUnless { it in name }).joinToString(" ") }
                ?: "${product.scheme.uppercase()} ${product.value}"
        }
    }

    /** Loads a list (CSV) or a page of the national catalogue (JSON) and keeps it. */
    fun load(list: ByteArray): Loaded {
        val loaded = if (list.firstOrNull { !it.toInt().toChar().isWhitespace() } in JSON_BEGINS) {
            catalogue.loadJson(list)
        } else {
            catalogue.loadCsv(list)
        }
        val fresh = File(file.path + ".new")
        fresh.writeBytes(catalogue.save())
        check(fresh.renameTo(file)) { "${file.path}: could not be replaced" }
        found.clear()
        return loaded
    }

    companion object {
        private val JSON_BEGINS = listOf('{'.code.toByte(), '['.code.toByte())
        private val MARKS = Regex("\\p{Mn}+")

        /** Without diacritics and case: `Thuốc đỏ` becomes `thuoc do`. */
        fun folded(text: String): String =
            MARKS.replace(Normalizer.normalize(text, Normalizer.Form.NFD), "").lowercase().replace('đ', 'd')
    }
}
