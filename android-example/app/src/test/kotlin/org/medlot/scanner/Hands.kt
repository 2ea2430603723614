package org.medlot.scanner

import android.app.AlertDialog
import android.content.DialogInterface
import android.content.Intent
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.TextView
import java.io.File
import java.nio.file.Files
import java.time.Clock
import java.time.Instant
import java.time.ZoneOffset
import java.util.TimeZone
import org.medlot.qrTexts
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowAlertDialog

/** A person with the phone: sees what the screen shows, taps, types, scans; opens what a tap opens. */
class Hands(val app: App) {
    private val open = ArrayDeque<ActivityController<out Screen>>()
    val screen: Screen get() = open.last().get()

    @Volatile
    private var crash: Throwable? = null

    init {
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Ho_Chi_Minh"))
        // A phone would end the app.
        Thread.setDefaultUncaughtExceptionHandler { _, e -> crash = e }
    }

    /** The time on the phone. */
    fun at(time: String) {
        app.book.clock = Clock.fixed(Instant.parse(time), ZoneOffset.UTC)
    }

    fun <S : Screen> open(kind: Class<S>, intent: Intent = Intent(app, kind)): Hands {
        open.lastOrNull()?.pause()?.stop()
        open.addLast(Robolectric.buildActivity(kind, intent).setup().visible())
        return settle()
    }

    inline fun <reified S : Screen> open(): Hands = open(S::class.java)

    /** Until nothing is under way. */
    fun settle(): Hands {
        val end = System.nanoTime() + 30_000_000_000
        do {
            shadowOf(Looper.getMainLooper()).idle()
            crash?.let { throw AssertionError("the app ended", it) }
            follow()
            if (screen.isAtRest && app.isAtRest) {
                shadowOf(Looper.getMainLooper()).idle()
                if (screen.isAtRest && app.isAtRest && !follow()) return this
            }
            Thread.sleep(1)
        } while (System.nanoTime() < end)
        error("${screen.javaClass.simpleName} doesn't come to rest")
    }

    /** Opens what was started, closes what has finished. */
    private fun follow(): Boolean {
        val started = shadowOf(screen).nextStartedActivity
        val own = started?.component?.takeIf { it.packageName == app.packageName }
        if (started != null && own == null) sent.add(started)
        val finished = screen.isFinishing
        if (finished) open.removeLast().pause().stop().destroy()
        if (own != null) {
            val kind = Class.forName(own.className).asSubclass(Screen::class.java)
            val top = open.indexOfLast { it.get().javaClass == kind }
            if (started.flags and Intent.FLAG_ACTIVITY_CLEAR_TOP != 0 && top >= 0) {
                while (open.size > top + 1) open.removeLast().destroy()
                open.last().newIntent(started)
                if (finished) open.last().restart().start().resume()
            } else {
                open(kind, started)
            }
        } else if (finished && open.isNotEmpty()) {
            open.last().restart().start().resume()
        }
        return finished || own != null
    }

    /** What was sent to other apps. */
    val sent = mutableListOf<Intent>()

    fun text(id: Int): String = screen.getString(id)

    private fun all(view: View = screen.window.decorView): Sequence<View> = sequence {
        if (view.visibility == View.VISIBLE) {
            yield(view)
            if (view is ViewGroup) for (at in 0 until view.childCount) yieldAll(all(view.getChildAt(at)))
        }
    }

    val views: List<View> get() = all().toList()

    /** All words on the screen. */
    val words: String get() = views.filterIsInstance<TextView>().joinToString("\n") { it.text }

    fun sees(text: String) = text in words

    fun sees(id: Int) = sees(text(id))

    fun tap(id: Int) = tap(text(id))

    /** Taps what says this, or what it stands on. */
    fun tap(text: String): Hands {
        val found = views.filterIsInstance<TextView>().filter { it !is EditText }
        val view = found.firstOrNull { "${it.text}" == text && it.isClickable } ?: found.firstOrNull { text in it.text }
        var target: View? = checkNotNull(view) { "$text isn't on the screen:\n$words" }
        while (target != null && !target.isClickable) target = target.parent as? View
        checkNotNull(target) { "$text can't be tapped" }.performClick()
        return settle()
    }

    /** Types into the field of this name. */
    fun type(id: Int, value: String): Hands {
        val label = views.filterIsInstance<TextView>().lastOrNull { "${it.text}" == text(id) && it.labelFor != View.NO_ID }
        checkNotNull(label) { "no field ${text(id)} on the screen:\n$words" }
        screen.findViewById<EditText>(label.labelFor).setText(value)
        return settle()
    }

    /** Chooses one of several. */
    fun choose(id: Int, which: Int): Hands {
        val at = views.indexOfFirst { it is TextView && "${it.text}" == text(id) }
        views.drop(at + 1).first { it.isClickable }.performClick()
        shadowOf(ShadowAlertDialog.getLatestAlertDialog()).clickOnItem(which)
        return settle()
    }

    val dialog: AlertDialog? get() = ShadowAlertDialog.getLatestAlertDialog()?.takeIf { it.isShowing }

    fun yes(): Hands {
        checkNotNull(dialog) { "nothing is asked" }.getButton(DialogInterface.BUTTON_POSITIVE).performClick()
        return settle()
    }

    /** With a built-in scanner, through DataWedge. */
    fun scan(raw: String): Hands {
        app.sendBroadcast(Intent(app.settings.scanAction).putExtra(ScannerBroadcasts.ZEBRA_DATA, raw))
        return settle()
    }

    /** The codes of an object, one after the other. */
    fun scan(bytes: ByteArray): Hands {
        qrTexts(bytes, null).forEach(::scan)
        return this
    }

    /** Closes every screen, as a phone does that needs memory, and nothing of the app's own. */
    fun away() {
        open.removeLastOrNull()?.pause()?.stop()?.destroy()
        while (open.isNotEmpty()) open.removeLast().destroy()
    }

    companion object {
        /** A phone of the pharmacy that is enrolled; noon. */
        fun enrolled(app: App, world: World): Hands {
            FakeKeystore.install(Files.createTempDirectory("keys").toFile())
            val hands = Hands(app)
            hands.at(World.NOON)
            hands.open<PackScreen>()
            hands.scan(world.bytes("invitation.mlt"))
            check(app.book.isJoined) { hands.words }
            val request = File(world.folder, "phone-request.mlt")
            request.writeBytes(kotlinx.coroutines.runBlocking { app.book.ask { it.request() } })
            world.run("province", "authority", "enrol", request.name, "--out", "phone-enrolment.mlt")
            hands.scan(world.bytes("phone-enrolment.mlt"))
            return hands.tap(R.string.done)
        }
    }
}
