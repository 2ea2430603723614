package org.medlot.scanner

import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit
import org.junit.Assert.assertEquals

const val PARACETAMOL = "08936098966893"
const val CEFTRIAXONE = "08935221225326"

/** A bracketed code, as scanners of packs send it. */
fun code(gtin: String, lot: String, expiry: String) = "(01)$gtin(17)$expiry(10)$lot"

/** Authorities and other facilities: folders in which the command is run. */
class World {
    val folder: File = Files.createTempDirectory("medlot-world").toFile()

    /** What their clocks show. */
    var now = NOON

    fun file(name: String) = File(folder, name)

    fun bytes(name: String): ByteArray = file(name).readBytes()

    private fun start(who: String, args: Array<out String>, out: File): Process {
        val command = listOf(System.getProperty("medlot.command"), "--dir", who, "--now", now) + args
        val process = ProcessBuilder(command).directory(folder).redirectErrorStream(true).redirectOutput(out)
        process.environment()["LANG"] = "en_US.UTF-8"
        return process.start()
    }

    fun run(who: String, vararg args: String): String {
        val out = file("out.txt")
        val running = start(who, args, out)
        val command = "$who ${args.joinToString(" ")}"
        assertEquals("$command took too long", true, running.waitFor(60, TimeUnit.SECONDS))
        assertEquals("$command: ${out.readText()}", 0, running.exitValue())
        return out.readText()
    }

    /** The hub's server (`medlot sync --listen`) at an address of this machine, until [work] is done. */
    fun serving(who: String, work: (String) -> Unit) {
        val out = file("$who-serves.txt")
        val server = start(who, arrayOf("sync", "--everything", "--listen", "127.0.0.1:0"), out)
        try {
            val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60)
            while (SERVED !in out.readText()) {
                check(server.isAlive && System.nanoTime() < end) { "medlot sync --listen: ${out.readText()}" }
                Thread.sleep(10)
            }
            work(checkNotNull(SERVED.find(out.readText())).groupValues[1])
        } finally {
            server.destroyForcibly().waitFor()
        }
    }

    fun join(by: String, who: String, facility: String, roles: String, scope: String) {
        run(by, "authority", "invite", "--facility", facility, "--roles", roles, "--out", "$who-invitation.mlt")
        run(who, "device", "init", "--invitation", "$who-invitation.mlt", "--out", "$who-request.mlt")
        run(by, "authority", "enrol", "$who-request.mlt", "--scope", scope, "--out", "$who-enrolment.mlt")
        run(who, "device", "accept", "$who-enrolment.mlt")
    }

    fun comesIn(who: String, gtin: String, lot: String, expiry: String, quantity: Int) =
        run(who, "record", "in", "--scan", code(gtin, lot, expiry), "--quantity", "$quantity")

    /** Hands over to the pharmacy; gives the bundle. */
    fun handOver(name: String, vararg lines: String): ByteArray {
        val all = lines.flatMap { listOf("--line", it) }.toTypedArray()
        run("distributor", "handover", "--to", "facility:$PHARMACY", *all, "--out", name)
        return bytes(name)
    }

    companion object {
        const val PHARMACY = "01C55"
        const val NOON = "2026-11-24T05:00:00Z"

        /** Where the server says that it is. */
        private val SERVED = Regex("(http://127\\.0\\.0\\.1:\\d+)/v1/sync")

        /** A root, a province, a distributor with stock, and an invitation for the pharmacy. Made once: others copy it. */
        private val first: World by lazy {
            World().apply {
                run("ministry", "authority", "init", "--out", "root.mlt")
                join("ministry", "province", "DEMO-SYT-01", "enrol,regulate,move,attest", "01,DEMO-")
                join("province", "distributor", "DEMO-0001", "move", "own")
                comesIn("distributor", PARACETAMOL, "A1", "271130", 24_000)
                val whom = arrayOf("--facility", PHARMACY, "--roles", "move,attest")
                run("province", "authority", "invite", *whom, "--out", "invitation.mlt")
            }
        }

        fun begin(): World = World().also { first.folder.copyRecursively(it.folder, overwrite = true) }
    }
}
