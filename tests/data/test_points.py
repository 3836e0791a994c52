"""Reading, packing and drawing the user's own points."""

import os
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from ganplay.data import Points, encode_points, read_points
from ganplay.data.points import MAX_BYTES, MAX_POINTS

TRIANGLE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.5]])


@pytest.mark.parametrize(
    "text",
    [
        "0,0\n1,0\n0,0.5\n",
        "x,y\n0,0\n1,0\n0,0.5",
        "first name; second name; more\n0;0\n1;0\n0;.5\n",
        "x\ty\r\n0\t0\r\n1\t0\r\n0\t5e-1\r\n",
        "\n\n 0 0 \n\n1   0\n  0\t 0.5\n\n",
        "\ufeff0 , 0\n1 , 0\n0 ; +0.5",
    ],
)
def test_reads_every_usual_layout(text: str) -> None:
    points = read_points(text.encode())
    assert points.dtype == np.float64
    np.testing.assert_array_equal(points, TRIANGLE)


BAD = {
    "nothing": (b"", "no points; give x,y on each line"),
    "only blank lines": (b" \n\n", "no points"),
    "only a header": (b"x,y\n", "no points"),
    "two headers": (b"x,y\na,b\n1,2\n", "line 2: 'a' is not a number"),
    "text in a cell": (b"0,0\n\n1,two\n", "line 3: 'two' is not a number"),
    "text in the first row": (b"0,zero\n1,2\n", "line 1: 'zero' is not a number"),
    "an empty cell": (b"0,0\n1,\n", "line 2: '' is not a number"),
    "a long cell": (b"0,0\n1," + b"a" * 999, f"line 2: '{'a' * 20}' is not a number"),
    "NaN": (b"0,0\nnan,1\n", "line 2: 'nan' is not a finite number"),
    "infinity": (b"0,0\n1,-inf\n", "line 2: '-inf' is not a finite number"),
    "overflow": (b"0,0\n1,1e999\n", "line 2: '1e999' is not a finite number"),
    "one column": (b"x\n1\n2\n", "line 2 has 1 column; give exactly two, x,y"),
    "three columns": (b"0,0\n1,1,1\n", "line 2 has 3 columns; give exactly two, x,y"),
    "decimal commas": (b"0,5;1,5\n", "line 1 has 4 columns"),
    "one point": (b"1,2\n", "fewer than two distinct points; give at least two"),
    "one point again and again": (b"1,2\n1,2\n1.0,2.0\n", "fewer than two distinct points"),
    "too many": (b"1,2\n3,4\n" * 50_001, "more than 100,000 points; give fewer"),
    "too large": (b" " * (MAX_BYTES + 1), "more than 5 MB of text; give fewer points"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00", "not UTF-8 text; save the points as plain CSV"),
    "UTF-16": ("1,2\n3,4\n".encode("utf-16"), "not UTF-8 text"),
}


@pytest.mark.parametrize("reason", BAD)
def test_says_in_one_line_what_is_wrong(reason: str) -> None:
    source, message = BAD[reason]
    with pytest.raises(ValueError, match=re.escape(message)) as raised:
        read_points(source)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 100


def test_reads_as_many_points_as_it_says() -> None:
    assert len(read_points(b"x y\n" + b"1,2\n3,4\n" * (MAX_POINTS // 2))) == MAX_POINTS


def test_file_and_text_hold_the_same_points(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("x,y\n0,0\n10,0\n0,5\n")
    from_file, from_text = Points(file=str(file)), Points(points=encode_points(TRIANGLE))
    for data in (from_file, from_text):
        samples = data.sample(300, torch.Generator().manual_seed(0))
        drawn, counts = samples.unique(dim=0, return_counts=True)
        torch.testing.assert_close(
            drawn, torch.tensor([[-2.0, -1.0], [-2.0, 1.0], [2.0, -1.0]]), atol=1e-4, rtol=0
        )
        assert counts.min() > 60
        assert data.log_prob(samples) is None


@pytest.mark.parametrize("options", [{}, {"file": "a.csv", "points": "abc"}])
def test_takes_a_file_or_points(options: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="one of the two"):
        Points(**options)


def test_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("1,2\n3,four\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, message in {
        tmp_path / "missing.csv": "no such file",
        tmp_path: "no such file",
        pipe: "no such file",
        tmp_path / ("a" * 300): "File name too long",
        bad: "line 2: 'four' is not a number",
    }.items():
        expected = re.escape(f"cannot read {str(path)!r}: {message}")
        with pytest.raises(ValidationError, match=expected):
            Points(file=str(path))


def test_a_huge_file_is_not_read_into_memory(tmp_path: Path) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(10 * MAX_BYTES)
    tracemalloc.start()
    with pytest.raises(ValidationError, match="more than 5 MB of text; give fewer points"):
        Points(file=str(huge))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * MAX_BYTES


def test_clusters_are_found_and_counted() -> None:
    rng = np.random.default_rng(0)
    corners = np.array([[0, 0], [9, 0], [0, 9], [9, 9]]).repeat([400, 300, 200, 100], axis=0)
    data = Points(points=encode_points(corners + rng.normal(size=corners.shape) * 0.01))
    parts = data.parts()
    right_half = parts.shares[parts.centres[:, 0] > 0].sum()
    assert float(right_half) == pytest.approx(0.4, abs=1e-6)
    assert parts.sigma is None
    assert data.parts() is parts


def test_few_points_are_their_own_clusters() -> None:
    parts = Points(points=encode_points(TRIANGLE)).parts()
    torch.testing.assert_close(parts.shares, torch.full((3,), 1 / 3))
    assert parts.centres.abs().max() == 2
