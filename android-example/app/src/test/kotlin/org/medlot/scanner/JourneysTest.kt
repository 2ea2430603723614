package org.medlot.scanner

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.medlot.Language
import org.medlot.MovementsInput
import org.medlot.StockInput
import org.medlot.StockView
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

fun Hands.stock(): List<StockView> = kotlinx.coroutines.runBlocking {
    app.book.ask { it.stock(StockInput(emptyToo = true), 0u, 1_000u, Language.EN, app.book.now).rows }
}

fun Hands.lot(lot: String, store: String? = null): StockView = stock().single { it.lot == lot && it.store == store }

/** Goods that came without a code. */
fun Hands.takeIn(gtin: String, lot: String, expiry: String, quantity: String, more: Hands.() -> Unit = {}): Hands {
    if (screen !is PackScreen) open<PackScreen>()
    scan(code(gtin, lot, expiry)).tap(R.string.take_in).type(R.string.quantity, quantity)
    more()
    return confirmed(R.string.take_in)
}

fun Hands.sell(raw: String, quantity: String, more: Hands.() -> Unit = {}): Hands {
    if (screen !is PackScreen) open<PackScreen>()
    scan(raw).tap(R.string.dispense).type(R.string.quantity, quantity)
    more()
    return confirmed(R.string.dispense)
}

fun Hands.move(raw: String, quantity: String, more: Hands.() -> Unit): Hands {
    if (screen !is PackScreen) open<PackScreen>()
    scan(raw).tap(R.string.move).type(R.string.quantity, quantity)
    more()
    return confirmed(R.string.move)
}

/** Taps the button at the bottom. */
fun Hands.confirmed(name: Int): Hands {
    views.filterIsInstance<android.widget.Button>().last { "${it.text}" == text(name) }.performClick()
    return settle()
}

