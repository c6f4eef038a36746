"""Prints one JSON object: component -> source -> figures. Name components to run only those."""

import importlib
import json
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path

import benchmarks.quality

Score = Callable[[Path], dict[str, object]]


def find_components() -> dict[str, Score]:
    """The name of each component, and what scores it."""
    names = [module.name for module in pkgutil.iter_modules(benchmarks.quality.__path__)]
    modules = {
        name: importlib.import_module(f"benchmarks.quality.{name}")
        for name in names
        if not name.startswith("_")
    }
    return {name: module.score for name, module in modules.items() if hasattr(module, "score")}


def main(arguments: list[str]) -> int:
    """Score the folder that the first argument names; returns the exit status."""
    if not arguments or not Path(arguments[0]).is_dir():
        print("Usage: make quality DATA=DIR (a folder of labelled data)", file=sys.stderr)
        return 2
    folder, *chosen = arguments
    components = find_components()
    unknown = sorted(set(chosen) - set(components))
    if unknown:
        print(f"No such component: {', '.join(unknown)}", file=sys.stderr)
        return 2
    scores = {name: components[name](Path(folder)) for name in chosen or components}
    print(json.dumps(scores, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
