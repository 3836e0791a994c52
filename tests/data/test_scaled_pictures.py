"""Pictures of any size, scaled to a square: those of a folder or a zip, and single ones."""

import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFile

from ganplay.data import picture_files
from ganplay.data.picture_files import MAX_PICTURE, SIDES, read, read_folder, read_picture, read_zip
from tests.picture_files import GOOD, encoded, many_pixels, refusal, wide, zipped

GREY, COLOUR = (1, 28, 28), (3, 32, 32)
LUMA = np.array([0.299, 0.587, 0.114])
"""Of red, green and blue in grey (ITU-R BT.601)."""

each_side = pytest.mark.parametrize("side", SIDES)


def waves(width: int, height: int) -> np.ndarray:
    """A smooth picture [height, width, 3], no two places and no two colours of it alike."""
    y, x = np.mgrid[:height, :width] / 20
    parts = np.sin(x + 0.3 * y), np.sin(y - 0.4 * x + 1), np.cos(x + y)
    return np.rint(127 + 100 * np.stack(parts, -1) * (1 + x[..., None]) / (1 + x.max())).astype(
        np.uint8
    )


def scaled(picture: np.ndarray, side: int) -> np.ndarray:
    """Its central square by Lanczos' kernel of three lobes (Duchon 1979), [side, side, 3]."""
    height, width, _ = picture.shape
    square = min(height, width)
    top, left = (height - square) // 2, (width - square) // 2
    part = picture[top : top + square, left : left + square].astype(float)
    factor = square / side
    apart = (np.arange(square) + 0.5)[None] - factor * (np.arange(side) + 0.5)[:, None]
    apart /= max(factor, 1)
    weights = np.where(np.abs(apart) < 3, np.sinc(apart) * np.sinc(apart / 3), 0)
    weights /= weights.sum(1, keepdims=True)
    return np.einsum("ik,jl,klc->ijc", weights, weights, part, optimize=True).clip(0, 255)


def held(folder: Path, content: bytes, ending: str = "png", count: int = 16) -> Path:
    """A folder that holds it so often."""
    for i in range(count):
        (folder / f"{i:03}.{ending}").write_bytes(content)
    return folder


# ---- scaling


@each_side
@pytest.mark.parametrize("size", [(178, 218), (218, 178), (90, 90), (24, 20)])
def test_the_central_square_is_scaled_smoothly(
    side: int, size: tuple[int, int], tmp_path: Path
) -> None:
    picture = waves(*size)
    truth = scaled(picture, side)
    inner = np.s_[2:-2, 2:-2]  # at its edge Pillow looks at what is just outside the square
    folder = held(tmp_path, encoded(picture))
    coloured, grey = read(str(folder), side, colour=True), read(str(folder), side)
    assert coloured.dtype == grey.dtype == torch.uint8
    assert coloured.shape == (16, 3, side, side)
    assert grey.shape == (16, 1, side, side)
    seen = coloured[7].permute(1, 2, 0).numpy()
    np.testing.assert_allclose(seen[inner], truth[inner], atol=2)
    np.testing.assert_allclose(seen, truth, atol=25)
    np.testing.assert_allclose(grey[7, 0].numpy()[inner], (truth @ LUMA)[inner], atol=2)


@each_side
@pytest.mark.parametrize("size", [(178, 218), (1200, 900)])
def test_a_photograph_is_decoded_as_finely_as_needed(side: int, size: tuple[int, int]) -> None:
    picture = waves(*size) if size[0] < 1000 else waves(120, 90).repeat(10, 0).repeat(10, 1)
    truth, inner = scaled(picture, side), np.s_[2:-2, 2:-2]
    source = zipped(
        {str(i): encoded(picture, "JPEG", quality=97, subsampling=0) for i in range(16)}
    )
    coloured, grey = read_zip(source, "", side, True)[0], read_zip(source, "", side)[0, 0]
    np.testing.assert_allclose(coloured.permute(1, 2, 0).numpy()[inner], truth[inner], atol=8)
    np.testing.assert_allclose(grey.numpy()[inner], (truth @ LUMA)[inner], atol=8)


def test_the_same_in_a_zip_and_in_a_folder(tmp_path: Path) -> None:
    pictures = {f"{i:02}.png": encoded(waves(40 + i, 50)) for i in range(20)}
    for name, content in pictures.items():
        (tmp_path / name).write_bytes(content)
    source = tmp_path.with_suffix(".zip")
    source.write_bytes(zipped(pictures))
    one, other = read(str(source), 32, colour=True), read(str(tmp_path), 32, colour=True)
    assert one.shape == (20, 3, 32, 32)
    assert torch.equal(one, other)
    assert len(one.unique(dim=0)) == 20


