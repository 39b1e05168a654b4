"""Draw the pictures of a gallery on all cores: a thumbnail, a larger copy where there is room, and the objects as marks."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mlscaffold.datasets.marks import Mark, marks_of
from mlscaffold.datasets.pictures import header_of
from mlscaffold.datasets.record import Shape
from mlscaffold.datasets.thumbnails import thumbnail
from mlscaffold.reports.gallery import CELL, large_name
from mlscaffold.writing import write_bytes

FEW = 64
"""Below so many pictures a pool costs more than it saves."""
LARGE = ((200, 640), (600, 400), (1500, 240))
"""Up to so many pictures on one page, and the longer side of their larger copies: about 20 MB in all."""
IN_FOLDER = 640
"""The longer side of the larger copies in a folder, which loads them one by one."""
GRID = ((300, 320), (2000, 160))
"""Up to so many pictures, and the cells along the longer side of a mask."""
COARSE = 96

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Way:
    """How pictures are shown: inside the page, as files of `folder`, or (`linked`) where they lie, seen from `beside`."""

    folder: Path | None = None
    linked: bool = False
    beside: Path = Path()


@dataclass(frozen=True)
class Job:
    """A picture to draw: its file, its objects, and the size in which they are meant."""

    path: Path
    shapes: tuple[Shape, ...] = ()
    told: tuple[int, int] | None = None


@dataclass(frozen=True)
class Taken:
    """A drawn picture; `small` is empty where the file is absent or broken."""

    small: bytes = b""
    large: bytes = b""
    link: str = ""
    size: tuple[int, int] = (0, 0)
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class _Task:
    """What a worker is told."""

    job: Job
    way: Way
    place: int
    edge: int
    grid: int


def take(
    jobs: Sequence[Job], *, way: Way | None = None, executor: Executor | None = None, progress: Progress | None = None
) -> list[Taken]:
    """Draw pictures in their order; on all cores unless they are few. An absent or broken one is an empty frame."""
    way = way or Way()
    edge = IN_FOLDER if way.folder else next((edge for most, edge in LARGE if len(jobs) <= most), 0)
    grid = next((cells for most, cells in GRID if len(jobs) <= most), COARSE)
    tasks = [_Task(job, way, place, edge, grid) for place, job in enumerate(jobs)]
    if executor is None and len(tasks) < FEW:
        return [_take(task) for task in tasks]
    done: list[Taken] = []
    pool = executor or ProcessPoolExecutor(max_workers=os.cpu_count())
    try:
        for taken in pool.map(_take, tasks, chunksize=16):
            done.append(taken)
            if progress and (len(done) % 32 == 0 or len(done) == len(tasks)):
                progress(len(done), len(tasks))
    finally:
        if executor is None:
            pool.shutdown(cancel_futures=True)
    return done


def _take(task: _Task) -> Taken:
    header = header_of(task.job.path)
    if header is None:
        return Taken()
    marks = marks_of(task.job.shapes, told=task.job.told, header=header, grid=task.grid)
    if task.way.linked:
        return Taken(link=address(task.job.path, task.way.beside), size=header.upright, marks=marks)
    try:
        large = thumbnail(task.job.path.read_bytes(), edge=task.edge or CELL, kind="JPEG")
        small = _shrunk(large) if task.edge else large
    except Exception:  # Pillow raises anything at a damaged picture; that it is damaged is for a check to say
        return Taken(size=header.upright, marks=marks)
    if not task.edge:
        large = b""
    elif task.way.folder:
        write_bytes(task.way.folder / large_name(task.place), large)
        large = b""
    return Taken(small, large, "", header.upright, marks)


def _shrunk(large: bytes) -> bytes:
    """The thumbnail of a larger copy."""
    from PIL import Image

    with Image.open(io.BytesIO(large)) as image:
        image.thumbnail((CELL, CELL))
        content = io.BytesIO()
        image.save(content, "JPEG", quality=82)
    return content.getvalue()


def address(path: Path, beside: Path) -> str:
    """The address of a file, seen from a folder; empty where it is not here."""
    if not path.is_file():
        return ""
    try:
        return quote(os.fsencode(Path(os.path.relpath(path, beside.absolute())).as_posix()))
    except ValueError:  # another drive
        return path.absolute().as_uri()
