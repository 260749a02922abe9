"""Stripe's objects as its API answers them, in the version of `options.API_VERSION`."""
