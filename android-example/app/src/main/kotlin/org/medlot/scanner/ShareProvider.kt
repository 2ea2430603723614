package org.medlot.scanner

import android.app.Activity
import android.content.ContentProvider
import android.content.ContentValues
import android.content.Intent
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import java.io.File
import java.io.FileNotFoundException

/** Gives one file to the app that a person chose to send it with, and nothing else. */
class ShareProvider : ContentProvider() {
    override fun onCreate() = true

    private fun file(uri: Uri): File {
        val folder = folder(requireNotNull(context).cacheDir)
        return File(folder, uri.lastPathSegment.orEmpty()).takeIf { it.parentFile == folder && it.isFile }
            ?: throw FileNotFoundException(uri.toString())
    }

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor =
        ParcelFileDescriptor.open(file(uri), ParcelFileDescriptor.MODE_READ_ONLY)

    override fun query(
        uri: Uri,
        projection: Array<String>?,
        selection: String?,
        arguments: Array<String>?,
        order: String?
    ): Cursor {
        val shared = file(uri)
        val columns = projection ?: arrayOf(OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE)
        val values = columns.map {
            when (it) {
                OpenableColumns.DISPLAY_NAME -> shared.name
                OpenableColumns.SIZE -> shared.length()
                else -> null
            }
        }
        return MatrixCursor(columns).apply { addRow(values) }
    }

    override fun getType(uri: Uri) = TYPE

    override fun insert(uri: Uri, values: ContentValues?): Uri? = throw UnsupportedOperationException()

    override fun update(uri: Uri, values: ContentValues?, where: String?, arguments: Array<String>?): Int =
        throw UnsupportedOperationException()

    override fun delete(uri: Uri, where: String?, arguments: Array<String>?): Int = throw UnsupportedOperationException()

    companion object {
        const val TYPE = "application/octet-stream"
        private const val AUTHORITY = "org.medlot.scanner.share"

        private fun folder(cache: File) = File(cache, "share")

        /** Lays bytes down under a name; where another app may read them. */
        fun offer(cache: File, name: String, bytes: ByteArray): Uri {
            val folder = folder(cache)
            folder.deleteRecursively()
            folder.mkdirs()
            File(folder, name).writeBytes(bytes)
            return Uri.Builder().scheme("content").authority(AUTHORITY).appendPath(name).build()
        }
    }
}

/** Lets a person send bytes as a file with any app that can. */
fun Activity.share(name: String, bytes: ByteArray) {
    val uri = ShareProvider.offer(cacheDir, name, bytes)
    val send = Intent(Intent.ACTION_SEND)
        .setType(ShareProvider.TYPE)
        .putExtra(Intent.EXTRA_STREAM, uri)
        .addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
    startActivity(Intent.createChooser(send, name))
}
