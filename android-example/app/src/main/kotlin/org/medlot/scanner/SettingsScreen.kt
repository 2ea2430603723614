package org.medlot.scanner

import android.widget.LinearLayout
import org.medlot.StatusView

/** Language, scanner, hub, names of products, this device. */
class SettingsScreen : Screen() {
    private var status: StatusView? = null

    override val title = R.string.settings

    override fun onResume() {
        super.onResume()
        if (book.isJoined) onNews()
    }

    override fun onNews() = ask({ it.status() }) {
        status = it
        redraw()
    }

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        body.choice(getString(R.string.language), LANGUAGES.map(::languageName), LANGUAGES.indexOf(settings.language)) {
            settings.language = LANGUAGES[it]
            recreate()
        }
        body.heading(getString(R.string.scanner))
        body.field(getString(R.string.separator), settings.separator) { settings.separator = it }
        body.words(getString(R.string.separator_how), soft = true)
        body.field(getString(R.string.scan_action), settings.scanAction) { settings.scanAction = it }
        body.words(getString(R.string.scan_action_how), soft = true)
        body.heading(getString(R.string.products))
        body.words(resources.getQuantityString(R.plurals.products_known, names.size, names.size))
        body.button(getString(R.string.load_products)) { openFile() }
        body.heading(getString(R.string.this_device))
        status?.let { body.drawStatus(it) }
        body.button(getString(R.string.enrol)) { go<EnrolScreen>() }
        if (status != null) body.button(getString(R.string.backup)) { backup() }
    }

    private fun languageName(code: String): String = when (code) {
        "vi" -> "Tiếng Việt"
        "en" -> "English"
        else -> getString(R.string.language_of_phone)
    }

    private fun LinearLayout.drawStatus(status: StatusView) {
        words(getString(R.string.facility_is, status.facility))
        words(getString(R.string.log_is, status.log.take(LOG_SHOWN)), soft = true)
        words(getString(R.string.records_and_unsealed, status.records.toInt(), status.unsealed.toInt()), soft = true)
        status.readOnly?.let { words("").tell(said(it), bad = true) }
    }

    override fun onFile(bytes: ByteArray) {
        ask({ names.load(bytes) }) {
            tell(getString(R.string.products_loaded, it.added.toInt(), it.changed.toInt(), it.refused.size))
            redraw()
        }
    }

    private fun backup() = writing {
        book.seal()
        share("medlot-backup.tar", book.ask { it.backup(false, book.now) })
    }

    private companion object {
        val LANGUAGES = listOf("", "vi", "en")
        const val LOG_SHOWN = 16
    }
}
