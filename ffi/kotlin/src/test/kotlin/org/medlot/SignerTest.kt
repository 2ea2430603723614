package org.medlot

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.math.BigInteger
import java.nio.file.Path
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec

/** Android Keystore itself isn't here: the JDK's own keys, through the same interfaces of `java.security`. */
class SignerTest {
    private val message = "medlot".toByteArray()

    private fun pair(curve: String): KeyPair =
        KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec(curve)) }.generateKeyPair()

    private fun verifies(public: java.security.PublicKey, signature: ByteArray): Boolean =
        Signature.getInstance("SHA256withECDSA").run {
            initVerify(public)
            update(message)
            verify(signature)
        }

    @Test
    fun `a key signs in DER, and its public key is the compressed point`() {
        // Some of these have an x with a leading zero byte, some one with the sign bit set.
        repeat(300) {
            val pair = pair("secp256r1")
            val signer = KeystoreSigner(pair.private, pair.public)
            val public = signer.publicKey
            assertEquals(33, public.size)
            val point = (pair.public as ECPublicKey).w
            assertEquals(point.affineX, BigInteger(1, public.copyOfRange(1, 33)))
            assertEquals(if (point.affineY.testBit(0)) 3 else 2, public[0].toInt())
            assertTrue(verifies(pair.public, signer.sign(message)))
            assertEquals(listOf("p256", SignatureForm.DER), listOf(signer.suite, signer.form))
        }
    }

    @Test
    fun `a key is found in a key store by its alias`(@TempDir folder: Path) {
        val file = folder.resolve("keys.p12").toFile()
        val keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString()
        for ((alias, curve) in listOf("device" to "secp256r1", "other" to "secp384r1")) {
            val made = ProcessBuilder(
                keytool, "-genkeypair", "-alias", alias, "-keyalg", "EC", "-groupname", curve, "-dname", "CN=V1-0417",
                "-storetype", "PKCS12", "-storepass", "medlot-test", "-keystore", file.path,
            ).redirectErrorStream(true).redirectOutput(File(folder.toFile(), "keytool.txt")).start()
            assertEquals(0, made.waitFor(), File(folder.toFile(), "keytool.txt").readText())
        }
        val password = "medlot-test".toCharArray()
        val store = KeyStore.getInstance("PKCS12").apply { file.inputStream().use { load(it, password) } }
        val signer = KeystoreSigner.of(store, "device", password)
        assertTrue(verifies(store.getCertificate("device").publicKey, signer.sign(message)))
        assertArrayEquals(signer.publicKey, KeystoreSigner.of(store, "device", password).publicKey)
        val missing = assertThrows<IllegalArgumentException> { KeystoreSigner.of(store, "lost", password) }
        assertTrue("lost" in missing.message!!, missing.message)
        val curve = assertThrows<IllegalArgumentException> { KeystoreSigner.of(store, "other", password) }
        assertTrue("384 bits" in curve.message!!, curve.message)
    }

    @Test
    fun `keys of other kinds are refused by name`() {
        val rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair()
        val refused = assertThrows<IllegalArgumentException> { KeystoreSigner(rsa.private, rsa.public) }
        assertTrue("RSA" in refused.message!!, refused.message)
    }
}
