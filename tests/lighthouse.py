"""`make lighthouse`: Lighthouse on the pages that count, as on a mid-range phone, on the server people run.

Accessibility, best practices and SEO depend on the page alone: a test asks for 100 (tests/browser/test_lighthouse.py).
Performance depends on what else the machine does: here the middle of three runs must reach the goals. It takes a quiet
machine.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.conf import settings

from tests.running import Portal

PAGES = {
    "Start": "/",
    "Ergebnisse": "/angebote/",
    "Angebot": "/angebote/cityknirpse/",
    "Kette": "/kette/",
    "Merkliste": "/merkliste/?o=cityknirpse&o=frauenhaus&o=bibliothek-osterfeld",
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
RUNS = 3
LEAST_SPEED, LONGEST_LCP = 95, 1.5  # points; seconds
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LIGHTHOUSE = Path(__file__).resolve().parent.parent / "node_modules" / "lighthouse" / "cli" / "index.js"


@dataclass(frozen=True)
class Report:
    """Scores from 0 to 100, times in seconds, layout shift without unit, the audits that did not pass."""

    scores: dict[str, int]
    lcp: float
    cls: float
    tbt: float
    failed: tuple[str, ...]


def look(address: str, *, node: str, chromium: str) -> Report:
    """One run; a second one when the machine was too busy for an audit to finish."""
    report = _run(address, node=node, chromium=chromium)
    return report if all(report.scores.values()) else _run(address, node=node, chromium=chromium)


def _run(address: str, *, node: str, chromium: str) -> Report:
    """On a simulated mid-range phone. Search engines are kept from shortlists, so that is not asked of them."""
    command = [node, str(LIGHTHOUSE), address, "--output=json", "--quiet", "--no-enable-error-reporting"]
    command += [f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking"]
    if "/merkliste/" in address:
        command += ["--skip-audits=is-crawlable"]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "report.json"
        environment = {**os.environ, "CHROME_PATH": chromium, "TMPDIR": folder}
        done = subprocess.run(
            [*command, f"--output-path={output}"], capture_output=True, text=True, check=False, env=environment
        )
        if not output.is_file():
            raise RuntimeError(f"Lighthouse: {done.stderr[-2000:]}")
        report = json.loads(output.read_text(encoding="utf-8"))
    return _read(report)


def _read(report: dict[str, object]) -> Report:
    audits, categories = report["audits"], report["categories"]
    assert isinstance(audits, dict)
    assert isinstance(categories, dict)

    def number(name: str) -> float:
        return float(audits.get(name, {}).get("numericValue") or 0)

    asked = {ref["id"] for name, part in categories.items() if name != "performance" for ref in part["auditRefs"]}
    failed = tuple(
        f"{name}: {audit['title']} {json.dumps(audit.get('details', {}).get('items', []), ensure_ascii=False)[:300]}"
        for name, audit in audits.items()
        if name in asked and audit["score"] is not None and audit["score"] < 1
    )
    scores = {name: round(100 * (part["score"] or 0)) for name, part in categories.items()}
    return Report(
        scores,
        number("largest-contentful-paint") / 1000,
        number("cumulative-layout-shift"),
        number("total-blocking-time") / 1000,
        failed,
    )


def main() -> int:
    node, chromium = shutil.which("node"), next(filter(None, map(shutil.which, BROWSERS)), None)
    if not node or not chromium:
        print("Gebraucht werden node und Chromium: make test richtet beides ein.", file=sys.stderr)
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    folder = Path(settings.VAR_DIR) / "lighthouse"
    folder.mkdir(parents=True, exist_ok=True)
    head = "{:<12} {:>11} {:>15} {:>13} {:>4} {:>7} {:>6} {:>7}"
    print(head.format("Seite", "Performance", "Barrierefreiheit", "Best Practice", "SEO", "LCP s", "CLS", "TBT s"))
    missed = []
    with Portal(folder) as portal:
        for name, path in PAGES.items():
            runs = [look(portal.address + path, node=node, chromium=chromium) for _ in range(RUNS)]
            worst = [min(run.scores[category] for run in runs) for category in CATEGORIES[1:]]
            speed = int(median(run.scores["performance"] for run in runs))
            lcp, cls, tbt = (median(getattr(run, field) for run in runs) for field in ("lcp", "cls", "tbt"))
            print(head.format(name, speed, *worst, f"{lcp:.2f}", f"{cls:.2f}", f"{tbt:.2f}"), flush=True)
            if speed < LEAST_SPEED or lcp > LONGEST_LCP or cls or min(worst) < 100:
                missed.append(name)
            for line in sorted({line for run in runs for line in run.failed}):
                print(f"    {line}")
    if missed:
        print(f"Ziel verfehlt: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
