package org.medlot

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.math.BigInteger
import java.security.AlgorithmParameters
import java.security.KeyStore
import java.security.PrivateKey
import java.security.PublicKey
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.security.spec.ECParameterSpec
import java.time.Instant

/** How a key store writes a signature. Said, never guessed: a DER signature can be 64 bytes long too. */
public enum class SignatureForm {
    /** r ‖ s of P-256, or an Ed25519 signature: 64 bytes. */
    RAW,

    /** ASN.1 DER, a sequence of r and s: Android Keystore, PKCS#11 wrappers. */
    DER,
}

/** A key that stays where it is and signs what medlot hands out. */
public interface Signer {
    /** `p256` or `ed25519`. */
    public val suite: String

    /** The public key as medlot keeps it: P-256 compressed, 33 bytes; Ed25519 32 bytes. */
    public val publicKey: ByteArray

    /** How [sign] writes. */
    public val form: SignatureForm

    /** Signs; may take a second where the key lies in a chip, or ask the person. */
    public fun sign(message: ByteArray): ByteArray
}

/**
 * A P-256 key behind `java.security`: Android Keystore, StrongBox, a PKCS#11 provider, a file. The private key needn't
 * have bytes: its own provider signs.
 */
public class KeystoreSigner(private val key: PrivateKey, public: PublicKey) : Signer {
    private val compressed: ByteArray = compress(public)

    override val suite: String get() = "p256"
    override val publicKey: ByteArray get() = compressed.copyOf()
    override val form: SignatureForm get() = SignatureForm.DER

    override fun sign(message: ByteArray): ByteArray {
        // Without naming a provider: the one whose key it is takes the work.
        val signature = Signature.getInstance("SHA256withECDSA")
        signature.initSign(key)
        signature.update(message)
        return signature.sign()
    }

    public companion object {
        /**
         * The key of an alias, for example of `KeyStore.getInstance("AndroidKeyStore").apply { load(null) }`.
         *
         * @throws IllegalArgumentException no key under this alias, or none of P-256.
         */
        @JvmStatic
        @JvmOverloads
        public fun of(store: KeyStore, alias: String, password: CharArray? = null): KeystoreSigner {
            val key = store.getKey(alias, password) as? PrivateKey
            val certificate = store.getCertificate(alias)
            require(key != null && certificate != null) { "alias: the key store has no private key \"$alias\"" }
            return KeystoreSigner(key, certificate.publicKey)
        }

        private fun compress(public: PublicKey): ByteArray {
            require(public is ECPublicKey) { "public key: medlot takes P-256, this is ${public.algorithm}" }
            val wanted = AlgorithmParameters.getInstance("EC")
                .apply { init(ECGenParameterSpec("secp256r1")) }
                .getParameterSpec(ECParameterSpec::class.java)
            val same = public.params.curve == wanted.curve && public.params.order == wanted.order &&
                public.params.generator == wanted.generator
            require(same) { "public key: medlot takes P-256, this is another curve of ${public.params.order.bitLength()} bits" }
            val odd = public.w.affineY.testBit(0)
            return byteArrayOf(if (odd) 3 else 2) + fixed(public.w.affineX)
        }

        /** 32 bytes, big-endian: BigInteger drops leading zeros and may add one for the sign. */
        private fun fixed(number: BigInteger): ByteArray {
            val bytes = number.toByteArray()
            return if (bytes.size > 32) bytes.copyOfRange(bytes.size - 32, bytes.size) else ByteArray(32 - bytes.size) + bytes
        }
    }
}

private val Signer.keySuite: KeySuite get() = if (suite == "p256") KeySuite.P256 else KeySuite.ED25519

/** What becomes of a [Signer]'s key in [JoinInput]: a device that joins with it is signed for by it. */
public fun Signer.joining(facility: String? = null, label: String? = null): JoinInput =
    JoinInput(facility, label, keySuite, publicKey)

/**
 * Makes durable what the last call wrote. [store] writes all of it in one transaction; where it throws, the device takes no
 * further call and is opened anew from what is stored. Devices in a folder have nothing to store.
 */
public suspend fun Device.keep(store: suspend (List<StoredChange>) -> Unit) {
    val changes = changes()
    if (changes.isEmpty()) return
    try {
        store(changes)
    } catch (e: Throwable) {
        failed()
        throw e
    }
    confirm()
}

/**
 * Seals what stands with a key outside, off the caller's thread. Gives how many records are sealed then; null where
 * nothing stood unsealed. [store] as in [keep]; a device in a folder needs none.
 */
public suspend fun Device.sealWith(
    signer: Signer,
    now: Instant,
    store: suspend (List<StoredChange>) -> Unit = { error("store: the app keeps this device's files, say how") },
): UInt? {
    keep(store)
    val toSign = prepareSeal(now.epochSecond) ?: return null
    // The offer must be durable before anyone signs it: else a pulled battery makes an honest device look like a forger.
    keep(store)
    val signature = withContext(Dispatchers.IO) { signer.sign(toSign.bytes) }
    attachSeal(toSign.count, signature, signer.form == SignatureForm.DER, now.epochSecond)
    keep(store)
    return toSign.count
}

/**
 * Begins to go on with a new key outside, off the caller's thread. Gives the request for the authority; once its enrolment is
 * accepted, the new log takes over and [signer] seals ([Device.publicKey] says whose log is in use). Called again with the same
 * key, it goes on where it was. [store] as in [keep]; a device in a folder needs none.
 */
public suspend fun Device.renewWith(
    signer: Signer,
    now: Instant,
    store: suspend (List<StoredChange>) -> Unit = { error("store: the app keeps this device's files, say how") },
): ByteArray {
    keep(store)
    val begun = renew(RenewInput(signer.keySuite, signer.publicKey), now.epochSecond)
    // As in sealWith: durable before anyone signs it.
    keep(store)
    val toSign = begun.toSign ?: return checkNotNull(begun.request)
    val signature = withContext(Dispatchers.IO) { signer.sign(toSign.bytes) }
    val request = attachRenewal(begun.log, signature, signer.form == SignatureForm.DER, now.epochSecond)
    keep(store)
    return request
}
