"""Progress: a line that is written over on a terminal, and nothing elsewhere."""

import sys

import pytest

from ganplay import progress


def test_nothing_is_written_to_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    progress.tell(1, 2, "pictures")
    progress.clear()
    assert list(progress.counted([3, 4], "pictures")) == [3, 4]
    progress.say("the first two")
    assert capsys.readouterr() == ("", "the first two\n")


def test_a_line_is_written_over_until_all_is_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    progress.tell(1, 2, "pictures")
    progress.tell(2, 2, "pictures")
    assert capsys.readouterr() == ("", "\r1 of 2 pictures\r2 of 2 pictures\n")
    progress.tell(1, 2, "pictures")
    progress.clear()
    progress.say("No.")
    assert capsys.readouterr().err == "\r1 of 2 pictures\r\x1b[KNo.\n"


@pytest.mark.parametrize("count", [0, 1, 99, 250, 1000])
def test_what_is_counted_is_told_at_most_a_hundred_times(
    count: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    items = list(range(count))
    assert list(progress.counted(items, "pictures")) == items
    told = capsys.readouterr().err
    assert told.count("\r") <= 100
    assert told.count("\r") >= min(count, 50)
    assert told.endswith(f"\r{count} of {count} pictures\n" if count else "")
