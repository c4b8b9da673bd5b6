"""Charts of amounts: columns as high as their amounts, inside their picture, each with its link."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webview.test_reports import SVG, parsed
from webview.columns import Amount, columns
from webview.drawing import NARROW, WIDE, Canvas

minors = st.integers(-(10**11), 10**11)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=9)


@given(
    st.lists(st.builds(Amount, words, minors, st.just("/x"), st.just("Mar 2026"), st.none() | minors)),
    st.sampled_from([WIDE, NARROW]),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_columns_of_any_amounts_stay_inside_their_picture(amounts: list[Amount], canvas: Canvas, currency: str) -> None:
    picture = parsed(columns("Title", "Conclusion", amounts, currency=currency, tell=str, canvas=canvas))

    drawn = picture.findall(f"{SVG}a/{SVG}rect[@class='up']")
    assert len(drawn) == sum(bool(one.minor) for one in amounts)
    for one in drawn:
        top, height = (float(one.get(name) or "nan") for name in ("y", "height"))
        assert 0 <= top <= top + height <= canvas.height
    assert len(picture.findall(f"{SVG}a")) == sum(bool(one.minor or one.mark_minor) for one in amounts)


def test_what_is_below_zero_hangs_from_the_line() -> None:
    amounts = [Amount("", 4000, "/"), Amount("", -2000, "/"), Amount("", 0, "/", mark_minor=1000)]

    picture = parsed(columns("Title", "Conclusion", amounts, currency="EUR", tell=str))

    up, down = picture.findall(f"{SVG}a/{SVG}rect[@class='up']")
    line = float(up.get("y") or "nan") + float(up.get("height") or "nan")
    assert float(down.get("y") or "nan") == pytest.approx(line, abs=0.2)
    assert float(up.get("height") or "nan") == pytest.approx(2 * float(down.get("height") or "nan"), abs=0.3)
    assert [one.text for one in picture.findall(f".//{SVG}text")][:3] == ["40", "0", "-20"]
