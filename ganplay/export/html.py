"""A recording as a page of its own, which plays from a file, without a network."""

import gzip
import json
from base64 import b64encode
from html import escape

from plotly.offline import get_plotlyjs

from ganplay.export import reel_file
from ganplay.export.bundle import bundle
from ganplay.export.reel import Reel

WITHOUT = ["t", "p", "n", "N", "q", "escape"]
"""Keys of a talk's screen that need a server, notes or a way back."""
MOST = 8_000_000
"""Bytes of a page."""

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; }}
</style>
<body>
<noscript>This recording needs JavaScript.</noscript>
<script id="plotly" type="text/plain">{plotly}</script>
<script id="reel" type="text/plain">{reel}</script>
<script type="module">
{inflate}
const script = document.createElement("script");
script.textContent = await inflated("plotly").text();
document.head.append(script);
{modules}
const reel = await $reel.readReel(packed("reel"));
const screen = new $screen.Screen(document.body, (kind) => player.act(kind), {without});
screen.turnLine(true);
const player = new $reel.Player(screen, reel, screen.line);
</script>
"""

INFLATE = """\
const packed = (id) => Uint8Array.from(atob(document.getElementById(id).textContent), (letter) => letter.charCodeAt(0));
const inflated = (id) => new Response(new Blob([packed(id)]).stream().pipeThrough(new DecompressionStream("gzip")));"""


def html(reel: Reel) -> bytes:
    """A page of at most MOST bytes that plays a reel. A browser may open it from a disk: all that it
    needs is in it, and it may ask for nothing else."""
    parts = {
        "without": json.dumps(WITHOUT),
        "title": escape(f"{reel.title} · ganplay"),
        "plotly": _in_letters(gzip.compress(get_plotlyjs().encode(), 9, mtime=0)),
        "inflate": INFLATE,
        "modules": bundle("reel.js", "screen.js"),
    }
    room = MOST - len(PAGE.format(reel="", **parts).encode())
    file = reel_file.write(reel, room * 3 // 4 - 3)  # four letters for three bytes
    return PAGE.format(reel=_in_letters(file), **parts).encode()


def _in_letters(content: bytes) -> str:
    return b64encode(content).decode()
