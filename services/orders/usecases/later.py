"""The kinds of timers: what is done after an answer, and when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shared.messaging import timers

CLOSE_ORDER = "close-order"
CHECK_PAYMENT = "check-payment"
ASK_REFUND = "ask-refund"
PROCESS_NOTICE = "process-notice"
LEARN_FEE = "learn-fee"
SWEEP = "sweep"
RECONCILE = "reconcile"
PRUNE = "prune"


def soon(session: Session, kind: str, subject: UUID | str, at: datetime) -> None:
    """Have `kind` done for `subject` at `at` (business time) once the transaction commits; an earlier plan, parked
    or not, is replaced."""
    timers.schedule(session, kind, subject, at, replace=True)
