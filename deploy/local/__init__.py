"""All in one: `make run`. PostgreSQL from a wheel, the broker inside the process, payments in the sandbox."""
