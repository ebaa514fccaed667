#!/bin/sh
# Chromium for the browser tests: the one that is there, else Debian's, else Playwright's own.
# Usage: install-chromium.sh DIRECTORY-OF-PLAYWRIGHT
set -eu
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
for found in "${HOME:-/nonexistent}"/.cache/ms-playwright/chromium*; do
    if [ -e "$found" ]; then exit 0; fi
done
echo 'Installiere Chromium für die Browser-Tests …'
if command -v apt-get >/dev/null; then
    as_root=
    [ "$(id -u)" = 0 ] || as_root='sudo -n'
    if { $as_root apt-get -qq update && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends chromium; } >/dev/null 2>&1; then
        exit 0
    fi
fi
if "$1/playwright" install chromium; then exit 0; fi
echo 'Chromium ließ sich nicht installieren; die Browser-Tests werden übersprungen (in der CI: scheitern).' >&2
