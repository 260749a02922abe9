"""Controls for tests, under /sandbox: not Stripe's, and behind the same key."""
