#!/usr/bin/env python
"""Entry to all commands. Starts the embedded database when no DATABASE_URL is set."""

import sys

from portal.embedded import main

if __name__ == "__main__":
    sys.exit(main(sys.argv))
