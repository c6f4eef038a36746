"""`make bench`: prints every figure, measured on this machine.

`make bench ARGS="steady idle --minutes 1"` runs only these parts, and shortens those that last.
"""

import argparse

from benchmarks import copies, idle, long_conversation, replicas, startup, steady, visitors

BENCHMARKS = {
    "visitors": visitors.run,
    "startup": startup.run,
    "long_conversation": long_conversation.run,
    "copies": copies.run,
    "replicas": replicas.run,
}
# These take minutes by themselves.
LASTING = {"steady": steady.run, "idle": idle.run}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(BENCHMARKS | LASTING))
    parser.add_argument("--minutes", type=float, help="how long the load of steady and idle lasts")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(BENCHMARKS | LASTING):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    for name in arguments.parts or BENCHMARKS | LASTING:
        print(f"== {name}", flush=True)
        if name in BENCHMARKS:
            BENCHMARKS[name]()
        else:
            LASTING[name](arguments.minutes)


if __name__ == "__main__":
    main()
