from pathlib import Path

from mlscaffold.datasets.inventory import Inventory
from mlscaffold.datasets.workers import read_facts
from tests.datasets.pictures import put


def test_columns_hold_what_was_read_in_the_order_of_the_paths(tmp_path: Path) -> None:
    facts = {name: read_facts(put(tmp_path / name, i, (30 + i, 20))) for i, name in enumerate(("c.png", "a.png", "b.png"))}
    inventory = Inventory()
    for name, one in facts.items():
        inventory.add(name, one)
    inventory.add("broken.png", read_facts(tmp_path / "nothing.png"))
    inventory.sort()
    assert list(inventory.paths) == ["a.png", "b.png", "c.png"] and len(inventory) == 3
    assert inventory.column("width").tolist() == [31, 32, 30]
    assert [inventory.digest(i) for i in range(3)] == [facts[name].digest for name in inventory.paths]
    names, codes = inventory.named("format")
    assert [names[code] for code in codes] == ["PNG"] * 3
    assert inventory.refused == {"broken.png": ("unreadable", "No such file or directory")}
    assert len(set(inventory.keys("pixels").tolist())) == 3
    assert list(inventory.chosen([2]).paths) == ["c.png"]
