package org.medlot.scanner

import android.content.Context
import org.medlot.Direction

/** The library's names of reasons, each with its words. */
class Reasons(private val all: List<Pair<String, Int>>) {
    fun words(context: Context): List<String> = all.map { (_, words) -> context.getString(words) }

    fun name(at: Int): String = all[at].first

    fun has(name: String): Boolean = all.any { it.first == name }

    /** Where a name stands; the first where it is none of these. */
    fun at(name: String?): Int = all.indexOfFirst { it.first == name }.coerceAtLeast(0)

    companion object {
        fun of(direction: Direction): Reasons = when (direction) {
            Direction.IN -> IN
            Direction.OUT -> OUT
            Direction.MOVE -> MOVE
        }

        val IN = Reasons(
            listOf(
                "supplier" to R.string.in_supplier,
                "opening_balance" to R.string.in_opening_balance,
                "customer_return" to R.string.in_customer_return,
                "transfer" to R.string.in_transfer,
                "donation" to R.string.in_donation,
                "found" to R.string.in_found,
                "other" to R.string.other_reason
            )
        )
        val OUT = Reasons(
            listOf(
                "retail" to R.string.out_retail,
                "used_in_facility" to R.string.out_used_in_facility,
                "administered" to R.string.out_administered,
                "open_vial_wastage" to R.string.out_open_vial_wastage,
                "return_to_supplier" to R.string.out_return_to_supplier,
                "recall_return" to R.string.out_recall_return,
                "expired" to R.string.out_expired,
                "damaged" to R.string.out_damaged,
                "heat_or_frost" to R.string.out_heat_or_frost,
                "missing" to R.string.out_missing,
                "destroy" to R.string.out_destroy,
                "other" to R.string.other_reason
            )
        )
        val MOVE = Reasons(
            listOf(
                "store_to_store" to R.string.move_store_to_store,
                "vaccine_vial_monitor" to R.string.move_vaccine_vial_monitor,
                "hold" to R.string.move_hold,
                "release" to R.string.move_release
            )
        )
        val REFUSE = Reasons(
            listOf(
                "damaged" to R.string.refuse_damaged,
                "expired_or_too_near" to R.string.refuse_expired,
                "wrong_product" to R.string.refuse_wrong_product,
                "wrong_quantity" to R.string.refuse_wrong_quantity,
                "cold_chain" to R.string.refuse_cold_chain,
                "recalled" to R.string.refuse_recalled,
                "documents" to R.string.refuse_documents,
                "other" to R.string.other_reason
            )
        )
        val HAND_OVER = Reasons(
            listOf("wholesale" to R.string.out_wholesale, "transfer" to R.string.in_transfer, "loan" to R.string.out_loan)
        )
        val ATTEST = Reasons(
            listOf(
                "pharmacist_in_charge" to R.string.attest_pharmacist,
                "witness_of_destruction" to R.string.attest_witness,
                "receiver" to R.string.attest_receiver,
                "loss_reported" to R.string.attest_loss_reported
            )
        )
    }
}
