package org.medlot.scanner

import android.app.Activity
import android.app.AlertDialog
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.KeyEvent
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import java.io.IOException
import java.security.GeneralSecurityException
import java.time.LocalDate
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.medlot.Failure
import org.medlot.Language
import org.medlot.QrReader
import org.medlot.ReadItem
import org.medlot.Reason
import org.medlot.Scanned
import org.medlot.inEnglish
import org.medlot.inVietnamese
import org.medlot.scan

/**
 * What every screen has: a title, a line that tells what happened, a body that scrolls, buttons within the thumb's reach,
 * and scans from wherever they come. A screen draws itself anew from what it knows.
 */
abstract class Screen : Activity() {
    protected val app: App get() = application as App
    protected val book: Book get() = app.book
    protected val names: Names get() = app.names
    protected val settings: Settings get() = app.settings
    protected val language: Language get() = Settings.spoken(this)
    protected val today: LocalDate get() = LocalDate.now(book.clock.withZone(java.time.ZoneId.systemDefault()))
    protected lateinit var scope: CoroutineScope
        private set
    private lateinit var notice: TextView
    private lateinit var body: LinearLayout
    private lateinit var bar: LinearLayout
    private lateinit var broadcasts: ScannerBroadcasts
    private lateinit var shownIn: String
    private val codes = QrReader()
    private val wedge = KeyboardWedge({ super.dispatchKeyEvent(it) }, ::scanned)
    private var camera: CameraPane? = null
    private var writing: Job? = null

    /** Nothing that this screen began is under way. */
    internal val isAtRest: Boolean get() = scope.coroutineContext.job.children.none()

    /** What it is called. */
    protected abstract val title: Int

    /** Draws the body, and the buttons at the bottom. */
    protected abstract fun draw(body: LinearLayout, bar: LinearLayout)

    /** A pack was scanned. */
    protected open fun onPack(item: ReadItem) {
        val pack = Pack.of(item)
        go<PackScreen> { putExtras(pack.toBundle()) }
    }

    /** A whole object came by codes or as a file. */
    protected open fun onObject(bytes: ByteArray) = ask({ Arrived.of(it, bytes, book.now) }) { arrived ->
        when (arrived) {
            is Arrived.Handover -> go<ReceiveScreen> { putExtra(ReceiveScreen.BUNDLE, bytes) }
            is Arrived.Invitation -> tell(getString(R.string.enrolled_already), bad = true)
            is Arrived.Frames -> tell(getString(R.string.open_sync), bad = true)
            is Arrived.News -> take(bytes)
        }
    }

    /** Takes what authorities and others sent. */
    private fun take(bytes: ByteArray) = write({ it.accept(bytes, book.now) }) { accepted ->
        val refused = accepted.objects.firstOrNull { !it.taken && !it.waits }
        tell(refused?.why?.let(::said) ?: getString(R.string.taken), bad = refused != null)
        onNews()
    }

    /** Lets a person choose a file. */
    protected fun openFile() {
        val open = Intent(Intent.ACTION_OPEN_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("*/*")
        startActivityForResult(open, OPEN)
    }

    @Deprecated("AndroidX has another; this example does without")
    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        if (request == OPEN && result == RESULT_OK) data?.data?.let(::readFile)
    }

    /** Reads a file that another app offers, off the UI thread. */
    protected fun readFile(uri: android.net.Uri) {
        scope.launch {
            failingSuspended {
                val bytes = withContext(Dispatchers.IO) {
                    contentResolver.openInputStream(uri)?.use { it.readNBytes(MOST_BYTES) } ?: throw IOException("$uri")
                }
                onFile(bytes)
            }
        }
    }

    /** A file was chosen. */
    protected open fun onFile(bytes: ByteArray) = onObject(bytes)

    /** Something new is known: what is shown may be old. */
    protected open fun onNews() = redraw()

