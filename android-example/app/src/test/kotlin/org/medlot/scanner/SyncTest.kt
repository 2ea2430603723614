package org.medlot.scanner

import android.content.Intent
import android.net.Uri
import java.io.File
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.medlot.Device
import org.medlot.Language
import org.medlot.QrReader
import org.medlot.StockInput
import org.medlot.SyncInput
import org.medlot.android.AndroidKeystore
import org.medlot.joining
import org.medlot.sealWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** Bringing each other up to date: over HTTP, by codes with a second phone, as files. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class SyncTest {
    private val app: App get() = RuntimeEnvironment.getApplication() as App

    /** Another device of the pharmacy. */
    private fun World.other(): Device {
        val signer = AndroidKeystore.signer("other")
        val now = app.book.clock.instant()
        val other = Device.joinFolder(file("other").path, bytes("invitation.mlt"), signer.joining(), null, now.epochSecond)
        runBlocking { other.sealWith(signer, now) }
        file("other-request.mlt").writeBytes(other.request())
        run("province", "authority", "enrol", "other-request.mlt", "--out", "other-enrolment.mlt")
        other.accept(bytes("other-enrolment.mlt"), now.epochSecond)
        return other
    }

    private fun Device.lot(lot: String) =
        stock(StockInput(), 0u, 10u, Language.EN, app.book.now).rows.single { it.lot == lot }.onHand

    @Test
    fun `a phone and a hub that serves have everything of each other after one tap`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        hands.takeIn(CEFTRIAXONE, "C7", "280630", "100")
        val recall = arrayOf("--class", "2", "--notice", "TH-7", "--product", "gtin:$CEFTRIAXONE", "--lot", "C7")
        world.run("province", "authority", "recall", *recall, "--out", "recall.mlt")
        world.now = "2026-11-24T07:00:00Z"
        hands.at(world.now)
        world.run("hub", "sync", "--begin-hub", "root.mlt")
        world.run("province", "sync", "hub")
        world.serving("hub") { address ->
            hands.open<SyncScreen>().type(R.string.hub_address, address).tap(R.string.sync_now)
            assertTrue(hands.words, hands.sees(hands.text(R.string.sync_done_with).substringBefore(".")))
            assertEquals("the recall came", 100L, hands.lot("C7").recalled)
            hands.tap(R.string.sync_now)
            val nothing = hands.screen.getString(R.string.sync_done_with, 0, 0)
            assertTrue("nothing is left to say: ${hands.words}", hands.sees(nothing))
        }
        val rows = JSONObject(world.run("hub", "--json", "stock", "--facility", World.PHARMACY)).getJSONArray("stock").objects()
        assertEquals("the records went: $rows", 100L, rows.single { it.getString("lot") == "C7" }.getLong("recalled"))
    }

    @Test
    fun `a hub that isn't there is told, and the device goes on`() {
        val hands = Hands.enrolled(app, World.begin())
        hands.open<SyncScreen>().type(R.string.hub_address, "http://127.0.0.1:9").tap(R.string.sync_now)
        assertTrue(hands.words, hands.sees("127.0.0.1"))
        hands.takeIn(CEFTRIAXONE, "C7", "280630", "100")
        assertEquals(100L, hands.lot("C7").onHand)
    }

    @Test
    fun `two phones bring each other up to date by codes alone`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        hands.takeIn(CEFTRIAXONE, "C7", "280630", "100")
        val other = world.other()
        hands.open<SyncScreen>().tap(R.string.sync_codes_begin)
        other.syncBegin(SyncInput(), app.book.now)
        var greeting = Hub.outgoing(other)
        var turn = hands.shown()
        while (turn != null) {
            other.syncReceive(turn.copyOfRange(HEAD, turn.size))
            val back = greeting + Hub.outgoing(other)
            greeting = byteArrayOf()
            if (back.isEmpty()) break
            hands.scan(turn.copyOfRange(0, HEAD) + back)
            turn = hands.shown()
        }
        assertTrue("the other side has all", other.syncFinish(app.book.now).done)
        if (hands.sees(R.string.end_sync)) hands.tap(R.string.end_sync)
        assertEquals(100L, other.lot("C7"))
        hands.takeIn(CEFTRIAXONE, "C7", "280630", "5")
        assertEquals("the device writes again", 105L, hands.lot("C7").onHand)
        // Now the other side begins, and this one only scans.
        hands.open<SyncScreen>()
        other.syncBegin(SyncInput(), app.book.now)
        val head = byteArrayOf('M'.code.toByte(), 'L'.code.toByte(), 1, 8)
        var out = Hub.outgoing(other)
        while (out.isNotEmpty()) {
            hands.scan(head + out)
            val answer = hands.shown() ?: break
            other.syncReceive(answer.copyOfRange(HEAD, answer.size))
            out = Hub.outgoing(other)
        }
        assertTrue("all again", other.syncFinish(app.book.now).done)
        assertEquals(105L, other.lot("C7"))
        other.close()
    }

    /** The object that the screen shows as codes. */
    private fun Hands.shown(): ByteArray? {
        val pane = views.filterIsInstance<CodesPane>().singleOrNull() ?: return null
        val reader = QrReader()
        return pane.texts.map(reader::add).last().`object`
    }

    @Test
    fun `what is sent as a file is what others take, and a file from others is taken`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        hands.takeIn(CEFTRIAXONE, "C7", "280630", "100")
        hands.open<SyncScreen>().tap(R.string.send_file)
        @Suppress("DEPRECATION")
        val send = checkNotNull(hands.sent.last().getParcelableExtra<Intent>(Intent.EXTRA_INTENT))

        @Suppress("DEPRECATION")
        val uri = checkNotNull(send.getParcelableExtra<Uri>(Intent.EXTRA_STREAM))
        val provider = org.robolectric.Robolectric.buildContentProvider(ShareProvider::class.java)
            .create("org.medlot.scanner.share").get()
        val bytes = android.os.ParcelFileDescriptor.AutoCloseInputStream(provider.openFile(uri, "r")).use { it.readBytes() }
        world.file("hers.mlt").writeBytes(bytes)
        world.run("province", "device", "accept", "hers.mlt")
        assertTrue("C7" in world.run("province", "--json", "movements"))
        val other = Uri.parse("content://elsewhere/recall.mlt")
        val recall = arrayOf("--class", "2", "--notice", "TH-7", "--product", "gtin:$CEFTRIAXONE", "--lot", "C7")
        world.run("province", "authority", "recall", *recall, "--out", "recall.mlt")
        hands.at("2026-11-24T07:00:00Z")
        shadowOf(app.contentResolver).registerInputStream(other, world.bytes("recall.mlt").inputStream())
        hands.open(SyncScreen::class.java, Intent(Intent.ACTION_VIEW, other, app, SyncScreen::class.java))
        assertTrue(hands.words, hands.sees(R.string.taken))
        assertEquals(100L, hands.lot("C7").recalled)
    }

    @Test
    fun `the provider gives nothing but what was shared`() {
        val provider = org.robolectric.Robolectric.buildContentProvider(ShareProvider::class.java)
            .create("org.medlot.scanner.share").get()
        val folder = app.cacheDir
        ShareProvider.offer(folder, "a.mlt", byteArrayOf(1))
        File(folder, "secret").writeText("x")
        for (path in listOf("..%2Fsecret", "secret", "..", "%2Fetc%2Fhostname")) {
            val uri = Uri.parse("content://org.medlot.scanner.share/$path")
            org.junit.Assert.assertThrows(path, java.io.FileNotFoundException::class.java) { provider.openFile(uri, "r") }
        }
    }

    private companion object {
        /** Bytes in front of the frames. */
        const val HEAD = 4
    }
}
