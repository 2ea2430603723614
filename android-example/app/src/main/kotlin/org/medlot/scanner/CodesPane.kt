package org.medlot.scanner

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.Rect
import android.view.View
import com.google.zxing.BarcodeFormat
import com.google.zxing.EncodeHintType
import com.google.zxing.common.BitMatrix
import com.google.zxing.qrcode.QRCodeWriter
import org.medlot.qrTexts

/** An object as a code, or as a loop of codes. Black on white in the dark too: that is what cameras read. */
class CodesPane(context: Context, bytes: ByteArray) : View(context) {
    val texts: List<String> = qrTexts(bytes, null)
    private val paint = Paint().apply { isFilterBitmap = false }
    private var at = 0
    private var picture = draw(texts.first())
    private val next = Runnable(::turn)

    init {
        contentDescription = context.resources.getQuantityString(R.plurals.codes_shown, texts.size, texts.size)
    }

    private fun turn() {
        at = (at + 1) % texts.size
        picture = draw(texts[at])
        invalidate()
        postDelayed(next, EACH)
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        if (texts.size > 1) postDelayed(next, EACH)
    }

    override fun onDetachedFromWindow() {
        removeCallbacks(next)
        super.onDetachedFromWindow()
    }

    override fun onMeasure(width: Int, height: Int) {
        val side = MeasureSpec.getSize(width)
        setMeasuredDimension(side, side)
    }

    override fun onDraw(canvas: Canvas) {
        canvas.drawColor(Color.WHITE)
        canvas.drawBitmap(picture, null, Rect(0, 0, width, height), paint)
    }

    companion object {
        /** Milliseconds that each code of a loop is shown: a camera needs two or three pictures of it. */
        private const val EACH = 350L
        private const val QUIET = 4

        fun matrix(text: String, side: Int = 0): BitMatrix =
            QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, side, side, mapOf(EncodeHintType.MARGIN to QUIET))

        private fun draw(text: String): Bitmap {
            val matrix = matrix(text)
            val dots = IntArray(matrix.width * matrix.height) {
                if (matrix[it % matrix.width, it / matrix.width]) Color.BLACK else Color.WHITE
            }
            return Bitmap.createBitmap(dots, matrix.width, matrix.height, Bitmap.Config.ARGB_8888)
        }
    }
}
