package org.medlot.scanner

import android.os.Build
import android.widget.LinearLayout
import org.medlot.StatusView

/** Becomes a device of a facility: the invitation comes in, the request goes out, the enrolment comes in; all by codes. */
class EnrolScreen : Screen() {
    private var status: StatusView? = null
    private var request: ByteArray? = null
    private var label = Build.MODEL.orEmpty().take(MOST_LABEL)
    private var facility = ""

    override val title = R.string.enrol

    override fun onResume() {
        super.onResume()
        if (book.isJoined) look()
    }

    private fun look() = ask({ it.status() to it.request() }) { (now, asked) ->
        status = now
        request = asked
        redraw()
    }

    override fun draw(body: LinearLayout, bar: LinearLayout) {
        val status = status
        when {
            status == null -> drawInvited(body)

            !status.enrolled -> drawRequest(body)

            else -> {
                body.words("").tell(getString(R.string.enrolled_at, status.facility), bad = false)
                bar.button(getString(R.string.done), main = true) { finish() }
            }
        }
        if (status?.enrolled != true) bar.button(getString(R.string.open_file)) { openFile() }
    }

    private fun drawInvited(body: LinearLayout) {
        body.words(getString(R.string.scan_invitation), large = true)
        body.field(getString(R.string.device_name), label) { label = it }
        body.field(getString(R.string.facility_if_none), facility, CODE) { facility = it }
    }

    private fun drawRequest(body: LinearLayout) {
        body.words(getString(R.string.show_request), large = true)
        val request = request ?: return
        body.put(CodesPane(this, request))
        body.button(getString(R.string.send_file)) { share("request.mlt", request) }
        body.words(getString(R.string.then_scan_enrolment))
    }

    override fun onObject(bytes: ByteArray) {
        when {
            Arrived.type(bytes) == Arrived.INVITATION && !book.isJoined -> join(bytes)
            !book.isJoined -> tell(getString(R.string.scan_invitation), bad = true)
            else -> super.onObject(bytes)
        }
    }

    private fun join(invitation: ByteArray) = writing {
        book.join(invitation, facility.ifEmpty { null }, label)
        look()
    }

    override fun onNews() = look()

    private companion object {
        const val MOST_LABEL = 40
    }
}