/** The days of those who use a handheld, on the real screens with the real library behind them. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class JourneysTest {
    private val app: App get() = RuntimeEnvironment.getApplication() as App

    @Test
    fun `a pharmacist receives a delivery with differences, and both numbers are exact`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        val delivery = world.handOver("d.mlt", "12000=${code(PARACETAMOL, "A1", "271130")}")
        hands.scan(delivery)
        assertTrue(hands.words, hands.sees(R.string.delivery_valid))
        hands.tap(hands.screen.getString(R.string.line_number, 1))
        hands.type(R.string.came, "11800").type(R.string.refused, "100")
        hands.tap(R.string.book_receipt)
        assertTrue(hands.words, hands.sees(R.string.received))
        val row = hands.lot("A1")
        // What was refused is on its way still, back to who sent it; 100 are missing.
        assertEquals(listOf(11_800L, 100L, 200L), listOf(row.available, row.refusedIn, row.inTransitIn))
        hands.scan(delivery)
        hands.tap(R.string.book_receipt)
        assertTrue("never twice: ${hands.words}", hands.screen is ReceiveScreen)
        assertEquals(11_800L, hands.lot("A1").onHand)
    }

    @Test
    fun `the sooner lot is proposed, a recall stops it at the next scan, and the other lot is proposed instead`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        hands.takeIn(PARACETAMOL, "A1", "271130", "11800").takeIn(PARACETAMOL, "B1", "270131", "400")
        hands.scan(code(PARACETAMOL, "A1", "271130")).tap(R.string.dispense)
        assertTrue("B1 goes first: ${hands.words}", hands.sees(R.string.take_first) && hands.sees("B1"))
        hands.tap(R.string.cancel)
        hands.sell(code(PARACETAMOL, "B1", "270131"), "15")
        assertEquals(385L, hands.lot("B1").available)
        val recall = arrayOf("--class", "1", "--notice", "TH-9", "--product", "gtin:$PARACETAMOL", "--lot", "B1")
        world.run("province", "authority", "recall", *recall, "--out", "recall.mlt")
        hands.at("2026-11-24T07:00:00Z")
        hands.scan(world.bytes("recall.mlt"))
        assertTrue(hands.words, hands.sees(R.string.taken))
        assertEquals(listOf(385L, 0L, 385L), hands.lot("B1").run { listOf(onHand, available, recalled) })
        hands.scan(code(PARACETAMOL, "B1", "270131"))
        assertTrue(hands.words, hands.sees(R.string.state_recalled) && hands.sees("TH-9") && hands.sees("A1"))
        hands.tap(R.string.dispense).type(R.string.quantity, "5")
        assertTrue("only all the same: ${hands.words}", hands.sees(R.string.record_anyway))
        hands.tap(R.string.record_anyway)
        assertTrue("it is asked first", hands.dialog != null)
        assertEquals(385L, hands.lot("B1").onHand)
        hands.yes()
        assertEquals(380L, hands.lot("B1").onHand)
        hands.tap(R.string.findings)
        assertTrue(hands.words, hands.sees("B1") && hands.sees(R.string.take_back).not())
    }

    @Test
    fun `a mistaken sale that both phones of the pharmacy take back comes back once`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        world.join("province", "phone2", World.PHARMACY, "move", "own")
        hands.takeIn(PARACETAMOL, "A1", "271130", "100").sell(code(PARACETAMOL, "A1", "271130"), "5")
        world.file("hers.mlt").writeBytes(hands.extract())
        world.run("phone2", "device", "accept", "hers.mlt")
        val all = world.run("phone2", "--json", "movements")
        val sale = org.json.JSONObject(all).getJSONArray("movements").objects().single { it.optString("direction") == "out" }
        world.run("phone2", "reverse", sale.run { "${getString("log")}:${getInt("index")}:${getString("id")}" })
        world.run("phone2", "seal", "--out", "theirs.mlt")
        hands.scan(code(PARACETAMOL, "A1", "271130")).tap(R.string.stock_card)
        hands.tap(hands.screen.inWords(hands.movements().single { it.direction == "out" })).yes()
        assertTrue(hands.words, hands.sees(R.string.taken_back))
        assertEquals(100L, hands.lot("A1").onHand)
        hands.scan(world.bytes("theirs.mlt"))
        assertEquals(100L, hands.lot("A1").onHand)
    }

    @Test
    fun `a ward's cupboard holds half vials exactly`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        val pack = code(CEFTRIAXONE, "C7", "280630")
        hands.takeIn(CEFTRIAXONE, "C7", "280630", "1000") { tap(R.string.more).type(R.string.store, "K1") }
        hands.move(pack, "40") { tap(R.string.more).type(R.string.store, "K1").type(R.string.to_store, "T05") }
        repeat(3) {
            hands.sell(pack, "1") {
                choose(R.string.reason, Reasons.OUT.at("used_in_facility"))
                tap(R.string.more).type(R.string.store, "T05").type(R.string.parts_per_unit, "2").choose(R.string.measure, PIECE)
            }
        }
        assertEquals(960L, hands.lot("C7", "K1").onHand)
        val ward = hands.lot("C7", "T05")
        assertEquals(listOf(38L, 1L, 2L), listOf(ward.onHand, ward.parts.single().count, ward.parts.single().perUnit.toLong()))
        hands.tap(R.string.stores)
        assertTrue(hands.words, hands.sees("K1") && hands.sees("T05"))
        hands.tap("T05")
        assertTrue(hands.words, hands.sees(hands.screen.getString(R.string.opened, 1L, 2)))
    }

    @Test
    fun `stock that moves while it is counted is not lost and not counted twice`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        val pack = code(CEFTRIAXONE, "C7", "280630")
        hands.takeIn(CEFTRIAXONE, "C7", "280630", "960")
        hands.tap(R.string.count).tap(R.string.begin_count).scan(pack)
        assertTrue(hands.words, hands.sees(hands.screen.getString(R.string.book_says, 960L)))
        hands.type(R.string.stands_there, "928").scan(code(PARACETAMOL, "A1", "271130"))
        assertTrue("what is typed isn't dropped: ${hands.words}", hands.words.contains(hands.screen.getString(R.string.counted)))
        assertTrue(hands.words, hands.words.contains(hands.screen.getString(R.string.write_line_first, "").trim()))
        hands.tap(R.string.counted)
        hands.at("2026-11-24T05:20:00Z")
        hands.open<PackScreen>().sell(pack, "10")
        hands.open<CountScreen>()
        assertTrue("the count is still open", hands.sees(hands.screen.getString(R.string.stands_there_is, "928")))
        hands.scan(pack).type(R.string.stands_there, "1").tap(R.string.counted)
        assertTrue("a second line of one lot is asked about", hands.dialog != null)
        hands.dialog?.getButton(android.content.DialogInterface.BUTTON_NEGATIVE)?.performClick()
        hands.settle().tap(R.string.cancel).tap(R.string.end_count)
        assertEquals(918L, hands.lot("C7").onHand)
    }

    @Test
    fun `what is left in an opened pack is counted in parts, and a count that names none of it sets it to none`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        val pack = code(PARACETAMOL, "A1", "271130")
        fun Hands.stands() = lot("A1").run { listOf(onHand) + parts.map { it.count } + parts.map { it.perUnit.toLong() } }
        hands.takeIn(PARACETAMOL, "A1", "271130", "100")
        hands.tap(R.string.count).tap(R.string.begin_count).scan(pack).type(R.string.stands_there, "98")
        hands.tap(R.string.opened_too).type(R.string.left_in_opened, "7").tap(R.string.counted)
        assertTrue("parts of what is said: ${hands.words}", hands.sees(R.string.per_unit_missing))
        hands.type(R.string.parts_per_unit, "10").choose(R.string.measure, PIECE).tap(R.string.counted)
        val opened = hands.screen.getString(R.string.opened, 7L, 10)
        assertTrue(hands.words, hands.sees(hands.screen.getString(R.string.stands_there_is, "98")) && hands.sees(opened))
        hands.tap(R.string.end_count)
        assertEquals("98 whole ones and 7 of 10", listOf(98L, 7L, 10L), hands.stands())
        hands.open<CountScreen>().tap(R.string.begin_count).scan(pack)
        assertTrue("the book says it: ${hands.words}", hands.sees(opened))
        hands.type(R.string.left_in_opened, "4").tap(R.string.counted)
        val none = hands.screen.getString(R.string.stands_there_is, "0")
        assertTrue("without whole ones one line is enough: ${hands.words}", !hands.sees(none))
        hands.scan(pack).type(R.string.stands_there, "97").tap(R.string.counted)
        val before = hands.screen.getString(R.string.counted_already, "4/10")
        assertTrue("a second line is asked about", hands.dialog?.let { before == "${shadowOf(it).message}" } == true)
        hands.yes().tap(R.string.end_count)
        assertEquals("both lines add up", listOf(97L, 4L, 10L), hands.stands())
        hands.open<CountScreen>().tap(R.string.begin_count).scan(pack).type(R.string.stands_there, "97").tap(R.string.counted)
        hands.tap(R.string.end_count)
        assertEquals("none left", listOf(97L), hands.stands())
    }

    @Test
    fun `a vaccinator's day adds up in doses, and the vial at stage 2 goes first`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        val vials = code(CEFTRIAXONE, "MR26", "261130")
        hands.takeIn(CEFTRIAXONE, "MR26", "261130", "20") { tap(R.string.more).type(R.string.vvm, "1") }
        hands.move(vials, "5") { type(R.string.to_store, "OUT1").tap(R.string.more).type(R.string.vvm, "1") }
        fun doses(quantity: String, reason: String) = hands.sell(vials, quantity) {
            choose(R.string.reason, Reasons.OUT.at(reason)).tap(R.string.more)
            type(R.string.store, "OUT1").type(R.string.parts_per_unit, "10").type(R.string.vvm, "1")
        }
        doses("31", "administered")
        doses("9", "open_vial_wastage")
        hands.move(vials, "1") {
            type(R.string.to_vvm, "2").tap(R.string.more).type(R.string.store, "OUT1").type(R.string.vvm, "1")
        }
        val rows = hands.stock().filter { it.onHand > 0 }.associate { it.vvm?.toInt() to it.onHand }
        assertEquals(mapOf(1 to 15L, 2 to 1L), rows)
        val pick = kotlinx.coroutines.runBlocking {
            app.book.ask { it.pick(StockInput(product = "gtin:$CEFTRIAXONE"), "3", app.book.now).lines }
        }
        assertEquals(listOf(2 to 1, 1 to 2), pick.map { it.vvm?.toInt() to it.quantity?.toInt() })
    }

    @Test
    fun `vials keep their stage when they are counted, and of a lot at two stages it is asked which`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        val vials = code(CEFTRIAXONE, "MR26", "261130")
        fun Hands.stands() = stock().filter { it.lot == "MR26" && it.onHand > 0 }.associate { it.vvm?.toInt() to it.onHand }
        hands.takeIn(CEFTRIAXONE, "MR26", "261130", "20") { tap(R.string.more).type(R.string.vvm, "1") }
        hands.tap(R.string.count).tap(R.string.begin_count).scan(vials).type(R.string.stands_there, "19").tap(R.string.counted)
        hands.tap(R.string.end_count)
        assertEquals(mapOf(1 to 19L), hands.stands())
        hands.open<PackScreen>().move(vials, "4") {
            choose(R.string.reason, Reasons.MOVE.at("vaccine_vial_monitor"))
            type(R.string.to_vvm, "2").tap(R.string.more).type(R.string.vvm, "1")
        }
        hands.tap(R.string.count).tap(R.string.begin_count).scan(vials)
        val asked = shadowOf(checkNotNull(hands.dialog) { hands.words })
        asked.clickOnItem(asked.items.indexOfFirst { hands.screen.getString(R.string.vvm_is, 2) in it })
        hands.settle().type(R.string.stands_there, "3").tap(R.string.counted)
        assertTrue("stage 1 isn't counted yet: ${hands.words}", hands.sees(hands.screen.getString(R.string.vvm_is, 1)))
        hands.tap(hands.screen.getString(R.string.vvm_is, 1)).type(R.string.stands_there, "15").tap(R.string.counted)
        hands.tap(R.string.end_count)
        assertEquals(mapOf(1 to 15L, 2 to 3L), hands.stands())
        hands.open<PackScreen>().sell(vials, "3") { tap(R.string.more).type(R.string.vvm, "2") }
        hands.tap(R.string.count).tap(R.string.begin_count).scan(vials).type(R.string.stands_there, "15").tap(R.string.counted)
        assertTrue("what stood at no stage 2 before isn't missing: ${hands.words}", !hands.sees(R.string.not_counted))
    }

    @Test
    fun `a destruction has minutes, and three people stand for it by their codes`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        hands.takeIn(PARACETAMOL, "A1", "271130", "100")
        hands.scan(code(PARACETAMOL, "A1", "271130")).tap(R.string.dispense).type(R.string.quantity, "4")
        hands.choose(R.string.reason, Reasons.OUT.at("destroy")).type(R.string.minutes, "BB-7").confirmed(R.string.dispense)
        assertTrue("who destroys is asked: ${hands.words}", hands.screen is MovementScreen)
        hands.type(R.string.operator, "DS01").confirmed(R.string.dispense)
        val asked = hands.screen.resources.getQuantityString(R.plurals.people_missing, 2, 2)
        assertTrue(hands.words, hands.sees(asked))
        val line = hands.movements().single { it.reason == "destroy" }
        assertEquals(listOf("BB-7", "DS01"), listOf(line.documents.single().number, line.operator))
        assertEquals(96L, hands.lot("A1").onHand)
        hands.tap(R.string.findings).tap("A1").tap(R.string.confirm_it)
        assertTrue("nobody confirms it without a code: ${hands.words}", hands.sees(R.string.operator_missing))
        hands.type(R.string.operator, "DS02").tap(R.string.confirm_it)
        shadowOf(checkNotNull(hands.dialog)).clickOnItem(Reasons.ATTEST.at("witness_of_destruction"))
        hands.settle()
        val signed = hands.movements().single { it.kind == "attest" }
        assertEquals(listOf("witness_of_destruction", "DS02"), listOf(signed.capacity, signed.operator))
        assertEquals(line.index, signed.attests?.index)
    }

    @Test
    fun `a lot whose expiry the regulator extended is usable and names the notice`() {
        val world = World.begin()
        val hands = Hands.enrolled(app, world)
        hands.takeIn(CEFTRIAXONE, "MR26", "261100", "10")
        hands.at("2026-11-30T17:00:00Z")
        hands.scan(code(CEFTRIAXONE, "MR26", "261100"))
        assertTrue("in Hà Nội it is December: ${hands.words}", hands.sees(R.string.state_expired))
        val fact = arrayOf("gtin:$CEFTRIAXONE", "MR26", "2027-02-28", "--notice", "CV-1188")
        world.run("province", "authority", "lot-fact", *fact, "--out", "fact.mlt")
        hands.scan(world.bytes("fact.mlt"))
        hands.scan(code(CEFTRIAXONE, "MR26", "261100"))
        assertTrue(hands.words, hands.sees(R.string.state_near) && hands.sees("CV-1188") && hands.sees("28/02/2027"))
    }

    private companion object {
        const val PIECE = 4
    }
}

fun Hands.extract(): ByteArray = kotlinx.coroutines.runBlocking {
    app.book.seal()
    app.book.ask { it.extract(0u) }
}

fun Hands.movements() = kotlinx.coroutines.runBlocking { app.book.ask { it.movements(MovementsInput(), 0u, 1_000u).rows } }
