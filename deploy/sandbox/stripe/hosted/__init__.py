"""The payment page that a session's `url` leads to, and the wallets and banks behind it."""
