"""Cross-cutting: what would harm whoever opens the project."""

from __future__ import annotations

import struct
import zlib

from tests.sabotage.corpus import Words, defect
from tests.sabotage.defects.collection import first, folder_of, pictures
from tests.sabotage.target import Target


@defect("X-18", "collection.path-leaves-project", everywhere=True)
def a_row_that_names_a_private_file(project: Target) -> Words:
    """An annotation names a private key outside of the project."""
    file = first(project)
    project.set_cells(file, "path", "../../../../../.ssh/id_rsa", rows=slice(15, 16))
    return f"{file}:17", "../.ssh/id_rsa", "1 row", "not read"


@defect("X-18b", "collection.path-leaves-project")
def a_link_that_leads_out(project: Target) -> Words:
    """A picture is a link to a file of the system."""
    path = pictures(project)[0]
    project.remove(path)
    (project.root / path).symlink_to("/etc/hostname")
    return path, "1 link", "out of the project"


@defect("X-20", "collection.unreadable-image", everywhere=True)
def a_picture_bomb(project: Target) -> Words:
    """A picture of a few bytes that declares ten thousand million pixels."""
    path = f"{folder_of(pictures(project)[0])}/bomb.png"
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunks = [b"\x89PNG\r\n\x1a\n"]
    for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 300_000)), (b"IEND", b"")):
        chunks.append(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))
    project.write({path: b"".join(chunks)})
    return path, "not decoded", "10000 million pixels"


@defect("X-21", "project.name-is-code", severity="warn", everywhere=True)
def names_that_are_code(project: Target) -> Words:
    """A label and a file's name that a report would run: a script and a formula."""
    file, old = first(project), project.rows(first(project))[0]["path"]
    name = f"<script>alert(1)<!--.{old.rpartition('.')[2]}"
    new = old.replace(old.rpartition("/")[2], name)
    project.write({f"{folder_of(file)}/{new}": (project.root / folder_of(file) / old).read_bytes()})
    project.remove(f"{folder_of(file)}/{old}")
    project.set_cells(file, "path", new, rows=slice(0, 1))
    return file, "1 name", f'"{name}" (a tag of HTML)', "escaped"


@defect("X-21b", "project.name-is-code", severity="warn")
def a_formula_for_a_class(project: Target) -> Words:
    """A class name that a spreadsheet would run."""
    old = project.classes[0]
    project.replace("data/schema.toml", f'"{old}"', "\"=HYPERLINK('x')\"")
    return "data/schema.toml", "1 name", "=HYPERLINK('x')\" (a formula)"
