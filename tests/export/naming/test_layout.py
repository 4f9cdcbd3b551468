from __future__ import annotations

import pytest

from dicomkit.export.naming.layout import DEFAULT_LAYOUT, LAYOUT_FIELDS, Part, parse_layout


def test_the_default_is_the_articles_tree() -> None:
    layout = parse_layout(DEFAULT_LAYOUT)
    assert layout.fields == ("patient_id", "study_date", "series_number", "instance_number")
    assert len(layout.levels) == 4


def test_every_documented_field_is_known() -> None:
    layout = parse_layout("/".join(f"{{{field}}}" for field in LAYOUT_FIELDS))
    # The path is the file's, not one of its attributes.
    assert (*layout.fields, "relative_path") == LAYOUT_FIELDS
    assert layout.keeps_paths
    assert not parse_layout(DEFAULT_LAYOUT).keeps_paths


@pytest.mark.parametrize(
    ("template", "value", "name"),
    [
        ("{instance_number:04}", "7", "0007"),
        ("{instance_number:4}", "7", "0007"),
        ("IM{instance_number:02}", "123", "IM123"),
        ("{series_number:03}", "-5", "-05"),
        ("{series_number:03}", "", ""),
    ],
)
def test_numbers_may_have_a_width(template: str, value: str, name: str) -> None:
    layout = parse_layout(template)
    (field,) = layout.fields
    assert layout.part(-1, {field: value}).text == name


@pytest.mark.parametrize(
    ("template", "level"),
    [
        (DEFAULT_LAYOUT, 2),
        ("{series_description}/{series_number:03}-{modality}/{instance_number}", 1),
        ("{series_number}/{series_instance_uid}/{instance_number}", None),
        ("{series_number}-{instance_number}", None),
        ("{modality}/{instance_number}", None),
    ],
)
def test_which_folder_stands_for_a_series(template: str, level: int | None) -> None:
    assert parse_layout(template).series_level == level


def test_text_and_fields_mix() -> None:
    layout = parse_layout("exam-1/{modality}_{series_number}.x/{modality}")
    assert layout.fields == ("modality", "series_number")
    values = {"modality": "CT", "series_number": "4"}
    assert [layout.part(level, values).text for level in range(3)] == ["exam-1", "CT_4.x", "CT"]


def test_one_value_is_its_own_key() -> None:
    part = parse_layout("no_{patient_id}").part(0, {"patient_id": "A B"})
    assert part == Part("no_A B", "A B")


@pytest.mark.parametrize(
    ("one", "other"), [(("a_b", "c"), ("a", "b_c")), (("a\0b", "c"), ("a", "b\0c"))]
)
def test_keys_keep_values_apart_that_read_the_same(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    layout = parse_layout("{patient_id}_{study_date}")
    parts = [
        layout.part(0, dict(zip(layout.fields, values, strict=True))) for values in (one, other)
    ]
    assert parts[0].key != parts[1].key


def test_values_come_in_form_c() -> None:
    part = parse_layout("{patient_id}").part(0, {"patient_id": "e\u0301"})
    assert part == Part("\u00e9", "\u00e9")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{patient_name}", "unknown field 'patient_name'; use patient_id, "),
        ("{}", "unknown field ''"),
        ("{0}", "unknown field '0'"),
        ("{patient_id.real}", "unknown field"),
        ("{patient_id[0]}", "unknown field"),
        ("{instance_number:04d}", "without a conversion"),
        ("{instance_number!r}", "without a conversion"),
        ("{instance_number:>4}", "without a conversion"),
        ("{instance_number:000}", "without a conversion"),
        ("{instance_number:0100}", "without a conversion"),
        ("{patient_id:04}", "may have a width, such as {instance_number:04}"),
        ("{relative_path}/{instance_number}", "stands alone behind the last"),
        ("{modality}/x{relative_path}", "stands alone behind the last"),
        ("{relative_path}{modality}", "stands alone behind the last"),
        ("{patient_id", "expected '}'"),
        ("", "missing between slashes"),
        ("/etc/{patient_id}", "missing between slashes"),
        ("{patient_id}/", "missing between slashes"),
        ("a//{patient_id}", "missing between slashes"),
        ("../{patient_id}", "missing between slashes"),
        ("./{patient_id}", "missing between slashes"),
        ("a b/{patient_id}", "letters, digits"),
        ("a\\{patient_id}", "letters, digits"),
        ("{{x}}/{patient_id}", "letters, digits"),
        ("{instance_number}.JPG", "leave out the suffix"),
        ("{instance_number}.png", "leave out the suffix"),
    ],
)
def test_a_template_that_cannot_be_meant_is_refused(template: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_layout(template)
