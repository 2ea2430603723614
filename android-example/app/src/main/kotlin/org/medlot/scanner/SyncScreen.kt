package org.medlot.scanner

import android.content.Intent
import android.os.Build
import android.os.Bundle
import android.widget.LinearLayout
import org.medlot.SyncAnswer
import org.medlot.SyncInput

/** Brings this device and others up to date: over the network, by codes from screen to camera, or as a file. */
class SyncScreen : Screen() {
    /** The own turn, which the other side scans; null: no session by codes. */
    private var turn: ByteArray? = null
    private var inSession = false

    override val title = R.string.sync

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        if (state == null) opened(intent)
    }

    /** A file that another app hands to this one. */
    private fun opened(intent: Intent) {
        val uri = when (intent.action) {
            Intent.ACTION_VIEW -> intent.data
            Intent.ACTION_SEND -> stream(intent)
            else -> null
        }
        uri?.let(::readFile)
    }

    private fun stream(intent: Intent): android.net.Uri? =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            intent.getParcelableExtra(Intent.EXTRA_STREAM, android.net.Uri::class.java)
        } else {
            @Suppress("DEPRECATION")
            intent.getParcelableExtra(Intent.EXTRA_STREAM)
        }

    override fun onStop() {
        if (inSession) endCodes()
        super.onStop()
    }

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        if (inSession) return drawTurn(body, bar)
        body.heading(getString(R.string.sync_network))
        body.field(getString(R.string.hub_address), settings.hub, ADDRESS) { settings.hub = it }
        body.button(getString(R.string.sync_now), main = true) { overNetwork() }
        body.heading(getString(R.string.sync_codes))
        body.words(getString(R.string.sync_codes_how), soft = true)
        body.button(getString(R.string.sync_codes_begin)) { beginCodes() }
        body.heading(getString(R.string.sync_file))
        body.button(getString(R.string.send_file)) { sendFile() }
        body.button(getString(R.string.open_file)) { openFile() }
    }

    private fun drawTurn(body: LinearLayout, bar: LinearLayout) {
        val turn = turn
        if (turn != null) {
            body.words(getString(R.string.show_them), large = true)
            body.put(CodesPane(this, turn))
        }
        body.words(getString(R.string.then_scan_theirs))
        bar.button(getString(R.string.end_sync)) { endCodes() }
    }

    private fun overNetwork() = writing {
        if (settings.hub.isEmpty()) return@writing tell(getString(R.string.hub_missing), bad = true)
        tell(getString(R.string.synchronising))
        book.seal()
        met(book.ask { Hub(settings.hub).meet(it, book.now) })
    }

    private fun beginCodes() = writing {
        turn = turnOf(begin())
        redraw()
    }

    private suspend fun begin(): ByteArray {
        book.seal()
        val greeting = book.ask {
            it.syncBegin(SyncInput(), book.now)
            Hub.outgoing(it)
        }
        inSession = true
        return greeting
    }

    private fun turnOf(frames: ByteArray): ByteArray? = if (frames.isEmpty()) null else FRAMES + frames

    override fun onObject(bytes: ByteArray) {
        if (Arrived.type(bytes) != Arrived.FRAMES) return super.onObject(bytes)
        writing {
            // Who didn't begin greets first, and shows greeting and answer together: each turn says that the last was read.
            val greeting = if (inSession) byteArrayOf() else begin()
            val (next, done) = book.ask {
                it.syncReceive(bytes.copyOfRange(FRAMES.size, bytes.size))
                turnOf(greeting + Hub.outgoing(it)) to it.syncIsDone()
            }
            turn = next
            // The other side may still need this side's last turn: a person ends it.
            tell(getString(if (done) R.string.sync_done else R.string.their_turn_read))
            if (done && next == null) finishCodes() else redraw()
        }
    }

    private fun endCodes() = writing(::finishCodes)

    private suspend fun finishCodes() {
        inSession = false
        turn = null
        met(book.ask { it.syncFinish(book.now) })
    }

    private fun met(answer: SyncAnswer) {
        val told = when {
            answer.standing != "as_here" -> getString(R.string.sync_standing)

            answer.forks.isNotEmpty() -> getString(R.string.sync_forks)

            answer.aside.isNotEmpty() -> getString(
                R.string.sync_aside,
                answer.aside.size,
                said(answer.aside.first().why)
            )

            answer.done -> getString(R.string.sync_done_with, answer.sent.pieces.toInt(), answer.stored.pieces.toInt())

            else -> getString(R.string.sync_cut)
        }
        val fine = answer.done && answer.forks.isEmpty() && answer.standing == "as_here"
        tell(told, bad = !fine)
        redraw()
    }

    private fun sendFile() = writing {
        book.seal()
        val (name, bytes) = book.ask { it.status().facility to it.extract(0u) }
        share("$name.mlt", bytes)
    }

    private companion object {
        /** What stands before the frames of a turn: `ML`, the version, the type. */
        val FRAMES = byteArrayOf('M'.code.toByte(), 'L'.code.toByte(), 1, Arrived.FRAMES.toByte())
    }
}
