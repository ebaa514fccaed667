#!/usr/bin/env python
"""Entry to all commands. Has the embedded database up while they run when no DATABASE_URL is set."""

import sys

from portal.startup import main

if __name__ == "__main__":
    sys.exit(main(sys.argv))
