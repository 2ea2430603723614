package org.medlot.scanner

import android.annotation.SuppressLint
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.Build
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.view.KeyEvent

/** Scans that a built-in scanner's service sends as broadcasts: Zebra's DataWedge, Honeywell's data intent. */
class ScannerBroadcasts(private val context: Context, private val action: String, private val onScan: (String) -> Unit) {
    private val receiver = object : BroadcastReceiver() {
        override fun onReceive(context: Context, intent: Intent) {
            (intent.getStringExtra(ZEBRA_DATA) ?: intent.getStringExtra(HONEYWELL_DATA))?.let(onScan)
        }
    }

    // Before Android 13 there is no such flag to give.
    @SuppressLint("UnspecifiedRegisterReceiverFlag")
    fun start() {
        val filter = IntentFilter(action)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            context.registerReceiver(receiver, filter, Context.RECEIVER_EXPORTED)
        } else {
            context.registerReceiver(receiver, filter)
        }
        context.sendBroadcast(dataWedgeProfile(context.packageName, action))
        context.sendBroadcast(honeywell("com.honeywell.aidc.action.ACTION_CLAIM_SCANNER", action))
    }

    fun stop() {
        context.sendBroadcast(honeywell("com.honeywell.aidc.action.ACTION_RELEASE_SCANNER", action))
        context.unregisterReceiver(receiver)
    }

    companion object {
        const val ZEBRA_DATA = "com.symbol.datawedge.data_string"
        const val HONEYWELL_DATA = "data"

        /** Makes a profile for this app: scans come as broadcasts, and not as keys besides. */
        fun dataWedgeProfile(app: String, action: String): Intent {
            val intents = plugin("INTENT") {
                putString("intent_output_enabled", "true")
                putString("intent_action", action)
                putString("intent_delivery", "2") // a broadcast
            }
            val keys = plugin("KEYSTROKE") { putString("keystroke_output_enabled", "false") }
            val where = Bundle().apply {
                putString("PACKAGE_NAME", app)
                putStringArray("ACTIVITY_LIST", arrayOf("*"))
            }
            val profile = Bundle().apply {
                putString("PROFILE_NAME", "medlot")
                putString("PROFILE_ENABLED", "true")
                putString("CONFIG_MODE", "CREATE_IF_NOT_EXIST")
                putParcelableArray("APP_LIST", arrayOf(where))
                putParcelableArrayList("PLUGIN_CONFIG", arrayListOf(intents, keys))
            }
            return Intent("com.symbol.datawedge.api.ACTION").putExtra("com.symbol.datawedge.api.SET_CONFIG", profile)
        }

        private fun plugin(name: String, parameters: Bundle.() -> Unit) = Bundle().apply {
            putString("PLUGIN_NAME", name)
            putString("RESET_CONFIG", "true")
            putBundle("PARAM_LIST", Bundle().apply(parameters))
        }

        private fun honeywell(what: String, action: String): Intent {
            val properties = Bundle().apply {
                putBoolean("DPR_DATA_INTENT", true)
                putString("DPR_DATA_INTENT_ACTION", action)
            }
            return Intent(what)
                .setPackage("com.intermec.datacollectionservice")
                .putExtra("com.honeywell.aidc.extra.EXTRA_SCANNER", "dcs.scanner.imager")
                .putExtra("com.honeywell.aidc.extra.EXTRA_PROFILE", "DEFAULT")
                .putExtra("com.honeywell.aidc.extra.EXTRA_PROPERTIES", properties)
        }
    }
}

/**
 * A scanner that types: keys too fast for a hand, with Enter at the end. Keys are held back for as long as they may be a
 * scan; what turns out to be typed by hand goes on to the field that it was for.
 */
class KeyboardWedge(private val pass: (KeyEvent) -> Unit, private val onScan: (String) -> Unit) {
    private val held = ArrayList<KeyEvent>()
    private val text = StringBuilder()
    private val later = Handler(Looper.getMainLooper())
    private val giveUp = Runnable(::release)

    /** Whether the key is taken. */
    fun take(event: KeyEvent): Boolean {
        if (event.keyCode in UNTOUCHED || (event.isSystem && event.keyCode != KeyEvent.KEYCODE_ENTER)) return false
        val ends = event.keyCode == KeyEvent.KEYCODE_ENTER || event.keyCode == KeyEvent.KEYCODE_NUMPAD_ENTER
        if (ends) return end(event)
        later.removeCallbacks(giveUp)
        later.postDelayed(giveUp, LONGEST_GAP)
        held.add(event)
        if (event.action == KeyEvent.ACTION_DOWN) character(event)?.let(text::append)
        return true
    }

    private fun end(event: KeyEvent): Boolean {
        if (event.action != KeyEvent.ACTION_DOWN) return held.isNotEmpty()
        if (text.length < SHORTEST) {
            release()
            return false
        }
        val scanned = text.toString()
        clear()
        onScan(scanned)
        return true
    }

    private fun character(event: KeyEvent): Char? = when {
        event.isCtrlPressed && event.keyCode == KeyEvent.KEYCODE_RIGHT_BRACKET -> '\u001d'
        else -> event.unicodeChar.takeIf { it != 0 }?.toChar()
    }

    private fun clear() {
        later.removeCallbacks(giveUp)
        held.clear()
        text.clear()
    }

    private fun release() {
        val typed = ArrayList(held)
        clear()
        typed.forEach(pass)
    }

    private companion object {
        /** Milliseconds between two keys of a scan; hands need 80 and more. */
        const val LONGEST_GAP = 60L

        /** The shortest code that counts as one: EAN-8. */
        const val SHORTEST = 8
        val UNTOUCHED = setOf(
            KeyEvent.KEYCODE_BACK,
            KeyEvent.KEYCODE_DPAD_UP,
            KeyEvent.KEYCODE_DPAD_DOWN,
            KeyEvent.KEYCODE_DPAD_LEFT,
            KeyEvent.KEYCODE_DPAD_RIGHT,
            KeyEvent.KEYCODE_DPAD_CENTER,
            KeyEvent.KEYCODE_TAB,
            KeyEvent.KEYCODE_DEL
        )
    }
}
