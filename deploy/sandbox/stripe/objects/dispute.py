"""A Dispute: the payer's bank takes the money back (docs.stripe.com/api/disputes/object)."""

from __future__ import annotations

from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.ids import new_id

REASONS = ("credit_not_processed", "duplicate", "fraudulent", "general", "product_not_received")

# Visa's code for a purchase the holder says was not theirs.
NETWORK_REASON = "10.4"

ANSWER_WITHIN = 9 * 24 * 3600

EVIDENCE = (
    *("access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure"),
    *("cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name"),
    *("customer_purchase_ip", "customer_signature", "duplicate_charge_documentation"),
    *("duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt", "refund_policy"),
    *("refund_policy_disclosure", "refund_refusal_explanation", "service_date", "service_documentation"),
    *("shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation"),
    *("shipping_tracking_number", "uncategorized_file", "uncategorized_text"),
)


def new_dispute(charge: Json, amount: int, reason: str, now: int) -> Json:
    """A dispute about an amount of a charge (minor units), waiting for the merchant's answer."""
    dispute: Json = {
        "id": new_id("dispute"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + ANSWER_WITHIN,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }
    paid_with = charge["payment_method_details"]
    if paid_with["type"] == "card":
        brand = paid_with["card"]["brand"]
        card = {"brand": brand, "case_type": "chargeback", "network": brand, "network_reason_code": NETWORK_REASON}
        dispute["payment_method_details"] = {"type": "card", "card": card}
    return dispute
