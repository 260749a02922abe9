"""`make bench`: every figure as a ratio to a floor that is measured in the same run."""

from bench import copies, messaging

MESSAGES = 2000

if __name__ == "__main__":
    print(copies.measure())
    messaging.run(MESSAGES)
