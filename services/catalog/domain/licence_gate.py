"""Whether the base model's licence lets a pack be sold for money (DOMAIN facts in `data/base_models.json`)."""

from dataclasses import dataclass
from datetime import date

from services.catalog.domain.base_models import Allowed, BaseModel
from services.catalog.domain.moderation import Decision


@dataclass(frozen=True)
class GateAnswer:
    """`source` is where the rule stands; `licence` is shown to buyers as well."""

    decision: Decision
    licence: str
    source: str


def licence_gate(model: BaseModel | None, price: int, on: date) -> GateAnswer:
    """PASS, BLOCK or REVIEW for a price in fen on a day. What is free is no sale and always passes."""
    if model is None:
        return GateAnswer(Decision.PASS if price == 0 else Decision.REVIEW, "", "the base model is not known")
    rule = model.rule(on)
    by_rule = {Allowed.YES: Decision.PASS, Allowed.NO: Decision.BLOCK, Allowed.UNKNOWN: Decision.REVIEW}
    decision = Decision.PASS if price == 0 else by_rule[rule.allowed]
    return GateAnswer(decision, model.licence, rule.source)