def test_colours_are_kept_as_they_are_without_a_side() -> None:
    picture = np.random.default_rng(0).integers(256, size=(28, 28, 3), dtype=np.uint8)
    found = read_zip(zipped({str(i): encoded(picture) for i in range(16)}), "", colour=True)
    np.testing.assert_array_equal(found[3].permute(1, 2, 0), picture)


def test_grey_in_colour_is_three_times_the_same() -> None:
    fine = (np.arange(64 * 64).reshape(64, 64) * 16).astype(np.uint16)
    found = read_picture(encoded(fine), "", (3, 64, 64))
    for channel in found:
        np.testing.assert_array_equal(channel, fine // 256)


def test_what_is_seen_through_is_white_up_to_its_edge() -> None:
    """Hidden black must not darken the edge of a red disc, which only gets paler."""
    disc = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    ImageDraw.Draw(disc).ellipse((20, 20, 80, 80), (255, 0, 0, 255))
    red, green, blue = read_picture(encoded(np.asarray(disc)), "", COLOUR).int()
    assert (red >= 254).all()
    assert torch.equal(green, blue)
    assert green[16, 16] == 0
    assert (green[0] == 255).all()
    assert green.unique().numel() > 5


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photograph_stands_upright(turn: int) -> None:
    """Orientation as in the Exif standard: what the camera's rows and columns are."""
    upright = waves(64, 64)
    stored: dict[int, Callable[[np.ndarray], np.ndarray]] = {
        1: lambda p: p, 2: np.fliplr, 3: lambda p: np.rot90(p, 2), 4: np.flipud,
        5: lambda p: p.swapaxes(0, 1), 6: np.rot90, 7: lambda p: np.rot90(p, 2).swapaxes(0, 1),
        8: lambda p: np.rot90(p, 3),
    }  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = turn
    content = encoded(np.ascontiguousarray(stored[turn](upright)), "PNG", exif=exif)
    found = read_picture(content, "", (3, 64, 64))
    np.testing.assert_array_equal(found.permute(1, 2, 0), upright)


# ---- a folder


def test_as_many_are_taken_as_memory_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for i in range(30):
        (tmp_path / f"{i:02}.png").write_bytes(encoded(np.full((50, 40, 3), i, np.uint8)))
    monkeypatch.setattr(picture_files, "MAX_HELD", 20 * 3 * 28 * 28 + 1)
    found = read(str(tmp_path), 28, colour=True)
    assert found[:, 0, 0, 0].tolist() == list(range(20))
    said = capsys.readouterr().err
    assert said.startswith(f"{tmp_path.name[:40]}: the first 20 of 30 pictures are taken, as many")
    assert said.count("\n") == 1
    assert len(read(str(tmp_path), 28)) == 30, "grey ones take a third"
    assert capsys.readouterr().err == ""


def test_pictures_take_no_more_memory_than_they_need(tmp_path: Path) -> None:
    held(tmp_path, encoded(waves(30, 30)), count=2000)
    tracemalloc.start()
    found = read_folder(tmp_path, 64, True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * found.numel() + 2_000_000  # two copies would take twice as much


def test_what_is_no_picture_is_refused_before_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(tmp_path, encoded(waves(30, 30)))
    (tmp_path / "zz list.txt").write_text("0.png smiles")
    seen = []
    decoded = picture_files.decoded
    monkeypatch.setattr(
        picture_files, "decoded", lambda name, *more: (seen.append(name), decoded(name, *more))[1]
    )
    assert "zz list.txt is broken, or no PNG" in refusal(lambda: read(str(tmp_path), 28))
    assert seen == ["zz list.txt"]


def test_a_file_that_can_not_be_opened_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(tmp_path, encoded(waves(30, 30)))
    opened = Path.open

    def locked(self: Path, mode: str = "r") -> object:
        if self.name == "004.png":
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, mode)

    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(ValueError, match=r"004.png': Permission denied$"):
        read(str(tmp_path), 28)


# ---- a single picture


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP"])
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (3, 64, 64)])
def test_reads_a_picture_of_every_format(kind: str, shape: tuple[int, int, int]) -> None:
    picture = waves(100, 80)
    truth, side = scaled(picture, shape[1]), shape[1]
    found = read_picture(encoded(picture, kind), "mine", shape)
    assert (found.dtype, found.shape) == (torch.uint8, shape)
    wanted = (truth @ LUMA)[None] if shape[0] == 1 else truth.transpose(2, 0, 1)
    apart = np.abs(found.numpy().astype(float) - wanted)
    assert apart[:, 2 : side - 2, 2 : side - 2].mean() < (12 if kind == "GIF" else 4)
    found[0, 0, 0] = 7  # it is one's own


