package org.medlot.scanner

import android.content.Context
import android.content.SharedPreferences
import android.content.res.Configuration
import java.util.Locale
import org.medlot.Language

/** What a person sets. Written at once: who sets it and pulls the battery finds it set. */
class Settings(context: Context) {
    private val stored: SharedPreferences = context.getSharedPreferences("settings", Context.MODE_PRIVATE)

    /** `vi` or `en`; empty: the phone's. */
    var language: String by text("language", "")

    /** What the scanner sends for the GS1 separator where it can't send it; empty: the usual ones. */
    var separator: String by text("separator", "")

    /** The action of broadcasts in which DataWedge or Honeywell's service sends scans. */
    var scanAction: String by text("scan_action", SCAN_ACTION)

    /** The hub, `https://…`. */
    var hub: String by text("hub", "")

    /** To whom was handed over last. */
    var lastRecipient: String by text("last_recipient", "")

    private fun text(key: String, default: String) =
        object : kotlin.properties.ReadWriteProperty<Settings, String> {
            override fun getValue(thisRef: Settings, property: kotlin.reflect.KProperty<*>): String =
                stored.getString(key, default) ?: default

            override fun setValue(thisRef: Settings, property: kotlin.reflect.KProperty<*>, value: String) {
                stored.edit().putString(key, value).commit()
            }
        }

    /** This context in the language that was chosen. */
    fun inLanguage(base: Context): Context {
        if (language.isEmpty()) return base
        val configuration = Configuration(base.resources.configuration)
        configuration.setLocale(Locale.forLanguageTag(language))
        return base.createConfigurationContext(configuration)
    }

    companion object {
        /** What this app sets both scanner services to. */
        const val SCAN_ACTION = "org.medlot.scanner.SCAN"

        /** The language that a context speaks, for the library's own words. */
        fun spoken(context: Context): Language =
            if (context.resources.configuration.locales[0].language == "vi") Language.VI else Language.EN
    }
}
