"""The page of a recording: all that it needs is in it."""

import base64
import gzip
import re
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs

from ganplay.export import bundle as bundling
from ganplay.export import html as pages
from ganplay.export import reel_file
from ganplay.export.bundle import STATIC, bundle
from ganplay.export.html import html
from ganplay.export.reel import Reel, of_scenario
from tests.export.recorded import File, short

MODULES = sorted(path.name for path in STATIC.glob("*.js") if path.name != "plotly.min.js")


@pytest.fixture(scope="module")
def reel() -> Reel:
    return of_scenario(short())


def parts(page: bytes) -> tuple[str, bytes, bytes]:
    """What is written, plotly.js and the recording."""
    text = page.decode()
    letters = re.findall(r'<script id="\w+" type="text/plain">([\w+/=]*)</script>', text)
    plotly, file = (base64.b64decode(each) for each in letters)
    for each in letters:
        text = text.replace(each, "")
    return text, gzip.decompress(plotly), file


def test_a_page_holds_plotly_and_the_recording(reel: Reel) -> None:
    page = html(reel)
    assert len(page) < 3_500_000
    written, plotly, file = parts(page)
    assert plotly == get_plotlyjs().encode()
    assert file == reel_file.write(reel, 10**9)
    assert written.count("</script>") == 3
    assert "<title>Collapse, then cure · ganplay</title>" in written


def test_a_page_may_ask_for_nothing(reel: Reel) -> None:
    written, _, _ = parts(html(reel))
    (policy,) = re.findall(r'Content-Security-Policy" content="(.*?)"', written)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules.pop("default-src") == "'none'"
    allowed = {source for sources in rules.values() for source in sources.split()}
    assert allowed <= {"'unsafe-inline'", "data:", "blob:"}
    assert not re.findall(r'(?:src|href)="', written)


def test_a_title_is_words_and_no_html(reel: Reel) -> None:
    odd = Reel("<b>{reel} & co</b>", reel.scenes, reel.frames, reel.length)
    written, _, file = parts(html(odd))
    assert "<title>&lt;b&gt;{reel} &amp; co&lt;/b&gt; · ganplay</title>" in written
    assert File(file).header["title"] == odd.title


def test_a_page_is_never_too_large(reel: Reel, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = len(html(reel))
    monkeypatch.setattr(pages, "MOST", whole - 100_000)
    page = html(reel)
    assert whole - 250_000 < len(page) <= whole - 100_000
    assert len(File(parts(page)[2]).frames) < len(reel.frames)


# ---- modules in one script


def exports(name: str) -> set[str]:
    text = (STATIC / name).read_text("utf-8")
    return set(re.findall(r"^export [\w ]*?(\w+)(?: =|\(| \{| extends)", text, re.M))


@pytest.mark.parametrize("name", MODULES)
def test_every_module_can_be_bundled_with_all_it_needs(name: str) -> None:
    script = bundle(name)
    heads = re.findall(r"^const \$(\w+) = \(\(\) => \{$", script, re.M)
    assert heads[-1] == name.removesuffix(".js")
    assert len(heads) == len(set(heads))
    for number, module in enumerate(heads):
        source = (STATIC / f"{module}.js").read_text("utf-8")
        for names, needed in re.findall(
            r'^import \{(.*?)\} from "\./(\w+)\.js";', source, re.M | re.S
        ):
            assert needed in heads[:number], "used before it is there"
            wanted = {each.split(" as ")[0].strip() for each in names.split(",")}
            assert wanted <= exports(f"{needed}.js")
    bodies = dict(zip(heads, re.split(r"^const \$\w+ = .*$", script, flags=re.M)[1:], strict=True))
    for module, body in bodies.items():
        given = re.search(r"^return \{ (.*?) \};\n\}\)\(\);", body, re.M)
        assert given
        assert set(filter(None, given[1].split(", "))) == exports(f"{module}.js")
        for taken, needed in re.findall(r"^const \{(.*?)\} = \$(\w+);$", body, re.M):
            renamed = {each.split(": ")[0].strip() for each in taken.split(",")}
            assert renamed <= exports(f"{needed}.js")
    assert not re.search(r"^(import|export)\b", script, re.M)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('import it from "./b.js";\n', "import it"),
        ('import { it } from "https://b.js";\n', "import { it }"),
        ("export default 3;\n", "export default"),
        ("export { it };\n", "export { it }"),
        ('const it = await import("./b.js");\n', "import("),
        ('import { it } from "./a.js";\n', "a.js"),
        ('import { it } from "./b.js";\n', "a.js"),
    ],
)
def test_what_a_bundle_can_not_take_is_refused(
    text: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundling, "STATIC", tmp_path)
    (tmp_path / "a.js").write_text(text)
    (tmp_path / "b.js").write_text('import { me } from "./a.js";\nexport const it = 3;\n')
    with pytest.raises(ValueError, match=re.escape(named)):
        bundle("a.js")
