package org.medlot.scanner

import android.content.res.Configuration
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.drawable.ColorDrawable
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.ScrollView
import android.widget.TextView
import java.awt.image.BufferedImage
import java.awt.image.DataBuffer
import java.awt.image.IndexColorModel
import java.io.File
import java.nio.file.Files
import javax.imageio.ImageIO
import kotlin.math.pow
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.medlot.android.AndroidKeystore
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/**
 * Every screen in both languages, light and dark, at font scale 1.0 and 1.5: what a finger must hit is large enough, no
 * word is cut off, and words stand out from what is behind them. With `medlot.screens` set the pictures are drawn there.
 */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34], qualifiers = "w360dp-h640dp-mdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class ScreensTest {
    private val app: App get() = RuntimeEnvironment.getApplication() as App
    private val folder: File? = System.getProperty("medlot.screens")?.takeIf { it.isNotEmpty() }?.let(::File)
    private val wrong = mutableListOf<String>()

    /** What a person sees, each by its name, from a phone with stock, a recall and a delivery that isn't received yet. */
    private fun Hands.each(world: World, see: Hands.(String) -> Unit) {
        at("2026-11-24T06:00:00Z")
        open<PackScreen>().see("start")
        for ((name, pack) in PACKS) scan(pack).see(name)
        scan(code(PARACETAMOL, "A1", "271130")).tap(R.string.dispense).type(R.string.quantity, "5").see("dispense")
        tap(R.string.more).see("dispense-more")
        tap(R.string.cancel)
        scan(code(PARACETAMOL, "B1", "270131")).tap(R.string.dispense).see("dispense-stopped")
        tap(R.string.cancel)
        scan(code(PARACETAMOL, "A1", "271130")).tap(R.string.stock_card).see("stock-card")
        open<ReceiveScreen>().see("receive")
        scan(world.bytes("d.mlt")).see("receive-delivery")
        tap(screen.getString(R.string.line_number, 1)).type(R.string.refused, "1").see("receive-line")
        open<HandOverScreen>().scan(code(PARACETAMOL, "A1", "271130")).see("hand-over")
        type(R.string.recipient, "DEMO-0001").confirmed(R.string.hand_over).see("hand-over-codes")
        tap(R.string.done)
        open<StockScreen>().see("stock")
        open<StoresScreen>().see("stores")
        open<CountScreen>().see("count-begin")
        tap(R.string.begin_count).see("count")
        scan(code(PARACETAMOL, "A1", "271130")).type(R.string.stands_there, "11790").see("count-line")
        tap(R.string.opened_too).type(R.string.left_in_opened, "7").type(R.string.parts_per_unit, "10")
        choose(R.string.measure, PIECE).see("count-line-opened")
        tap(R.string.counted).see("count-lines")
        tap(R.string.end_count)
        // Without opened ones: the next look begins as this one did.
        open<CountScreen>().tap(R.string.begin_count).scan(code(PARACETAMOL, "A1", "271130"))
        type(R.string.stands_there, "11790").tap(R.string.counted).tap(R.string.end_count)
        open<FindingsScreen>().see("findings")
        views.filterIsInstance<ViewGroup>().first { it.isClickable && it !is ScrollView }.performClick()
        settle().see("findings-open")
        open<SyncScreen>().see("synchronise")
        tap(R.string.sync_codes_begin).see("synchronise-codes")
        tap(R.string.end_sync)
        open<SettingsScreen>().see("settings")
        open<EnrolScreen>().see("enrolled")
        val own = app.book
        away()
        app.startOver(Book(Files.createTempDirectory("fresh").toFile()) { AndroidKeystore.signer("fresh") })
        at("2026-11-24T06:00:00Z")
        open<EnrolScreen>().see("enrol")
        scan(world.bytes("invitation.mlt")).see("enrol-request")
        away()
        runBlocking { app.book.close() }
        app.startOver(own)
    }

    @Test
    fun `every screen can be read and hit, in both languages, light and dark, with large letters`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        prepare(hands, world)
        val looks = listOf("vi", "en").flatMap { language ->
            listOf("light", "dark").flatMap { light -> listOf(1.0f, 1.5f).map { scale -> Triple(language, light, scale) } }
        }
        for ((language, light, scale) in looks) {
            app.settings.language = language
            RuntimeEnvironment.setQualifiers("+" + if (light == "dark") "night" else "notnight")
            RuntimeEnvironment.setFontScale(scale)
            hands.away()
            hands.each(world) { name -> look("$name-$language-$light-$scale") }
        }
        assertEquals(wrong.distinct().joinToString("\n"), 0, wrong.size)
    }

    private fun prepare(hands: Hands, world: World) {
        app.names.load(NAMES.encodeToByteArray())
        hands.takeIn(PARACETAMOL, "A1", "271130", "11800").takeIn(PARACETAMOL, "B1", "270131", "400")
        hands.takeIn(CEFTRIAXONE, "C7", "270115", "960") { tap(R.string.more).type(R.string.store, "K1") }
        hands.takeIn(CEFTRIAXONE, "OLD", "261031", "12") { tap(R.string.more).type(R.string.store, "T05") }
        val recall = arrayOf("--class", "1", "--notice", "TH-9", "--product", "gtin:$PARACETAMOL", "--lot", "B1")
        world.run("province", "authority", "recall", *recall, "--out", "recall.mlt")
        world.handOver("d.mlt", "120=${code(PARACETAMOL, "A1", "271130")}", "60=${code(PARACETAMOL, "A1", "271130")}")
        hands.at("2026-11-24T05:30:00Z")
        hands.scan(world.bytes("recall.mlt"))
        // More goes out than is there: a finding.
        hands.sell(code(CEFTRIAXONE, "C7", "270115"), "3")
    }

    private fun Hands.look(name: String) {
        val root = screen.window.decorView
        val configuration = screen.resources.configuration
        check(configuration.fontScale == name.substringAfterLast("-").toFloat()) { "$name: ${configuration.fontScale}" }
        val night = configuration.uiMode and Configuration.UI_MODE_NIGHT_MASK == Configuration.UI_MODE_NIGHT_YES
        check(night == "-dark-" in name) { "$name: night $night" }
        layOut(root)
        views.forEach { view -> faults(view).forEach { wrong.add("$name: $it") } }
        folder?.let { draw(root, File(it, "$name.png")) }
    }

    private fun layOut(root: View) {
        val exactly = View.MeasureSpec.EXACTLY
        root.measure(View.MeasureSpec.makeMeasureSpec(WIDTH, exactly), View.MeasureSpec.makeMeasureSpec(HEIGHT, exactly))
        root.layout(0, 0, WIDTH, HEIGHT)
    }

    private fun said(view: View) = "${view.javaClass.simpleName} ${(view as? TextView)?.text?.take(40)}"

    private fun faults(view: View): List<String> = buildList {
        if (view.isClickable && view !is ScrollView && isSmall(view)) {
            add("${said(view)}: ${view.width}x${view.height} is small for a finger")
        }
        if (view is TextView && view.text.isNotEmpty()) {
            addAll(cutOff(view).map { "${said(view)}: $it" })
            val contrast = contrast(view.currentTextColor, behind(view))
            if (contrast < CONTRAST) add("${said(view)}: contrast $contrast")
        }
        val parent = view.parent as? ViewGroup
        if (view.width > 0 && parent != null && view.right > parent.width) add("${said(view)}: stands over its edge")
    }

    private fun isSmall(view: View): Boolean {
        val least = TOUCH * view.resources.displayMetrics.density
        return view.height < least || view.width < least
    }

    private fun cutOff(view: TextView): List<String> {
        val layout = view.layout ?: return listOf("isn't laid out")
        val room = view.height - view.compoundPaddingTop - view.compoundPaddingBottom
        val wide = view.width - view.compoundPaddingLeft - view.compoundPaddingRight
        val lines = 0 until layout.lineCount
        return listOfNotNull(
            "cut off below, ${layout.height} of $room".takeIf { layout.height > room + 1 },
            "ends in dots".takeIf { lines.any { layout.getEllipsisCount(it) > 0 } },
            // A field scrolls.
            "cut off at its side".takeIf { view !is EditText && lines.any { layout.getLineMax(it) > wide + 1 } }
        )
    }

    private fun behind(view: View): Int {
        var at: View? = view
        while (at != null) {
            var fill = at.background
            if (fill is RippleDrawable) fill = if (fill.numberOfLayers > 0) fill.getDrawable(0) else null
            if (fill is GradientDrawable) fill.color?.let { return it.defaultColor }
            if (fill is ColorDrawable && Color.alpha(fill.color) == OPAQUE) return fill.color
            at = at.parent as? View
        }
        error("nothing behind ${said(view)}")
    }

    /** As WCAG 2 has it. */
    private fun contrast(a: Int, b: Int): Double {
        fun light(colour: Int): Double {
            fun part(shift: Int): Double {
                val of = (colour shr shift and OPAQUE) / 255.0
                return if (of <= 0.03928) of / 12.92 else ((of + 0.055) / 1.055).pow(2.4)
            }
            return 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
        }
        val (dark, bright) = listOf(light(a), light(b)).sorted()
        return (bright + 0.05) / (dark + 0.05)
    }

    /** As a PNG with a palette: a third of the bytes, and no eye sees it. */
    private fun draw(root: View, file: File) {
        val picture = Bitmap.createBitmap(WIDTH, HEIGHT, Bitmap.Config.ARGB_8888)
        root.draw(Canvas(picture))
        val dots = IntArray(WIDTH * HEIGHT)
        picture.getPixels(dots, 0, WIDTH, 0, 0, WIDTH, HEIGHT)
        val coarse = IntArray(dots.size) { dots[it] and COARSE }
        // Each group of like colours is shown by the one of it that is there most.
        val shown = dots.indices.groupBy { coarse[it] }
            .mapValues { (_, at) -> at.groupingBy { dots[it] }.eachCount().maxBy { it.value }.key to at.size }
        val palette = shown.entries.sortedByDescending { it.value.second }.take(PALETTE).map { it.value.first }
        val near = shown.mapValues { (_, of) -> palette.indices.minBy { distance(palette[it], of.first) } }
        val colours = IndexColorModel(8, palette.size, palette.toIntArray(), 0, false, -1, DataBuffer.TYPE_BYTE)
        val out = BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_INDEXED, colours)
        dots.indices.forEach { out.raster.setSample(it % WIDTH, it / WIDTH, 0, near.getValue(coarse[it])) }
        file.parentFile?.mkdirs()
        check(ImageIO.write(out, "png", file)) { "no writer of PNG" }
    }

    private fun distance(a: Int, b: Int): Int = listOf(0, 8, 16).sumOf { shift ->
        val part = (a shr shift and OPAQUE) - (b shr shift and OPAQUE)
        part * part
    }

    private companion object {
        const val WIDTH = 360
        const val HEIGHT = 640
        const val TOUCH = 48

        /** The fifth of the measures. */
        const val PIECE = 4
        const val CONTRAST = 4.5
        const val OPAQUE = 255
        const val PALETTE = 64

        /** Five bits of each colour. */
        const val COARSE = 0xF8F8F8
        val PACKS = mapOf(
            "pack-fine" to code(PARACETAMOL, "A1", "271130"),
            "pack-recalled" to code(PARACETAMOL, "B1", "270131"),
            "pack-near" to code(CEFTRIAXONE, "C7", "270115"),
            "pack-expired" to code(CEFTRIAXONE, "OLD", "261031"),
            "pack-unknown" to code(CEFTRIAXONE, "NEW", "280630")
        )
        const val NAMES = "name,registration_number,gtin,strength\n" +
            "Paracetamol Hậu Giang,893100123425,$PARACETAMOL,500 mg\nCeftriaxon Đồng Tháp,893110234525,$CEFTRIAXONE,1 g\n"
    }
}
