package org.medlot.scanner

import java.io.File
import java.nio.file.Files
import java.time.Clock
import java.time.Instant
import java.time.ZoneId
import java.time.ZoneOffset
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.medlot.FindingsInput
import org.medlot.Language
import org.medlot.android.AndroidKeystore
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** A clock that does something each time it is asked: which the book does at every step. */
class Watched(private val then: () -> Unit) : Clock() {
    override fun getZone(): ZoneId = ZoneOffset.UTC

    override fun withZone(zone: ZoneId): Clock = system(zone)

    override fun instant(): Instant = Instant.parse(World.NOON).also { then() }
}

/**
 * The app is killed between any two steps and started again. What a killed process leaves is what its files hold at that
 * moment: so they are copied at every step, and the app goes on from each copy. A child JVM that ends itself shows the
 * same from outside.
 */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class KilledTest {
    private val app: App get() = RuntimeEnvironment.getApplication() as App

    private fun copy(): File = Files.createTempDirectory("killed").toFile().also { app.filesDir.copyRecursively(it, true) }

    /** Does [work] and gives what a process killed at any moment of it would have left. */
    private fun Hands.leftBehind(work: Hands.() -> Unit): List<File> {
        val left = mutableListOf<File>()
        app.book.clock = Watched { synchronized(left) { left.add(copy()) } }
        work()
        left.add(copy())
        app.book.clock = Watched {}
        return left
    }

    /** The app over these files, as after its start. */
    private fun startedOver(files: File): Hands {
        app.startOver(Book(files) { AndroidKeystore.signer("medlot") })
        app.book.clock = Watched {}
        return Hands(app).apply { open<PackScreen>() }
    }

    private fun Hands.findings() = runBlocking {
        app.book.ask { it.findings(FindingsInput(), 0u, 100u, Language.EN, app.book.now).rows.map { row -> row.name } }
    }

    private fun Hands.end() {
        away()
        runBlocking { app.book.close() }
    }

    @Test
    fun `a sale is recorded once, whenever the app is killed`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        hands.takeIn(CEFTRIAXONE, "C7", "280630", "100")
        val pack = code(CEFTRIAXONE, "C7", "280630")
        val left = hands.leftBehind { sell(pack, "5") }
        hands.end()
        var again = 0
        for (files in left) {
            val after = startedOver(files)
            // She looks: is it booked, is it still open, or is there nothing of it yet?
            if (after.sees(R.string.go_on_with_movement)) {
                after.tap(R.string.go_on_with_movement)
                if (after.screen is MovementScreen) after.type(R.string.quantity, "5").tap(R.string.dispense)
                again++
            } else if (after.lot("C7").onHand == 100L) {
                after.sell(pack, "5")
            }
            assertEquals("$files", 95L, after.lot("C7").onHand)
            assertEquals(emptyList<String>(), after.findings())
            after.end()
            files.deleteRecursively()
        }
        assertTrue("${left.size} moments, $again with an open draft", left.size > 4 && again > 0)
    }

    @Test
    fun `a delivery is received once, with its differences, whenever the app is killed`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        val second = code(PARACETAMOL, "A1", "271130")
        val delivery = world.handOver("d.mlt", "120=$second", "60=$second")
        fun Hands.receive() {
            scan(delivery)
            if (screen is ReceiveScreen) finish()
        }
        val left = hands.leftBehind { receive() }
        hands.end()
        for (files in left) {
            val after = startedOver(files)
            if (after.stock().none { it.onHand > 0 }) after.receive()
            assertEquals("$files", listOf(177L, 1L), after.stock().single().run { listOf(onHand, refusedIn) })
            assertEquals("2 are missing", listOf("shortage"), after.findings())
            after.open<ReceiveScreen>()
            assertTrue("nothing is left open: ${after.words}", after.screen is PackScreen || after.sees(R.string.scan_a_delivery))
            after.end()
            files.deleteRecursively()
        }
        assertTrue("${left.size} moments", left.size > 4)
    }

    private fun Hands.finish() {
        if (views.none { it is android.widget.EditText }) tap(screen.getString(R.string.line_number, 1))
        type(R.string.came, "117").type(R.string.refused, "1").tap(R.string.book_receipt)
    }

    @Test
    fun `a hand-over is written once and its code is there again, whenever the app is killed`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        hands.takeIn(CEFTRIAXONE, "C7", "280630", "100")
        val pack = code(CEFTRIAXONE, "C7", "280630")
        fun Hands.handOver() {
            if (screen !is HandOverScreen) open<HandOverScreen>()
            if (screen.let { sees(R.string.recipient) }) {
                while (!sees("CEFTRIAXONE") && !sees("C7")) scan(pack)
                type(R.string.recipient, "DEMO-0001").type(R.string.quantity, "30")
                views.filterIsInstance<android.widget.Button>().last { "${it.text}" == text(R.string.hand_over) }.performClick()
                settle()
            }
        }
        val left = hands.leftBehind { handOver() }
        hands.end()
        for (files in left) {
            val after = startedOver(files)
            after.handOver()
            assertTrue(after.words, after.sees(after.screen.getString(R.string.handed_over_to, "DEMO-0001")))
            assertEquals("$files", listOf(70L, 30L), after.lot("C7").run { listOf(onHand, inTransitOut) })
            after.end()
            files.deleteRecursively()
        }
        assertTrue("${left.size} moments", left.size > 4)
    }

    @Test
    fun `a count goes on where it was, whenever the app is killed`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        hands.takeIn(CEFTRIAXONE, "C7", "280630", "100")
        fun Hands.count() {
            open<CountScreen>()
            if (sees(R.string.begin_count)) tap(R.string.begin_count)
            if (!sees(screen.getString(R.string.opened, 3L, 10))) {
                if (!sees(R.string.cancel)) scan(code(CEFTRIAXONE, "C7", "280630"))
                if (!sees(screen.getString(R.string.stands_there_is, "98"))) type(R.string.stands_there, "98")
                if (!sees(R.string.left_in_opened)) tap(R.string.opened_too)
                type(R.string.left_in_opened, "3").type(R.string.parts_per_unit, "10").tap(R.string.counted)
            }
            tap(R.string.end_count)
        }
        val left = hands.leftBehind { count() }
        hands.end()
        for (files in left) {
            val after = startedOver(files)
            if (after.lot("C7").onHand == 100L || !app.book.draft("count").isEmpty) after.count()
            val counted = after.lot("C7").run { listOf(onHand, parts.single().count) }
            assertEquals("$files: 98 whole ones and 3 parts, once", listOf(98L, 3L), counted)
            after.end()
            files.deleteRecursively()
        }
        assertTrue("${left.size} moments", left.size > 6)
    }

    @Test
    fun `a device joins whole or not at all, whenever the app is killed`() {
        val world = World.begin()
        FakeKeystore.install(Files.createTempDirectory("keys").toFile())
        val hands = Hands(app)
        app.book.clock = Watched {}
        hands.open<PackScreen>()
        val left = hands.leftBehind { scan(world.bytes("invitation.mlt")) }
        hands.end()
        for (files in left) {
            val after = startedOver(files)
            if (after.screen is EnrolScreen) after.scan(world.bytes("invitation.mlt")) else after.tap(R.string.not_enrolled)
            assertTrue(after.words, after.sees(R.string.show_request))
            world.file("again.mlt").writeBytes(runBlocking { app.book.ask { it.request() } })
            world.run("province", "authority", "enrol", "again.mlt", "--out", "enrolment.mlt")
            after.scan(world.bytes("enrolment.mlt"))
            assertTrue(after.words, after.sees(after.screen.getString(R.string.enrolled_at, World.PHARMACY)))
            after.end()
            files.deleteRecursively()
        }
        assertTrue("${left.size} moments", left.size > 2)
    }

    @Test
    fun `a process that ends itself in the middle of a sale leaves what the next one goes on with`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        hands.takeIn(CEFTRIAXONE, "C7", "280630", "100")
        val files = copy()
        hands.end()
        val keys = File(files, "keys").also { FakeKeystore.folder.copyRecursively(it, true) }
        val ended = child(files, keys)
        assertEquals(ended, Killed.CODE, ended.lines().last { it.isNotBlank() }.toInt())
        FakeKeystore.install(keys)
        val after = startedOver(files)
        // It ended while the record was written: it is in the log or it isn't, and the app knows which.
        if (after.lot("C7").onHand == 100L) {
            after.tap(R.string.go_on_with_movement).type(R.string.quantity, "5").tap(R.string.dispense)
        } else {
            after.open<MovementScreen>()
            assertTrue("it isn't offered again: ${after.words}", after.screen is PackScreen)
        }
        assertEquals(95L, after.lot("C7").onHand)
        assertEquals(emptyList<String>(), after.findings())
        after.end()
    }

    /** Runs [Killed] in a JVM of its own; what it said, and behind it how it ended. */
    private fun child(files: File, keys: File): String {
        val properties = System.getProperties().stringPropertyNames()
            .filter { it.startsWith("robolectric.") || it.startsWith("medlot.") || it.startsWith("uniffi.") }
            .map { "-D$it=${System.getProperty(it)}" }
        val java = File(System.getProperty("java.home"), "bin/java").path
        val classes = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val command = listOf(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classes) + properties +
            listOf("-Dkilled.files=$files", "-Dkilled.keys=$keys", "org.junit.runner.JUnitCore", Killed::class.java.name)
        val out = File(files, "child.txt")
        val process = ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out).start()
        check(process.waitFor(120, TimeUnit.SECONDS)) { "the child doesn't end: ${out.readText()}" }
        return out.readText() + "\n" + process.exitValue()
    }
}

/** The child: sells, and is ended by `Runtime.halt` once the record is in the log. No test of its own. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class Killed {
    @Test
    fun `ends itself`() {
        val files = File(System.getProperty("killed.files") ?: return)
        FakeKeystore.install(File(System.getProperty("killed.keys")))
        val app = RuntimeEnvironment.getApplication() as App
        app.startOver(Book(files) { AndroidKeystore.signer("medlot") })
        val hands = Hands(app)
        hands.open<PackScreen>()
        val log = File(files, "device/logs").listFiles().orEmpty().single { it.length() > 0 }
        val before = log.length()
        Thread {
            while (log.length() == before) Thread.onSpinWait()
            Runtime.getRuntime().halt(CODE)
        }.start()
        hands.sell(code(CEFTRIAXONE, "C7", "280630"), "5")
        error("the log didn't grow")
    }

    companion object {
        const val CODE = 137
    }
}
