"""Stand-ins for outside parties, each speaking that party's own API over HTTP."""
