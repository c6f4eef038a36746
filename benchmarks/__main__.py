"""`make bench`: prints every figure, measured on this machine. Name some to run only those."""

import sys

from benchmarks import copies, long_conversation, startup, visitors

BENCHMARKS = {
    "visitors": visitors.run,
    "startup": startup.run,
    "long_conversation": long_conversation.run,
    "copies": copies.run,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"== {name}")
        BENCHMARKS[name]()
