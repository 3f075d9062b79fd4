"""Charts say what they show, keep gaps as gaps, and carry nothing that the policy forbids."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from govsocial.web import charts, svg
from govsocial.web.charts_parts import parts_of_wholes

START = date(2026, 5, 4)


def weekly(*values: float | None) -> list[tuple[date, float | None]]:
    return [(START + timedelta(weeks=week), value) for week, value in enumerate(values)]


def rate_chart(*values: float | None) -> charts.Chart:
    return charts.line(
        title="Does the rate hold?",
        points=weekly(*values),
        value_label="Rate",
        unit="%",
        target=3.0,
        decimals=2,
    )


def test_gaps_reach_from_the_last_given_day_to_the_next() -> None:
    points = weekly(1, None, None, 2, None)
    days = [day for day, _value in points]
    assert charts.gaps(points) == [(days[0], days[3]), (days[3], days[4])]
    assert charts.gaps(weekly(1, 2)) == []
    assert charts.gaps([]) == []


def test_a_gap_is_named_in_the_picture_and_in_the_table_and_is_never_zero() -> None:
    with translation.override("en"):
        drawn = charts.draw(rate_chart(2.4, 2.6, None, None, 3.2))
    for _size, picture in drawn.pictures:
        assert "not collected" in picture
        assert "target 3.00%" in picture
        assert "3.20%" in picture
    assert drawn.rows[2] == ("18 May 2026", "not collected")
    assert drawn.rows[4] == ("1 June 2026", "3.20%")


def test_a_chart_speaks_indonesian_in_numbers_and_months() -> None:
    with translation.override("id"):
        drawn = charts.draw(rate_chart(*[2.5 + week / 100 for week in range(20)]))
    column = dict(drawn.pictures)["column"]
    assert "2,69%" in column
    assert "Agu" in column
    assert drawn.rows[0][0] == "4 Mei 2026"


def test_the_picture_takes_its_colours_from_the_page_and_carries_no_style() -> None:
    for _size, picture in charts.draw(rate_chart(1, 2, None, 3)).pictures:
        assert 'stroke="var(--accent)"' in picture
        assert "#0a000" not in picture
        assert "style=" not in picture
        assert "<script" not in picture
        assert 'role="img"' in picture
        assert 'aria-label="Does the rate hold?' in picture


def test_a_report_gets_fixed_colours() -> None:
    picture = charts.draw_static(rate_chart(1, 2, 3))
    assert "#1f5fbf" in picture
    assert "var(" not in picture


@pytest.mark.parametrize(
    ("name", "accent", "width"),
    [("column-light", "#1f5fbf", 580), ("narrow-dark", "#7fb0ff", 330)],
)
def test_without_javascript_the_picture_has_an_address_of_its_own(
    name: str, accent: str, width: int
) -> None:
    request = RequestFactory().get("/chart/", {"period": "year", "picture": name})
    answer = charts.respond(request, rate_chart(1, 2, 3))
    assert answer["Content-Type"] == "image/svg+xml"
    picture = answer.content.decode()
    assert picture.startswith("<svg")
    assert accent in picture
    assert "var(" not in picture
    assert "sans-serif" in picture
    assert f'viewBox="0 0 {width} ' in picture


def test_a_place_of_a_chart_holds_its_picture_and_a_way_to_its_figures() -> None:
    context = {"title": "Does it <b>hold</b>?", "src": "/chart/?period=year", "theme": "system"}
    html = render_to_string("components/chart.html", context)
    outside, _noscript, inside = html.partition("<noscript>")
    assert "skeleton" in outside
    assert 'src="/chart/?period=year&amp;picture=column-light"' in inside
    assert 'alt="Does it &lt;b&gt;hold&lt;/b&gt;?"' in inside
    assert '<a href="/chart/?period=year">' in inside.partition("</noscript>")[2]
    assert "?picture=" in render_to_string("components/chart.html", context | {"src": "/chart/"})


def test_a_chart_over_hours_names_the_time_as_the_reader_writes_it() -> None:
    start = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
    points: list[tuple[date, int | float | None]] = [
        (start + timedelta(hours=number), number * 5) for number in range(4)
    ]
    with translation.override("id"):
        chart = charts.line(title="Tumbuh?", points=points, value_label="Reaksi")
    assert [label for label, _value in chart.rows][:2] == [
        "25 November 2026 14.30",
        "25 November 2026 15.30",
    ]
    assert "17.30" in chart.description
    assert "25 Nov 14.30" in str(charts.draw(chart).pictures[0][1])


def test_a_chart_without_any_data_still_answers() -> None:
    with translation.override("en"):
        drawn = charts.draw(rate_chart(None, None))
    assert "No data has been collected." in drawn.pictures[0][1]
    assert charts.draw(charts.line(title="?", points=[], value_label="n")).rows == []


def test_a_bar_that_no_platform_gave_says_so() -> None:
    chart = charts.bars(
        title="Most followers?",
        values=[("Diskominfo", 540902), ("<Dinkes>", None), ("Dinsos", 0)],
        value_label="Followers",
    )
    with translation.override("en"):
        drawn = charts.draw(chart)
    assert "&lt;Dinkes&gt;" in drawn.pictures[0][1]
    assert drawn.rows[1] == ("<Dinkes>", None)
    assert drawn.rows[2] == ("Dinsos", "0")


def test_the_same_chart_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = rate_chart(9.1, 9.2)
    first = charts.draw(chart)

    def refuse(*_args: object, **_kwargs: object) -> str:
        raise AssertionError("drawn again")

    monkeypatch.setattr("vl_convert.vegalite_to_svg", refuse)
    assert charts.draw(chart).pictures == first.pictures


def test_foreign_elements_and_references_do_not_get_into_a_page() -> None:
    raw = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" onload="x()">'
        '<script>x()</script><image href="https://e.example/x.png"/>'
        '<rect style="fill: #0a0001; cursor: pointer" clip-path="url(#a)" id="a" width="1"/></svg>'
    )
    cleaned = svg.clean(raw, title="T", description='"d"', colours=svg.page_colours)
    assert "script" not in cleaned
    assert "image" not in cleaned
    assert "onload" not in cleaned
    assert '<rect fill="var(--accent)" width="1" />' in cleaned.replace(
        'width="1" fill="var(--accent)"', 'fill="var(--accent)" width="1"'
    )
    assert 'aria-label="T &quot;d&quot;"' in cleaned


def test_the_axis_of_a_share_has_its_unit_and_the_readers_decimals() -> None:
    for language, expected in (("id", "0,1%"), ("en", "0.1%")):
        with translation.override(language):
            drawn = charts.draw(
                charts.line(
                    title="Rate",
                    points=weekly(0.02, 0.18, 0.11),
                    value_label="Rate",
                    unit="%",
                    decimals=2,
                    from_zero=True,
                )
            )
        assert all(f">{expected}</text>" in picture for _size, picture in drawn.pictures)


def test_the_line_begins_anew_where_the_platform_counts_in_another_way() -> None:
    points = weekly(1, 2, 50, 51)
    whole = charts.line(title="Followers", points=points, value_label="Followers")
    broken = charts.line(
        title="Followers", points=points, value_label="Followers", breaks={points[2][0]}
    )

    def lines(chart: charts.Chart) -> int:
        return charts.draw(chart).pictures[0][1].count('stroke-width="2"')

    assert lines(broken) == lines(whole) + 1
    assert broken.rows[2][1] == "50 · counted in another way from here"
    assert "another way" in broken.description
    assert "another way" not in whole.description


def test_a_week_is_named_by_its_first_and_last_day_and_shows_that_nothing_was_planned() -> None:
    with translation.override("en"):
        chart = parts_of_wholes(
            title="Did it go out?",
            points=[
                (date(2026, 11, 1), date(2026, 11, 1), 1, 1),
                (date(2026, 11, 2), date(2026, 11, 8), 0, 0),
                (date(2026, 11, 30), date(2026, 12, 6), 3, 2),
                (date(2026, 12, 28), date(2026, 12, 31), 0, 0),
            ],
            whole_label="Planned",
            part_label="Out",
            columns=["From"],
            rows=[],
        )
    named = [spec["encoding"]["x"]["scale"]["domain"] for spec in chart.specs.values()]
    assert named[0] == ["1 Nov", "2–8 Nov", "30 Nov–6 Dec", "28–31 Dec"]
    told = chart.specs["full"]["layer"][-1]["data"]["values"]
    assert [one["words"] for one in told] == ["1 of 1", "0", "2 of 3", "0"]
