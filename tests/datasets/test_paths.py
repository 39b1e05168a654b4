import pytest

from mlscaffold.datasets.paths import PART, Paths


@pytest.mark.parametrize(
    "names", [[], ["a.png"], ["ü/数.png", "caf\udce9.jpg", "new\nline", ""], [f"{i}.png" for i in range(2 * PART + 1)]]
)
def test_paths_are_a_list_in_little_memory(names: list[str]) -> None:
    found, grown = Paths(names), Paths()
    for name in names:
        grown.append(name)
    assert list(found) == list(grown) == names
    assert (len(found), bool(found), found.data) == (len(names), bool(names), grown.data)
    assert [found[place] for place in range(len(names))] == names
    assert list(found.chosen(range(len(names) - 1, -1, -1))) == names[::-1]
    with pytest.raises(IndexError):
        found[len(names)]
    found.append("more")
    assert found[len(names)] == "more"


def test_two_lists_never_have_the_same_bytes() -> None:
    assert Paths(["ab", "c"]).data != Paths(["a", "bc"]).data
