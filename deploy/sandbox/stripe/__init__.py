"""A stand-in for Stripe that speaks the part of its API that Huafang uses. No money moves.

Run it with `python -m deploy.sandbox.stripe --port 4242 --data DIR`, or inside a test with
`deploy.sandbox.stripe.server.serving(Options(...))`. Stripe's own library talks to it when given its
address: `stripe.StripeClient(key, base_addresses={"api": url})`.
"""
