import io
from pathlib import Path

from PIL import Image

from mlscaffold.datasets.thumbnails import SIDE, thumbnail
from tests.datasets.pictures import scene


def test_a_thumbnail_is_small_upright_and_on_white(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    scene(1, (900, 300)).save(tmp_path / "turned.jpg", exif=turned)
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.new("I;16", (50, 40), 300).save(tmp_path / "deep.png")
    scene(2).convert("CMYK").save(tmp_path / "print.jpg")
    shown = {path.stem: Image.open(io.BytesIO(thumbnail(path) or b"")) for path in tmp_path.iterdir()}
    assert shown["turned"].height == SIDE and shown["turned"].width < SIDE
    assert shown["clear"].getpixel((25, 25)) == (255, 255, 255)
    assert shown["deep"].size == (50, 40) and shown["print"].mode == "RGB"


def test_what_cannot_be_shown_has_none(tmp_path: Path) -> None:
    (tmp_path / "page.jpg").write_text("<html>")
    assert thumbnail(tmp_path / "page.jpg") is None
    assert thumbnail(tmp_path / "absent.jpg") is None
