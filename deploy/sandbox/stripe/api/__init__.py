"""The part of Stripe's API that Huafang uses, over HTTP."""
