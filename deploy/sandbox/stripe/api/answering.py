"""From an HTTP request to an answer, in the order in which Stripe does it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request, Response

from deploy.sandbox.stripe import idempotency
from deploy.sandbox.stripe.api.authentication import check_api_key
from deploy.sandbox.stripe.api.call import Call, Operation
from deploy.sandbox.stripe.api.responses import CutResponse, NoResponse, json_response
from deploy.sandbox.stripe.api.versions import version_of
from deploy.sandbox.stripe.errors import Json, StripeError, invalid
from deploy.sandbox.stripe.expansion import expand, present
from deploy.sandbox.stripe.faults import Fault
from deploy.sandbox.stripe.forms import decode
from deploy.sandbox.stripe.idempotency import Kept
from deploy.sandbox.stripe.ids import new_id
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.sandbox import Sandbox

FORM = "application/x-www-form-urlencoded"


@dataclass
class Answering:
    """One request being answered."""

    sandbox: Sandbox
    operation: Operation
    request: Request
    path: dict[str, str]

    def __post_init__(self) -> None:
        self.id = new_id("request")
        self.key = self.request.headers.get("Idempotency-Key") if self.operation.changes else None
        self.name = f"{self.request.method} {self.request.path}"
        self.fault: Fault | None = None
        self.headers = {"Request-Id": self.id}

    def respond(self) -> Response:
        """The answer, or what a fault leaves of it; every call is logged."""
        if self.key:
            self.headers["Idempotency-Key"] = self.key
        try:
            self.headers["Stripe-Version"] = version_of(self.request.headers, self.sandbox.options.api_version)
            check_api_key(self.request.headers, self.sandbox.options.api_key)
            self.fault = self.sandbox.faults.take(self.request.method, self.request.path)
            answer = self.answer()
        except StripeError as error:
            answer = self.refusal(error)
        replayed = answer.request != self.id
        if replayed:
            self.headers.update({"Idempotent-Replayed": "true", "Original-Request": answer.request})
        self.log(answer.status, replayed)
        return self.damaged(json_response(answer.status, answer.body, self.headers))

    def answer(self) -> Kept:
        """Do what was asked, or find that it was done before."""
        params = self.operation.parameters.read(self.sent(), "")
        if not self.operation.changes:
            return self.without_key(params)
        if self.key is not None:
            idempotency.check_key(self.key)
        with self.sandbox.keys.holding(self.key):
            self.before_the_effect()
            with self.sandbox.moment(self.id, self.key) as moment:
                return self.once(moment, params)

    def without_key(self, params: Json) -> Kept:
        """A call that keys have no effect on: GET, and DELETE, which is idempotent by itself."""
        self.before_the_effect()
        if self.request.method == "DELETE":
            with self.sandbox.moment(self.id) as moment:
                return self.execute(moment, params)
        with self.sandbox.store.reading() as tx:
            return self.execute(Moment(tx, self.sandbox.options, self.sandbox.clock.now()), params)

    def once(self, moment: Moment, params: Json) -> Kept:
        """The effect and the kept answer are one transaction: a key never tells of what did not happen."""
        kept = None
        if self.key is not None:
            kept = idempotency.recall(moment.tx, self.key, self.name, params, moment.time)
        broken = self.ordered_error()
        if broken is not None and broken.when == "before" and (kept is not None or not broken.remember):
            return self.refusal(broken.error())
        if kept is not None:
            return kept if broken is None else self.refusal(broken.error())
        keeps, answer = True, None
        try:
            with moment.tx.undone_on_error():
                if broken is not None and broken.when == "before":
                    raise broken.error()
                answer = self.execute(moment, params)
        except StripeError as error:
            keeps, answer = error.keeps, self.refusal(error)
        shown = answer if broken is None else self.refusal(broken.error())
        if self.key is not None and keeps:
            remembered = shown if broken is not None and broken.remember else answer
            idempotency.keep(moment.tx, self.key, self.name, params, answer=remembered, now=moment.time)
        return shown

    def execute(self, moment: Moment, params: Json) -> Kept:
        """Run the operation and show its object, expanded as asked."""
        paths: list[str] = params.get("expand", [])
        given = {name: value for name, value in params.items() if name != "expand"}
        answer = self.operation.handler(Call(moment, given, self.path))
        for item in answer["data"] if answer.get("object") == "list" else [answer]:
            present(moment.tx, item, moment.time)
        return Kept(200, expand(moment.tx, answer, paths, moment.time), self.id)

    def sent(self) -> Json:
        """The parameters, from the query or the form."""
        if not self.operation.changes:
            return decode(self.request.args.items(multi=True))
        if self.request.content_length and self.request.mimetype != FORM:
            raise invalid(f"Invalid request (check that your POST content type is {FORM}).")
        pairs = [*self.request.args.items(multi=True), *self.request.form.items(multi=True)]
        return decode(pairs)

    def refusal(self, error: StripeError) -> Kept:
        """An error as an answer."""
        self.headers.update(error.headers)
        return Kept(error.status, error.body(), self.id)

    def ordered_error(self) -> Fault | None:
        """The fault of this call, if it is an error."""
        return self.fault if self.fault is not None and self.fault.kind == "error" else None

    def before_the_effect(self) -> None:
        """Faults that strike first. A POST's error comes later, where its key may remember it."""
        broken = self.ordered_error()
        if self.fault is not None and self.fault.kind == "slow":
            self.sandbox.stopping.wait(self.fault.seconds)
        elif broken is not None and not self.operation.changes:
            raise broken.error()

    def damaged(self, response: Response) -> Response:
        """The answer after the fault that was ordered for it."""
        if self.fault is not None and self.fault.kind == "cut":
            return CutResponse(response)
        if self.fault is not None and self.fault.kind == "timeout":
            return NoResponse(self.sandbox.stopping, self.fault.seconds)
        return response

    def log(self, status: int, replayed: bool) -> None:
        """Keep that there was this call."""
        with self.sandbox.store.writing() as tx:
            tx.execute(
                "INSERT INTO calls (at, method, path, key, status, replayed, fault, request) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                self.sandbox.clock.now(),
                self.request.method,
                self.request.path,
                self.key,
                status,
                int(replayed),
                self.fault.kind if self.fault else None,
                self.id,
            )
