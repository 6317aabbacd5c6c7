from shop.domain.pricing import line_total, shipping


def test_ten_pieces_are_cheaper() -> None:
    assert line_total(700, 9) == 6300
    assert line_total(700, 10) == 6650


def test_shipping_is_free_from_fifty() -> None:
    assert shipping(4999) == 490
    assert shipping(5000) == 0
