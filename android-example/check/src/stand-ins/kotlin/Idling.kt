@file:Suppress("ktlint:standard:filename")

package androidx.test.espresso

import android.os.Looper

interface IdlingResource {
    fun getName(): String

    fun isIdleNow(): Boolean

    fun registerIdleTransitionCallback(callback: ResourceCallback)

    interface ResourceCallback
}

class IdlingRegistry private constructor() {
    fun getResources(): Collection<IdlingResource> = emptyList()

    fun getLoopers(): Collection<Looper> = emptyList()

    companion object {
        private val registry = IdlingRegistry()

        @JvmStatic
        fun getInstance(): IdlingRegistry = registry
    }
}
