package org.medlot.android

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import org.medlot.KeystoreSigner
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.spec.ECGenParameterSpec

/** Keys of Android Keystore: P-256, made in the phone's chip, never outside it. */
public object AndroidKeystore {
    private const val PROVIDER = "AndroidKeyStore"

    /** The key of an alias, made now where there is none: in StrongBox where the phone has it, else in its TEE. */
    public fun signer(alias: String): KeystoreSigner {
        val store = KeyStore.getInstance(PROVIDER).apply { load(null) }
        if (!store.containsAlias(alias)) make(alias)
        return KeystoreSigner.of(store, alias)
    }

    private fun make(alias: String) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) {
            try {
                return generate(alias, strongBox = true)
            } catch (_: StrongBoxUnavailableException) {
                // Most phones of health stations have none.
            }
        }
        generate(alias, strongBox = false)
    }

    private fun generate(alias: String, strongBox: Boolean) {
        val spec = KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN)
            .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            .setDigests(KeyProperties.DIGEST_SHA256)
        if (strongBox && Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) spec.setIsStrongBoxBacked(true)
        KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, PROVIDER).apply { initialize(spec.build()) }.generateKeyPair()
    }
}