    override fun attachBaseContext(base: Context) {
        super.attachBaseContext((base.applicationContext as App).settings.inLanguage(base))
    }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        scope = MainScope()
        shownIn = settings.language
        broadcasts = ScannerBroadcasts(this, settings.scanAction, ::scanned)
        setContentView(frame())
        setTitle(title)
        redraw()
    }

    override fun onResume() {
        super.onResume()
        if (shownIn != settings.language) recreate()
        broadcasts.start()
    }

    override fun onPause() {
        broadcasts.stop()
        hideCamera()
        super.onPause()
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    override fun dispatchKeyEvent(event: KeyEvent): Boolean = wedge.take(event) || super.dispatchKeyEvent(event)

    private fun frame(): View = column {
        layoutParams = LinearLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT)
        setBackgroundColor(getColor(R.color.background))
        val pad = size(R.dimen.pad)
        setPadding(pad, 0, pad, pad)
        put(
            row {
                heading(getString(this@Screen.title)).layoutParams = LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f)
                button(getString(R.string.camera)) { toggleCamera() }.layoutParams =
                    LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT)
            }
        )
        notice = words("").apply {
            accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
            visibility = View.GONE
        }
        body = column()
        addView(ScrollView(context).apply { addView(body) }, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        bar = column()
        addView(bar)
    }

    /** Draws anew from what is known. */
    protected fun redraw() {
        body.removeAllViews()
        bar.removeAllViews()
        draw(body, bar)
    }

    /** Says what happened. */
    fun tell(text: CharSequence?, bad: Boolean = false) = notice.tell(text, bad)

    private fun toggleCamera() {
        if (camera != null) return hideCamera()
        if (!CameraPane.allowed(this)) return
        val pane = CameraPane(this, ::scanned)
        camera = pane
        body.addView(pane, 0, LinearLayout.LayoutParams(MATCH_PARENT, size(R.dimen.camera)))
    }

    private fun hideCamera() {
        camera?.let(body::removeView)
        camera = null
    }

    /** Something was scanned, wherever it comes from. */
    fun scanned(raw: String) {
        tell(null)
        // Objects as codes are longer than a pack's may be.
        if (OBJECTS.any { raw.startsWith(it, ignoreCase = true) }) return code(raw)
        when (val read = scan(raw, today, settings.separator.ifEmpty { null })) {
            is Scanned.Read -> onPack(read.item)
            is Scanned.Confirm -> confirm(read.candidates)
            is Scanned.Foreign -> foreign(read)
            is Scanned.Refused -> tell(if (language == Language.VI) read.vietnamese else read.english, bad = true)
        }
    }

    private fun foreign(read: Scanned.Foreign) {
        val gtin = read.gtin
        if (gtin == null) return tell(getString(R.string.foreign_code, read.system, read.text), bad = true)
        val item = ReadItem(gtin, read.lot, read.expiry, false, read.serial, listOf(), read.system, listOf(), listOf(), listOf())
        onPack(item)
    }

    /** One code of an object. */
    private fun code(text: String) = failing {
        val progress = codes.add(text)
        val whole = progress.`object`
        if (whole == null) {
            tell(getString(R.string.codes_read, progress.have.toInt(), progress.of.toInt()))
        } else {
            codes.startAgain()
            onObject(whole)
        }
    }

    /** The code can be read in several ways: a person says which. */
    private fun confirm(candidates: List<ReadItem>) {
        val shown = candidates.map { inWords(Pack.of(it)) }
        AlertDialog.Builder(this)
            .setTitle(R.string.which_reading)
            .setItems(shown.toTypedArray()) { _, which -> onPack(candidates[which]) }
            .setNegativeButton(R.string.scan_again, null)
            .show()
    }

    /** A pack in words. */
    fun inWords(pack: Pack): String = listOfNotNull(
        names.of(pack.name),
        pack.lot?.let { getString(R.string.lot_is, it) },
        pack.expiry?.takeUnless { it == "none" }?.let { getString(R.string.expires, day(it)) }
    ).joinToString("\n")

    /** A date as people here write it. */
    fun day(iso: String): String = iso.split("-").reversed().joinToString("/")

    /** Asks the book, and shows what it says. */
    protected fun <T> ask(question: (org.medlot.Device) -> T, show: (T) -> Unit) {
        scope.launch { failingSuspended { show(book.ask(question)) } }
    }

    /** Writes one thing at a time: a second tap while the first is written is none. */
    protected fun <T> write(work: (org.medlot.Device) -> T, show: (T) -> Unit) = writing { show(book.write(work)) }

    /** As [write], for what takes several calls. */
    protected fun writing(work: suspend () -> Unit) {
        if (writing?.isActive == true) return
        writing = scope.launch { failingSuspended(work) }
    }

    private suspend fun failingSuspended(work: suspend () -> Unit) {
        try {
            work()
        } catch (e: Failure) {
            tell(said(e), bad = true)
        } catch (e: IOException) {
            tell(getString(R.string.failed, e.message ?: e.javaClass.simpleName), bad = true)
        } catch (e: GeneralSecurityException) {
            // The key store: a chip that doesn't answer, a key that was removed.
            tell(getString(R.string.failed, e.message ?: e.javaClass.simpleName), bad = true)
        }
    }

    protected fun failing(work: () -> Unit) {
        try {
            work()
        } catch (e: Failure) {
            tell(said(e), bad = true)
        }
    }

    protected fun said(e: Failure): String = if (language == Language.VI) e.inVietnamese else e.inEnglish

    protected fun said(why: Reason): String = if (language == Language.VI) why.vietnamese else why.message

    /** Asks before something that can't be undone by a tap. */
    protected fun sure(question: CharSequence, yes: Int, then: () -> Unit) {
        AlertDialog.Builder(this)
            .setMessage(question)
            .setPositiveButton(yes) { _, _ -> then() }
            .setNegativeButton(R.string.cancel, null)
            .show()
    }

    private companion object {
        const val OPEN = 1

        /** How codes of objects begin (`spec/wire-format.md` section 7). */
        val OBJECTS = listOf("MEDLOT1:", "UR:MEDLOT/")

        /** A catalogue of the country has some 20 MB. */
        const val MOST_BYTES = 64 shl 20
    }

    protected inline fun <reified S : Screen> go(with: Intent.() -> Unit = {}) =
        startActivity(Intent(this, S::class.java).apply(with))
}
