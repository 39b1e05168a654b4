from __future__ import annotations

import pytest

from mlscaffold.evidence import licences


@pytest.mark.parametrize("licence", ["CC BY-NC 4.0", "CC-BY-NC-SA", "research use only", "for research purposes only", "personal use", "nichtkommerziell", "非商业用途"])  # fmt: skip
def test_licences_that_forbid_a_sale(licence: str) -> None:
    assert licences.forbids_sale(licence)


@pytest.mark.parametrize("licence", ["CC BY 4.0", "CC0 1.0", "MIT", "Apache-2.0", "commercial", "own pictures, internal use", "Princeton University, 2006", "bought for our research and products"])  # fmt: skip
def test_licences_that_do_not(licence: str) -> None:
    assert not licences.forbids_sale(licence)


def test_what_is_not_sold() -> None:
    assert licences.sold("The app is free. We sell the scanner.") == "We sell the scanner."
    assert licences.sold("It is never sold. 本产品不销售。 Es wird nicht verkauft. A non-commercial service.") == ""
