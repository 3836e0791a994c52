"""What the documents say is what the code does."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

from docs.settings import TARGET, table

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def test_settings_page_is_up_to_date() -> None:
    assert TARGET.read_text("utf-8") == table(), "run python -m docs.settings"


def test_readme_example_prints_what_it_says() -> None:
    example, answer = re.search(r"```python\n(.*?)```\n\n```\n(.*?)```", README, re.S).groups()
    assert len(example.splitlines()) <= 12
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(example, {})
    assert printed.getvalue() == answer


def test_readme_pictures_exist() -> None:
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (TARGET.parents[1] / picture).is_file()
