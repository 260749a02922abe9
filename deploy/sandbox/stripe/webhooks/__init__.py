"""Signed webhooks, as Stripe sends them."""
