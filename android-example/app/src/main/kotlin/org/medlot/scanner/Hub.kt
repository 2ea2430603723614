package org.medlot.scanner

import java.io.IOException
import java.net.HttpURLConnection
import java.net.URL
import org.medlot.Device
import org.medlot.SyncAnswer
import org.medlot.SyncInput

/** Synchronises with a hub: `POST /v1/sync`, whose body and answer are the session's frames one behind the other. */
class Hub(address: String) {
    private val url = URL(address.trimEnd('/').removeSuffix(PATH) + PATH)

    /** One session, to its end. What came before a line that was cut is kept; the next goes on from there. */
    fun meet(device: Device, now: Long): SyncAnswer {
        device.syncBegin(SyncInput(), now)
        var cut: IOException? = null
        try {
            carry(device)
        } catch (e: IOException) {
            cut = e
        }
        val answer = device.syncFinish(now)
        cut?.let { throw it }
        return answer
    }

    private fun carry(device: Device) {
        var session: String? = null
        var silent = 0
        var body = outgoing(device)
        while (silent < MOST_SILENT) {
            val connection = post(session, body)
            val bytes = try {
                val status = connection.responseCode
                if (status != HttpURLConnection.HTTP_OK) throw IOException(refusal(connection, status))
                session = connection.getHeaderField(SESSION) ?: session
                connection.inputStream.use { it.readNBytes(MOST_BYTES) }
            } finally {
                connection.disconnect()
            }
            device.syncReceive(bytes)
            val sent = body.size
            body = outgoing(device)
            if (device.syncIsDone() && body.isEmpty()) return
            silent = if (sent == 0 && bytes.isEmpty() && body.isEmpty()) silent + 1 else 0
        }
        throw IOException("$url: no more comes, and the session isn't done")
    }

    private fun post(session: String?, body: ByteArray): HttpURLConnection {
        val connection = url.openConnection() as HttpURLConnection
        connection.requestMethod = "POST"
        connection.doOutput = true
        connection.connectTimeout = PATIENCE
        connection.readTimeout = PATIENCE
        connection.setRequestProperty("Content-Type", "application/octet-stream")
        session?.let { connection.setRequestProperty(SESSION, it) }
        connection.setFixedLengthStreamingMode(body.size)
        connection.outputStream.use { it.write(body) }
        return connection
    }

    private fun refusal(connection: HttpURLConnection, status: Int): String {
        val said = connection.errorStream?.use { it.readNBytes(MOST_WORDS).decodeToString().trim() }
        return "$url: $status ${said.orEmpty()}"
    }

    companion object {
        private const val PATH = "/v1/sync"
        private const val SESSION = "medlot-session"
        private const val PATIENCE = 15_000
        private const val MOST_SILENT = 3
        private const val MOST_BYTES = 16 shl 20
        private const val MOST_WORDS = 500

        /** All that is to be sent until the peer is awaited. */
        fun outgoing(device: Device): ByteArray {
            val out = java.io.ByteArrayOutputStream()
            do {
                val piece = device.syncSend()
                out.write(piece)
            } while (piece.isNotEmpty())
            return out.toByteArray()
        }
    }
}
