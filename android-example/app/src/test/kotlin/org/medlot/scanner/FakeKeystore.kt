package org.medlot.scanner

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.StrongBoxUnavailableException
import java.io.File
import java.io.InputStream
import java.io.OutputStream
import java.security.KeyFactory
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.Security
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.ECGenParameterSpec
import java.security.spec.PKCS8EncodedKeySpec
import java.security.spec.X509EncodedKeySpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration

/**
 * Stands in place of Android Keystore, behind the same classes of `java.security`: so `AndroidKeystore` itself runs. Its
 * keys outlive the process, in a file; it has no StrongBox, as most phones of health stations haven't.
 */
class FakeKeystore : Provider("AndroidKeyStore", "1", "for tests") {
    init {
        put("KeyStore.AndroidKeyStore", Store::class.java.name)
        put("KeyPairGenerator.EC", Maker::class.java.name)
    }

    class Maker : KeyPairGeneratorSpi() {
        private lateinit var asked: KeyGenParameterSpec

        override fun initialize(size: Int, random: SecureRandom?) = throw UnsupportedOperationException()

        override fun initialize(spec: AlgorithmParameterSpec, random: SecureRandom?) {
            asked = spec as KeyGenParameterSpec
        }

        override fun generateKeyPair(): KeyPair {
            if (asked.isStrongBoxBacked) throw StrongBoxUnavailableException()
            val pair = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }
            return pair.generateKeyPair().also {
                folder.mkdirs()
                File(folder, "${asked.keystoreAlias}.private").writeBytes(it.private.encoded)
                File(folder, "${asked.keystoreAlias}.public").writeBytes(it.public.encoded)
            }
        }
    }

    class Store : KeyStoreSpi() {
        private fun bytes(alias: String, end: String) = File(folder, "$alias.$end").takeIf { it.isFile }?.readBytes()

        override fun engineGetKey(alias: String, password: CharArray?) =
            bytes(alias, "private")?.let { KeyFactory.getInstance("EC").generatePrivate(PKCS8EncodedKeySpec(it)) }

        override fun engineGetCertificate(alias: String): Certificate? = bytes(alias, "public")?.let { encoded ->
            val key = KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(encoded))
            object : Certificate("none") {
                override fun getEncoded() = encoded

                override fun verify(key: java.security.PublicKey) = Unit

                override fun verify(key: java.security.PublicKey, provider: String) = Unit

                override fun toString() = "a key without a certificate"

                override fun getPublicKey() = key
            }
        }

        override fun engineContainsAlias(alias: String) = bytes(alias, "private") != null

        override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit

        override fun engineAliases(): Enumeration<String> = Collections.emptyEnumeration()

        override fun engineSize() = 0

        override fun engineIsKeyEntry(alias: String) = engineContainsAlias(alias)

        override fun engineIsCertificateEntry(alias: String) = false

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

        override fun engineGetCertificateAlias(certificate: Certificate?): String? = null

        override fun engineGetCreationDate(alias: String): Date? = null

        override fun engineDeleteEntry(alias: String) = throw UnsupportedOperationException()

        override fun engineSetKeyEntry(a: String, k: java.security.Key, p: CharArray?, c: Array<Certificate>?) =
            throw UnsupportedOperationException()

        override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) =
            throw UnsupportedOperationException()

        override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = throw UnsupportedOperationException()

        override fun engineStore(stream: OutputStream?, password: CharArray?) = throw UnsupportedOperationException()
    }

    companion object {
        lateinit var folder: File
            private set

        /** Keys lie here from now on. */
        fun install(keys: File) {
            folder = keys
            if (Security.getProvider("AndroidKeyStore") == null) Security.addProvider(FakeKeystore())
        }
    }
}
