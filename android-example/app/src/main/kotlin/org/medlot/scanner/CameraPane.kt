package org.medlot.scanner

import android.Manifest
import android.annotation.SuppressLint
import android.app.Activity
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.ImageFormat
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.view.Surface
import android.view.SurfaceHolder
import android.view.SurfaceView
import com.google.zxing.BarcodeFormat
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.LuminanceSource
import com.google.zxing.MultiFormatReader
import com.google.zxing.NotFoundException
import com.google.zxing.PlanarYUVLuminanceSource
import com.google.zxing.Result
import com.google.zxing.ResultMetadataType
import com.google.zxing.common.HybridBinarizer

/** Reads codes out of grey pictures. */
class CodeReader {
    private val reader = MultiFormatReader().apply {
        setHints(mapOf(DecodeHintType.POSSIBLE_FORMATS to FORMATS, DecodeHintType.ASSUME_GS1 to true))
    }

    /** What is on the picture; null where no code is. */
    fun read(picture: LuminanceSource): String? =
        try {
            scanned(reader.decodeWithState(BinaryBitmap(HybridBinarizer(picture))))
        } catch (_: NotFoundException) {
            null
        } finally {
            reader.reset()
        }

    /** With the symbology's identifier in front where it says that the content is GS1's. */
    private fun scanned(result: Result): String {
        val identifier = result.resultMetadata?.get(ResultMetadataType.SYMBOLOGY_IDENTIFIER) as? String
        val told = identifier?.takeIf { it in GS1 && !result.text.startsWith("]") }
        return told.orEmpty() + result.text
    }

    private companion object {
        val FORMATS = listOf(
            BarcodeFormat.DATA_MATRIX,
            BarcodeFormat.QR_CODE,
            BarcodeFormat.CODE_128,
            BarcodeFormat.EAN_13,
            BarcodeFormat.EAN_8,
            BarcodeFormat.UPC_A,
            BarcodeFormat.ITF,
            BarcodeFormat.RSS_14,
            BarcodeFormat.RSS_EXPANDED
        )
        val GS1 = setOf("]C1", "]d2", "]Q3", "]e0")
    }
}

/** The camera's picture, and what codes it sees. Each code once until another comes. */
class CameraPane(context: Context, private val onScan: (String) -> Unit) : SurfaceView(context), SurfaceHolder.Callback {
    private val codes = CodeReader()
    private val manager = context.getSystemService(CameraManager::class.java)
    private var thread: HandlerThread? = null
    private var camera: CameraDevice? = null
    private var pictures: ImageReader? = null
    private var last: String? = null

    init {
        holder.addCallback(this)
        holder.setFixedSize(WIDTH, HEIGHT)
        contentDescription = context.getString(R.string.camera)
    }

    override fun surfaceCreated(holder: SurfaceHolder) = open()

    override fun surfaceChanged(holder: SurfaceHolder, format: Int, width: Int, height: Int) = Unit

    override fun surfaceDestroyed(holder: SurfaceHolder) = close()

    // The screen asks for the permission before it shows this.
    @SuppressLint("MissingPermission")
    private fun open() {
        val back = manager.cameraIdList.firstOrNull {
            val facing = manager.getCameraCharacteristics(it).get(CameraCharacteristics.LENS_FACING)
            facing == CameraCharacteristics.LENS_FACING_BACK
        } ?: return
        val worker = HandlerThread("camera").apply { start() }
        thread = worker
        val handler = Handler(worker.looper)
        pictures = ImageReader.newInstance(WIDTH, HEIGHT, ImageFormat.YUV_420_888, 2).apply {
            setOnImageAvailableListener({ it.acquireLatestImage()?.use(::look) }, handler)
        }
        manager.openCamera(back, Opened(handler), handler)
    }

    private inner class Opened(private val handler: Handler) : CameraDevice.StateCallback() {
        override fun onOpened(device: CameraDevice) {
            camera = device
            val surfaces = listOfNotNull(holder.surface, pictures?.surface)
            // The newer call came with Android 9; this one is there from 8 on.
            @Suppress("DEPRECATION")
            device.createCaptureSession(surfaces, Session(device, surfaces, handler), handler)
        }

        override fun onDisconnected(device: CameraDevice) = device.close()

        override fun onError(device: CameraDevice, error: Int) = device.close()
    }

    private class Session(
        private val device: CameraDevice,
        private val surfaces: List<Surface>,
        private val handler: Handler
    ) : CameraCaptureSession.StateCallback() {
        override fun onConfigured(session: CameraCaptureSession) {
            val request = device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW).apply {
                surfaces.forEach(::addTarget)
                set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
            }
            try {
                session.setRepeatingRequest(request.build(), null, handler)
            } catch (_: CameraAccessException) {
                device.close() // another app took it
            }
        }

        override fun onConfigureFailed(session: CameraCaptureSession) = device.close()
    }

    /** Looks for a code on one picture. */
    private fun look(picture: Image) {
        val grey = picture.planes[0]
        val bytes = ByteArray(grey.buffer.remaining()).also(grey.buffer::get)
        val width = picture.width
        val height = minOf(picture.height, bytes.size / grey.rowStride)
        val read = codes.read(PlanarYUVLuminanceSource(bytes, grey.rowStride, height, 0, 0, width, height, false))
        if (read != null && read != last) {
            last = read
            post { onScan(read) }
        }
    }

    fun close() {
        camera?.close()
        camera = null
        pictures?.close()
        pictures = null
        thread?.quitSafely()
        thread = null
    }

    companion object {
        private const val WIDTH = 1280
        private const val HEIGHT = 720

        /** Whether the camera may be used; asks for it where not. */
        fun allowed(activity: Activity): Boolean {
            val allowed = activity.checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED
            if (!allowed) activity.requestPermissions(arrayOf(Manifest.permission.CAMERA), 0)
            return allowed
        }
    }
}
