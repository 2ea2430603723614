package org.medlot.scanner

import java.io.File
import java.nio.channels.FileChannel
import java.nio.file.StandardOpenOption
import java.time.Clock
import java.util.concurrent.Executors
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.medlot.Device
import org.medlot.Failure
import org.medlot.Signer
import org.medlot.joining
import org.medlot.number
import org.medlot.sealWith

/**
 * The device's book. It lies in the app's own storage; the library makes every record durable before the call that writes
 * it ends. One thread asks and writes, one call after the other and never the UI's.
 */
class Book(private val files: File, private val key: () -> Signer) {
    private val thread = Executors.newSingleThreadExecutor { Thread(it, "book") }.asCoroutineDispatcher()
    private val sealing = Mutex()
    private val folder = File(files, "device")
    private val signer by lazy(key)
    private var device: Device? = null

    /** The time, as this phone has it. */
    var clock: Clock = Clock.systemUTC()

    /** Now, in seconds since 1970. */
    val now: Long get() = clock.instant().epochSecond

    /** Whether the device was invited and has its log. */
    val isJoined: Boolean get() = folder.isDirectory

    /** What is being prepared on a screen. */
    fun draft(name: String): Draft = Draft(File(files, "drafts/$name.json"))

    private fun open(): Device =
        device ?: Device.openFolder(folder.path, null, now).also {
            device = it
            // Which of the writings that were under way when the app was killed took place.
            val records = it.status().records.toInt()
            File(files, "drafts").listFiles().orEmpty().forEach { file -> Draft(file).settle(records) }
        }

    /** Asks the device. */
    suspend fun <T> ask(question: (Device) -> T): T = withContext(thread) { question(open()) }

    /** Writes; where a signature is due first (4011), seals and writes again. */
    suspend fun <T> write(work: (Device) -> T): T {
        repeat(MOST_SEALS) {
            try {
                return ask(work)
            } catch (e: Failure) {
                if (e.number != SIGNATURE_DUE) throw e
                seal()
            }
        }
        return ask(work)
    }

    /**
     * Writes [records] records once, whenever the app is killed: the draft notes where the log stands before, so that it is
     * seen afterwards whether it took place. Where a part of a long batch was written, the same call finishes it.
     */
    suspend fun <T> once(draft: Draft, records: Int, lines: Int = records, work: (Device) -> T): T {
        ask { if (draft.at == null) draft.begin(it.status().records.toInt(), records, lines) }
        try {
            return write(work)
        } finally {
            withContext(NonCancellable) { ask { draft.settle(it.status().records.toInt()) } }
        }
    }

    /** Seals what stands: offered, stored, signed by the key store, stored. */
    suspend fun seal() {
        sealing.withLock { withContext(thread) { open().sealWith(signer, clock.instant()) } }
    }

    /** Begins the log of this device, as who invites says. It is there whole or not at all. */
    suspend fun join(invitation: ByteArray, facility: String?, label: String): Unit = withContext(thread) {
        val begun = File(files, "device.begun")
        begun.deleteRecursively()
        Device.joinFolder(begun.path, invitation, signer.joining(facility, label), null, now).use {
            it.sealWith(signer, clock.instant())
        }
        check(begun.renameTo(folder)) { "${folder.path}: could not be put in its place" }
        FileChannel.open(files.toPath(), StandardOpenOption.READ).use { it.force(true) }
    }

    /** Closes the device; the next call opens it again. */
    suspend fun close(): Unit = withContext(thread) {
        device?.close()
        device = null
    }

    private companion object {
        const val SIGNATURE_DUE = 4011

        /** A bundle has no more parts, each with its seal. */
        const val MOST_SEALS = 16
    }
}
