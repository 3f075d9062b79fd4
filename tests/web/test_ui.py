"""Badges, icons, addresses and the text of a post."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, pgettext_lazy

from govsocial.web.forms import ReasonForm
from govsocial.web.templatetags import ui
from tests.gathering import each


def rendered(source: str, path: str = "/", **context: Any) -> str:
    request = RequestFactory().get(path)
    with translation.override("en"):
        return Template("{% load ui %}" + source).render(Context({"request": request, **context}))


@each("key", list(ui.STATUS))
def test_a_status_has_a_shape_and_a_word_besides_its_colour(key: str) -> None:
    html = rendered("{% status key %}", key=key)
    assert "<svg" in html
    with translation.override("en"):
        word = str(ui.STATUS[key][2])
    assert word
    assert word in html


def test_an_unknown_status_or_tone_is_a_mistake_not_a_blank() -> None:
    with pytest.raises(KeyError):
        ui.status("shiny")
    with pytest.raises(ValueError, match="no tone"):
        ui.badge("x", tone="purple")


def test_a_badge_escapes_its_words() -> None:
    for _again in range(2):
        assert "&lt;b&gt;" in ui.badge("<b>")
        assert "<b>" in ui.badge(mark_safe("<b>"))  # ours


def test_a_badge_and_an_icon_speak_the_language_of_each_reader() -> None:
    word: Any = pgettext_lazy("status", "Draft")
    close: Any = gettext_lazy("Close the menu")
    said = {}
    for language in ("en", "id", "en"):
        with translation.override(language):
            said[language] = str(word)
            assert str(word) in ui.badge(word)
            assert f'aria-label="{close}"' in ui.icon("x-mark", 16, close)
    assert len(set(said.values())) == 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Sari Wulandari", "SW"), ("@samudrakota", "S"), ("Dinas Kesehatan Kota", "DK"), ("", "")],
)
def test_initials_are_of_the_first_and_last_word(name: str, expected: str) -> None:
    assert ui.initials(name) == expected


def test_an_icon_is_hidden_from_screen_readers_unless_it_says_something() -> None:
    assert 'aria-hidden="true"' in ui.icon("plus")
    named = ui.icon("x-mark", 16, "Dismiss")
    assert 'aria-label="Dismiss"' in named
    assert "aria-hidden" not in named


def test_removing_a_filter_keeps_the_others_and_forgets_the_page() -> None:
    path = "/posts/?unit=1&unit=2&search=vaksin&page=4"
    assert rendered("{% without 'unit' 1 %}", path) == "?search=vaksin&amp;unit=2"
    assert rendered("{% without 'unit' %}", path) == "?search=vaksin"
    assert rendered("{% without 'search' %}", "/posts/?search=x") == "/posts/"


def test_turning_the_page_keeps_the_filters() -> None:
    assert rendered("{% with_query page=2 %}", "/posts/?unit=1") == "?unit=1&amp;page=2"
    assert rendered("{% with_query unit=None %}", "/posts/?unit=1&page=3") == "/posts/"


def test_a_sorted_column_says_so_and_turns_around() -> None:
    html = rendered("{% sort_header 'name' 'Name' %}", "/posts/?sort=name")
    assert 'aria-sort="ascending"' in html
    for template, address, state in (
        ("{% sort_header 'name' 'Name' default='name' %}", "/posts/", "ascending"),
        ("{% sort_header 'name' 'Name' default='-name' %}", "/posts/", "descending"),
        ("{% sort_header 'name' 'Name' default='name' %}", "/posts/?sort=unit", "none"),
        ("{% sort_header 'unit' 'Unit' %}", "/posts/", "none"),
    ):
        assert f'aria-sort="{state}"' in rendered(template, address)
    pressed = rendered("{% sort_header 'name' 'Name' default='name' %}", "/posts/")
    assert "?sort=-name" in pressed
    assert "sort=-name" in html


def test_a_bar_stays_inside_its_track_and_needs_no_style() -> None:
    html = ui.bar(7, 4, 3, "bad")
    assert 'width="100.0%"' in html
    assert 'x="75.0%"' in html
    assert "style" not in html
    assert 'width="0.0%"' in ui.bar(1, 0)


def test_links_and_hashtags_of_a_post_are_set_off_and_markup_is_not_believed() -> None:
    html = ui.linked("<i> https://samudrakota.example/a?b=1&c=2. #BebasRabies @dinkes x@y.example")
    assert "&lt;i&gt;" in html
    assert '<span class="post-link">https://samudrakota.example/a?b=1&amp;c=2</span>.' in html
    assert '<span class="post-link">#BebasRabies</span>' in html
    assert '<span class="post-link">@dinkes</span>' in html
    assert "x@y.example" in html


def test_where_no_address_is_clickable_only_names_are_set_off() -> None:
    html = ui.names_linked("<i> https://samudrakota.example/a?b=1&c=2 #BebasRabies @dinkes")
    assert html.startswith("&lt;i&gt; https://samudrakota.example/a?b=1&amp;c=2 <span")
    assert '<span class="post-link">#BebasRabies</span>' in html
    assert '<span class="post-link">@dinkes</span>' in html


@pytest.mark.parametrize(
    ("name", "html"),
    [
        ("@samudrakota", "@samudrakota"),
        ("@dinas_kota.example", "@dinas_<wbr>kota.<wbr>example"),
        ("@humas@media.example", "@humas@<wbr>media.<wbr>example"),
        ("https://x.example/a/", "https://<wbr>x.<wbr>example/<wbr>a/"),
        ("a.<b>&_c", "a.<wbr>&lt;b&gt;&amp;_<wbr>c"),
        ("", ""),
    ],
)
def test_a_long_name_breaks_after_its_own_signs_and_markup_is_not_believed(
    name: str, html: str
) -> None:
    assert ui.breakable(name) == html


class PostForm(forms.Form):
    title = forms.CharField(help_text="Short.")
    unit = forms.ChoiceField(choices=[("1", "Diskominfo")], widget=forms.RadioSelect)
    note = forms.CharField(required=False)


def test_a_refused_field_tells_what_is_wrong_and_is_tied_to_its_words() -> None:
    form = PostForm({"note": "kept"})
    with translation.override("en"):
        html = render_to_string("components/form_fields.html", {"form": form})
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert '<a href="#id_title">' in html
    assert 'value="kept"' in html
    assert "<legend>Unit</legend>" in html
    assert "(optional)" in html


def test_a_danger_asks_for_a_reason_and_names_the_account() -> None:
    html = render_to_string(
        "components/confirm.html",
        {
            "id": "withdraw",
            "button": "Tarik dari @samudrakota",
            "title": "Tarik unggahan ini?",
            "text": "Unggahan dihapus dari platform.",
            "action_url": "/x/",
            "reason": True,
        },
    )
    assert html.count("Tarik dari @samudrakota") == 2
    assert 'name="reason"' in html
    assert "required" in html


def test_the_time_of_a_line_of_history_stands_below_its_sentence_without_a_separator() -> None:
    at = datetime(2026, 11, 25, 23, 37, tzinfo=UTC)
    with translation.override("en"):
        html = render_to_string(
            "components/timeline.html", {"entries": [{"sentence": "Rina registered it.", "at": at}]}
        )
    assert "·" not in html
    assert "timeline-when" in html
    assert " ".join(strip_tags(html).split()) == "Rina registered it. 26 November 2026 06:37 WIB"


def test_hidden_signs_are_shown_by_their_names_and_the_rest_is_escaped() -> None:
    def named(text: str) -> str:
        return rendered("{{ text|hidden_named }}", text=text)

    mark = '<mark class="hidden-sign">{}</mark>'
    assert named("Kota & \u202eterbalik") == f"Kota &amp; {mark.format('U+202E')}terbalik"
    assert named("a\u200b\u200b\U000e0001b") == (
        f"a{mark.format('U+200B ×2')}{mark.format('U+E0001')}b"
    )
    assert named("👩\u200d💻 Kota") == "👩\u200d💻 Kota", (
        "what emoji are written with is no mistake"
    )
    assert named("") == ""


class _Reason(forms.Form):
    key = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField()


class _Plan(_Reason):
    refused = "Nothing was planned."
    title = forms.CharField()


def test_what_is_wrong_is_listed_above_a_form_but_beside_an_only_field_it_is_enough() -> None:
    def above(form: forms.Form) -> str:
        return rendered("{% include 'components/form_errors.html' %}", form=form).strip()

    assert above(_Reason()) == above(_Plan()) == above(_Reason({"key": 1})) == ""
    assert "Enter a whole number." in above(_Reason({"key": "a", "reason": "b"}))
    listed = above(_Plan({"key": 1}))
    assert "Nothing was planned." in listed
    assert "Nothing has been saved" not in listed
    assert 'href="#id_reason"' in listed
    assert 'href="#id_title"' in listed
    # A reason that is missing looks the same on every page, also where nothing else is asked.
    asked = ReasonForm({"reason": " "})
    assert above(asked).count("Give a reason.") == 1
    assert rendered("{% include 'components/field.html' %}", field=asked["reason"]).count(
        "Give a reason."
    )


def test_the_line_that_unfolds_filters_says_how_many_are_set() -> None:
    def line(chips: list[tuple[str, str, str]], data: dict[str, str] | None = None) -> str:
        form = _Plan(data)
        return rendered("{% include 'components/filters_toggle.html' %}", form=form, chips=chips)

    two = line([("search", "a", "a"), ("unit", "1", "b"), ("state", "2", "c")])
    assert '<span class="count">2</span>' in two
    assert " open>" not in two
    assert "count" not in line([("search", "a", "a")])
    assert " open>" in line([], {"key": "a"})
