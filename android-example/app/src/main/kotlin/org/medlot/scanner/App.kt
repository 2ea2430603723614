package org.medlot.scanner

import android.app.Activity
import android.app.Application
import android.os.Bundle
import java.io.File
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import org.medlot.Failure
import org.medlot.android.AndroidKeystore

/** What outlives every screen: the settings, the device's book, the names of products. */
class App : Application() {
    lateinit var settings: Settings
        private set
    lateinit var book: Book
        private set
    lateinit var names: Names
        private set
    private val scope = CoroutineScope(SupervisorJob())

    /** Nothing is under way behind the screens. */
    internal val isAtRest: Boolean get() = scope.coroutineContext.job.children.none()

    override fun onCreate() {
        super.onCreate()
        settings = Settings(this)
        // Made at its first use: a chip takes a second for it.
        book = Book(filesDir) { AndroidKeystore.signer(KEY) }
        names = Names(File(filesDir, "catalogue"))
        registerActivityLifecycleCallbacks(SealWhenLeft())
    }

    /** Seals what stands once no screen is in front: sealing after every sale would make records ten times as long. */
    private inner class SealWhenLeft : ActivityLifecycleCallbacks {
        private var inFront = 0

        override fun onActivityStarted(activity: Activity) {
            inFront++
        }

        override fun onActivityStopped(activity: Activity) {
            inFront--
            if (inFront == 0 && !activity.isChangingConfigurations && book.isJoined) sealQuietly()
        }

        override fun onActivityCreated(activity: Activity, state: Bundle?) = Unit

        override fun onActivityResumed(activity: Activity) = Unit

        override fun onActivityPaused(activity: Activity) = Unit

        override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit

        override fun onActivityDestroyed(activity: Activity) = Unit
    }

    /** Another book in place of this one: as after a start over other files. */
    internal fun startOver(other: Book) {
        book = other
    }

    private fun sealQuietly() {
        scope.launch {
            try {
                book.seal()
            } catch (_: Failure) {
                // Nobody is there to be told. It is tried again, aloud, before anything leaves this device.
            }
        }
    }

    private companion object {
        const val KEY = "medlot"
    }
}