def drawn(ink: int, paper: int, mode: str = "L") -> Image.Image:
    """A thick upright stroke."""
    picture = Image.new(mode, (140, 200), paper)
    ImageDraw.Draw(picture).rectangle((60, 50, 80, 150), ink)
    return picture


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (40, 190), (255, 0), (220, 60)])
def test_a_digit_becomes_light_on_dark(ink: int, paper: int) -> None:
    (found,) = read_picture(encoded(np.asarray(drawn(ink, paper))), "", GREY)
    inverted = paper > ink
    assert found[0, 0] == (255 - paper if inverted else paper)
    assert found[14, 14].item() == pytest.approx(255 - ink if inverted else ink, abs=3)
    (coloured, *_) = read_picture(encoded(np.asarray(drawn(ink, paper))), "", COLOUR)
    assert coloured[0, 0] == paper
    assert coloured[16, 16].item() == pytest.approx(ink, abs=5), "only digits are turned over"


def test_ink_on_nothing_is_ink_on_paper() -> None:
    stroke = np.zeros((200, 140, 4), np.uint8)
    stroke[..., 3] = np.asarray(drawn(255, 0))
    (found,) = read_picture(encoded(stroke), "", GREY)
    assert found[0, 0] == 0
    assert found[14, 14] >= 252


def test_stripes_at_the_edge_do_not_turn_a_picture_over() -> None:
    picture = np.zeros((56, 56), np.uint8)
    picture[:, :12] = 255  # less than half of the edge
    (found,) = read_picture(encoded(picture), "", GREY)
    assert (found[14, 0], found[14, 27]) == (255, 0)


def rescanned(times: int) -> bytes:
    """A progressive JPEG whose last pass over the pixels comes again and again."""
    whole = encoded(waves(80, 80), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * times + whole[-2:]


PHOTO = encoded(waves(90, 80), "JPEG")
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "is broken, or no PNG, JPEG, BMP, GIF or WebP picture"),
    "text": (lambda: b"hello " * 100, "is broken, or no PNG"),
    "a zip": (lambda: zipped(GOOD), "is broken, or no PNG"),
    "half a photograph": (lambda: PHOTO[: len(PHOTO) // 2], "is broken, or no PNG"),
    "another format": (lambda: wide(28, kind="TIFF"), "is broken, or no PNG"),
    "many bytes": (
        lambda: GOOD["00000.png"] + bytes(MAX_PICTURE),
        "has more than 20 MB; give a smaller picture",
    ),
    "50 megapixels": (
        lambda: many_pixels(10_000, 5000),
        "has 10000 by 5000 pixels; give one of at most 25 million",
    ),
    "just too many": (lambda: many_pixels(5000, 5001), "has 5000 by 5001 pixels"),
    "a bomb of pixels": (lambda: many_pixels(12_000), "has far too many pixels; give one of at"),
    "a larger bomb": (lambda: many_pixels(60_000), "has far too many pixels; give one of at most"),
    "hours of passes": (lambda: rescanned(100), "is broken, or no PNG"),
}


@pytest.mark.parametrize("reason", REFUSED)
@pytest.mark.parametrize("shape", [GREY, COLOUR])
def test_a_picture_is_refused_in_one_sentence(
    reason: str, shape: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    make, words = REFUSED[reason]
    source = make()
    if reason != "half a photograph":
        monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))
    tracemalloc.start()
    text = refusal(lambda: read_picture(source, "a/\nme.png", shape))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert text.startswith(f"?me.png {words}")
    assert peak < 10_000_000


def test_what_is_at_a_bound_is_taken() -> None:
    usual = rescanned(50)
    assert read_picture(usual, "", COLOUR).shape == COLOUR
    padded = PHOTO + bytes(MAX_PICTURE - len(PHOTO))
    assert torch.equal(read_picture(padded, "", COLOUR), read_picture(PHOTO, "", COLOUR))
    target = BytesIO()
    Image.new("1", (5000, 5000), 1).save(target, "PNG")
    assert (read_picture(target.getvalue(), "", COLOUR) == 255).all()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "WEBP", "JPEG"])
def test_damage_anywhere_is_refused_or_harmless(kind: str) -> None:
    rng = np.random.default_rng(1)
    whole = encoded(waves(50, 40), kind)
    texts, taken = [], 0
    for _ in range(200):
        damaged = bytearray(whole)
        until = len(whole) if rng.random() < 0.5 else 60  # where headers are
        for at in rng.integers(until, size=rng.integers(1, 4)):
            damaged[at] = rng.integers(256)
        try:
            taken += read_picture(bytes(damaged), "x.png", GREY).shape == GREY
        except ValueError as error:
            texts.append(str(error))
    assert taken + len(texts) == 200
    assert len(texts) > 20
    assert all(text.startswith("x.png ") and text.isprintable() for text in texts)
