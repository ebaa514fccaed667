"""`python -m portal.web …` is granian with the application loaded before its processes fork.

Half of a process's memory is code and what it makes of itself at the start; forked, all processes share one copy.
"""

import importlib
import sys

from granian.cli import entrypoint

if __name__ == "__main__":
    importlib.import_module(sys.argv[-1].partition(":")[0])
    entrypoint()  # type: ignore[no-untyped-call]  # as granian's own __main__ does
