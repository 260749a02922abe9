"""The invariants of orders as queries: each finds what breaks it, and nothing is what is wanted."""

from sqlalchemy import text
from sqlalchemy.orm import Session

CHECKS = {
    "a paid order of more than 0 fen has exactly one payment that settles it": """
        SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.settles
        WHERE (o.paid_at IS NOT NULL AND o.total > 0) <> (p.id IS NOT NULL)""",
    "the amount paid is the order's": """
        SELECT o.id FROM orders o JOIN payments p ON p.order_id = o.id AND p.settles
        WHERE p.captured <> o.total OR p.currency <> o.currency OR p.livemode <> o.livemode""",
    "an order's total is the sum of its lines": """
        SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id
        HAVING o.total <> sum(l.amount) OR bool_or(l.amount <> l.price * l.quantity - l.discount)""",
    "lines are paid exactly when their order is": """
        SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id
        WHERE l.paid <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE l.amount END""",
    "what a payment gave back or promised is what its refunds say": """
        SELECT p.id FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id GROUP BY p.id
        HAVING p.refunded <> coalesce(sum(r.amount) FILTER (WHERE r.status = 'succeeded'), 0)
            OR p.reserved <> coalesce(sum(r.amount) FILTER (WHERE r.status IN ('reserved', 'asked')), 0)
            OR p.refunded + p.reserved > p.captured""",
    "what a line gave back or promised is what its refunds say": """
        SELECT l.id FROM order_lines l
        LEFT JOIN refund_lines f ON f.line_id = l.id LEFT JOIN refunds r ON r.id = f.refund_id GROUP BY l.id
        HAVING l.refunded <> coalesce(sum(f.amount) FILTER (WHERE r.status = 'succeeded'), 0)
            OR l.reserved <> coalesce(sum(f.amount) FILTER (WHERE r.status IN ('reserved', 'asked')), 0)
            OR l.refunded + l.reserved > l.paid""",
    "a refund by line is the sum of its lines": """
        SELECT r.id FROM refunds r JOIN refund_lines f ON f.refund_id = r.id GROUP BY r.id
        HAVING r.amount <> sum(f.amount)""",
    "the fee is divided to the fen": """
        SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id
        JOIN payments p ON p.order_id = o.id AND p.settles GROUP BY o.id, p.fee
        HAVING sum(l.fee) <> coalesce(p.fee, 0)""",
    "an order stands where its last move led, and each move begins where the one before ended": """
        SELECT o.id FROM orders o JOIN LATERAL (
            SELECT array_agg(t.to_status ORDER BY t.position) AS reached,
                   array_agg(t.from_status ORDER BY t.position) AS left_from
            FROM order_transitions t WHERE t.order_id = o.id) moves ON true
        WHERE o.status <> moves.reached[array_length(moves.reached, 1)]
           OR array_prepend('new', moves.reached[1:array_length(moves.reached, 1) - 1]::varchar[])::text[]
              <> moves.left_from::text[]""",
    "only an open or paid order holds something": """
        SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id
        WHERE l.hold_key IS NOT NULL AND o.status IN ('expired', 'cancelled', 'refunded')""",
    "money that settles nothing is on its way back, or an operator knows": """
        SELECT p.id FROM payments p WHERE p.captured > p.refunded + p.reserved AND NOT p.settles
        AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.order_id = p.order_id AND a.kind = 'refund_failed')""",
    "a fully refunded order says so": """
        SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id
        HAVING o.total > 0 AND o.paid_at IS NOT NULL
           AND sum(l.refunded) = sum(l.paid) AND o.status <> 'refunded'""",
}


def faults_in_the_books(session: Session) -> dict[str, list[str]]:
    """The broken invariants, each with the ids that break it."""
    found = {name: [str(row[0]) for row in session.execute(text(sql))] for name, sql in CHECKS.items()}
    return {name: ids for name, ids in found.items() if ids}
