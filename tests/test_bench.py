"""The bench itself is not run here; what it makes of the load generator's report is."""

import pytest

from tests.bench.load import ROUNDS, Measured, compare, read_wrk

REPORT = """Running 5s test @ http://127.0.0.1:8000
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    12.00ms    3.00ms  40.00ms   80.00%
    Req/Sec   600.00     20.00   700.00     70.00%
  Latency Distribution
     50%  950.00us
     75%   13.00ms
     90%   16.00ms
     99%    1.25s
  3000 requests in 5.00s, 60.00MB read
Requests/sec:    600.40
Transfer/sec:     12.00MB
"""


def test_reads_the_figures_in_one_unit() -> None:
    assert read_wrk(REPORT) == pytest.approx((600.4, 0.95, 1250.0))


@pytest.mark.parametrize(
    "line", ["  Non-2xx or 3xx responses: 7", "  Socket errors: connect 0, read 3, write 0, timeout 0"]
)
def test_a_failed_request_spoils_the_figures(line: str) -> None:
    with pytest.raises(ValueError, match="requests failed"):
        read_wrk(f"{REPORT}{line}\n")


def test_an_unknown_report_is_no_figure() -> None:
    with pytest.raises(ValueError, match="unable to connect"):
        read_wrk("unable to connect to 127.0.0.1:8000 Connection refused")


def test_a_spoilt_round_is_not_the_middle_one() -> None:
    """What else the machine does meets a page and its yardstick alike, or one round alone."""
    quick, slow, spoilt = Measured(100.0, 1.0, 2.0), Measured(400.0, 0.5, 1.0), Measured(1.0, 90.0, 99.0)
    pages = iter([spoilt, *[quick] * (ROUNDS - 1)])

    found = compare(lambda: next(pages), lambda: slow)

    assert (found.page, found.yardstick) == (quick, slow)
    assert found.ratios == sorted(found.ratios) == [1 / 400, *[0.25] * (ROUNDS - 1)]
