package org.medlot

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path
import java.security.KeyPairGenerator
import java.security.spec.ECGenParameterSpec
import java.time.Instant

/** A device in memory and in a folder, signed for by a key behind `java.security`. */
class DeviceTest {
    private val invitation = Files.readAllBytes(Path.of(System.getProperty("medlot.root"), "ffi/testdata/invitation.mlt"))
    private val now = Instant.parse("2026-11-28T08:00:00Z")

    private fun signer(): KeystoreSigner {
        val maker = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }
        return maker.generateKeyPair().let { KeystoreSigner(it.private, it.public) }
    }

    private fun Device.comesIn(quantity: String): Written = record(
        Direction.IN,
        MovementInput(product = "gtin:08934567000017", lot = "A1", expiry = "2028-06", quantity = quantity),
        false, Language.EN, now.epochSecond,
    )

    /** What an app stores. */
    private class Stored {
        val files = sortedMapOf<String, ByteArray>()

        fun apply(changes: List<StoredChange>) = changes.forEach {
            when (it) {
                is StoredChange.Write -> files[it.name] = it.bytes
                is StoredChange.Append -> files[it.name] = (files[it.name] ?: ByteArray(0)).copyOf(it.at.toInt()) + it.bytes
                is StoredChange.Remove -> files.remove(it.name)
            }
        }
    }

    @Test
    fun `a key outside seals what the device writes, and it is there again`(): Unit = runBlocking {
        val signer = signer()
        val stored = Stored()
        Device.join(invitation, signer.joining(), null, now.epochSecond).use { device ->
            assertEquals(1u, device.sealWith(signer, now, stored::apply))
            assertTrue(device.request().size > 100)
            assertEquals(1u, device.comesIn("100").unsealed)
            assertEquals(2u, device.sealWith(signer, now, stored::apply))
            assertNull(device.sealWith(signer, now, stored::apply))
        }
        val files = stored.files.map { (name, bytes) -> StoredFile(name, bytes) }
        val status = Device.open(files, null, now.epochSecond).use { it.status() }
        assertEquals(listOf(2u, 0u), listOf(status.records, status.unsealed))
    }

    @Test
    fun `another key is refused, and the right one still taken`(): Unit = runBlocking {
        val signer = signer()
        val stored = Stored()
        Device.join(invitation, signer.joining(), null, now.epochSecond).use { device ->
            assertThrows<Failure> { runBlocking { device.sealWith(signer(), now, stored::apply) } }
            assertEquals(1u, device.sealWith(signer, now, stored::apply))
        }
    }

    @Test
    fun `a store that fails closes the device`() {
        val signer = signer()
        Device.join(invitation, signer.joining(), null, now.epochSecond).use { device ->
            assertThrows<IllegalStateException> { runBlocking { device.sealWith(signer, now) } }
            assertEquals(4013, assertThrows<Failure> { device.status() }.number)
        }
    }

    @Test
    fun `a device in a folder needs no store, and closing it frees the folder`(@TempDir folder: Path): Unit = runBlocking {
        val signer = signer()
        val path = folder.resolve("device").toString()
        val device = Device.joinFolder(path, invitation, signer.joining(), null, now.epochSecond)
        assertEquals(1u, device.sealWith(signer, now))
        assertEquals(1u, device.comesIn("5").unsealed)
        assertThrows<Failure> { Device.openFolder(path, null, now.epochSecond) }
        device.close()
        assertThrows<IllegalStateException> { device.status() }
        assertEquals(1u, Device.openFolder(path, null, now.epochSecond).use { it.status() }.unsealed)
    }

    @Test
    fun `a new key outside signs for a log of its own, and the one in use goes on until it is enrolled`(): Unit = runBlocking {
        val (old, new) = signer() to signer()
        val stored = Stored()
        val later = now.plusSeconds(60)
        Device.join(invitation, old.joining(), null, now.epochSecond).use { device ->
            device.sealWith(old, now, stored::apply)
            assertThrows<Failure> { runBlocking { device.renewWith(old, later, stored::apply) } }
            val request = device.renewWith(new, later, stored::apply)
            assertArrayEquals(request, device.renewWith(new, later, stored::apply), "again, it goes on where it was")
            assertArrayEquals(old.publicKey, device.publicKey())
            device.comesIn("100")
            assertEquals(2u, device.sealWith(old, later, stored::apply))
        }
        val logs = stored.files.filterKeys { it.startsWith("logs/") }.values.map { readLog(it, 0u, 10u) }
        val renewed = logs.single { it.key.contentEquals(new.publicKey) }
        assertEquals(listOf(1u, 0u, listOf(1u)), listOf(renewed.count, renewed.unsealed, renewed.seals))
    }
}
