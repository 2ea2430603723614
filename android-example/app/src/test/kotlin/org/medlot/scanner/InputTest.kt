package org.medlot.scanner

import android.content.Intent
import android.os.Looper
import android.os.SystemClock
import android.view.KeyCharacterMap
import android.view.KeyEvent
import android.widget.EditText
import com.google.zxing.BarcodeFormat
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.common.BitMatrix
import com.google.zxing.oned.Code128Writer
import java.time.Duration
import java.time.LocalDate
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.medlot.QrReader
import org.medlot.Scanned
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** Scans, wherever they come from. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class InputTest {
    private val app: App get() = RuntimeEnvironment.getApplication() as App

    private fun enrolled(): Hands = Hands.enrolled(app, World.begin())

    private fun Hands.press(key: Int, meta: Int = 0) {
        val now = SystemClock.uptimeMillis()
        for (action in listOf(KeyEvent.ACTION_DOWN, KeyEvent.ACTION_UP)) {
            screen.dispatchKeyEvent(KeyEvent(now, now, action, key, 0, meta))
        }
    }

    private fun Hands.keys(text: String) {
        val keyboard = KeyCharacterMap.load(KeyCharacterMap.VIRTUAL_KEYBOARD)
        keyboard.getEvents(text.toCharArray()).forEach { screen.dispatchKeyEvent(it) }
    }

    private fun pause(milliseconds: Long) = shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(milliseconds))

    @Test
    fun `a wedge's keys that end in Enter are a scan, with the separator as Ctrl and bracket`() {
        val hands = enrolled()
        hands.keys("01${PARACETAMOL}10A1")
        hands.press(KeyEvent.KEYCODE_RIGHT_BRACKET, KeyEvent.META_CTRL_ON)
        hands.keys("17271130")
        hands.press(KeyEvent.KEYCODE_ENTER)
        hands.settle()
        assertTrue(hands.words, hands.sees("A1\n") && hands.sees("30/11/2027"))
    }

    @Test
    fun `a wedge types no scan into the field that has the focus, and a hand types into it`() {
        val hands = enrolled()
        hands.scan(code(PARACETAMOL, "A1", "271130")).tap(R.string.dispense).tap(R.string.more).type(R.string.store, "T")
        pause(200)
        fun store() = hands.views.filterIsInstance<EditText>().single { "${it.text}".startsWith("T") }
        assertTrue("no focus", store().requestFocus())
        store().setSelection(1)
        hands.press(KeyEvent.KEYCODE_0)
        pause(200)
        hands.press(KeyEvent.KEYCODE_5)
        pause(200)
        assertEquals("T05", "${store().text}")
        hands.keys("01${PARACETAMOL}17271130")
        hands.press(KeyEvent.KEYCODE_ENTER)
        hands.settle()
        assertEquals("T05", "${store().text}")
    }

    @Test
    fun `Honeywell's broadcast is a scan as DataWedge's is`() {
        val hands = enrolled()
        val scan = Intent(app.settings.scanAction).putExtra(ScannerBroadcasts.HONEYWELL_DATA, code(PARACETAMOL, "A1", "271130"))
        app.sendBroadcast(scan)
        hands.settle()
        assertTrue(hands.words, hands.sees(R.string.state_unknown) && hands.sees("30/11/2027"))
    }

    @Test
    fun `DataWedge is set up to send this app's broadcast and no keys besides`() {
        val profile = ScannerBroadcasts.dataWedgeProfile("app", "action")
            .getBundleExtra("com.symbol.datawedge.api.SET_CONFIG")

        @Suppress("DEPRECATION")
        val plugins = profile?.getParcelableArrayList<android.os.Bundle>("PLUGIN_CONFIG").orEmpty()
        val parameters = plugins.associate { it.getString("PLUGIN_NAME") to it.getBundle("PARAM_LIST") }
        assertEquals("action", parameters["INTENT"]?.getString("intent_action"))
        assertEquals("false", parameters["KEYSTROKE"]?.getString("keystroke_output_enabled"))
    }

    @Test
    fun `a code that can be read in two ways is confirmed by a person`() {
        val hands = enrolled()
        val raw = "01${PARACETAMOL}10A117271130"
        assertTrue(
            "${org.medlot.scan(raw, LocalDate.of(2026, 11, 24))}",
            org.medlot.scan(raw, LocalDate.of(2026, 11, 24)) is Scanned.Confirm
        )
        hands.scan(raw)
        val dialog = checkNotNull(hands.dialog) { hands.words }
        shadowOf(dialog).clickOnItem(1)
        hands.settle()
        assertTrue(hands.words, hands.sees(hands.screen.getString(R.string.lot_is, "A1")) && hands.sees("30/11/2027"))
    }

    @Test
    fun `the lot's code and the product's code of one pack are one pack`() {
        val hands = enrolled()
        hands.scan("10A1\u001d17271130")
        assertTrue(hands.words, hands.sees(R.string.scan_product_too))
        hands.scan("01$PARACETAMOL")
        assertTrue(hands.words, hands.sees(R.string.state_unknown) && hands.sees(hands.screen.getString(R.string.lot_is, "A1")))
    }

    @Test
    fun `a code that is no good is told in the language of the screen`() {
        val hands = enrolled()
        hands.scan("019506682101352")
        val english = org.medlot.scan("019506682101352", LocalDate.of(2026, 11, 24)) as Scanned.Refused
        assertTrue(hands.words, hands.sees(english.english))
        app.settings.language = "vi"
        hands.away()
        hands.open<PackScreen>().scan("019506682101352")
        assertTrue(hands.words, hands.sees(english.vietnamese) && hands.sees("Nhận hàng"))
    }

    private fun picture(matrix: BitMatrix): RGBLuminanceSource {
        val dots = IntArray(matrix.width * matrix.height) { if (matrix[it % matrix.width, it / matrix.width]) 0 else 0xFFFFFF }
        return RGBLuminanceSource(matrix.width, matrix.height, dots)
    }

    @Test
    fun `the camera's reader reads what the screens show, and says that a bar code is GS1's`() {
        val bytes = World.begin().bytes("invitation.mlt")
        val texts = org.medlot.qrTexts(bytes, null)
        val again = QrReader()
        val read = texts.map { again.add(checkNotNull(CodeReader().read(picture(CodesPane.matrix(it, DOTS))))) }
        assertTrue(bytes.contentEquals(read.last().`object`))
        val bars = Code128Writer().encode(
            "${FNC1}01${PARACETAMOL}10A1",
            BarcodeFormat.CODE_128,
            900,
            120
        )
        assertEquals("]C101${PARACETAMOL}10A1", CodeReader().read(picture(bars)))
    }

    private companion object {
        const val DOTS = 600

        /** How ZXing is told to write it. */
        const val FNC1 = '\u00f1'
    }
}
