from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dicomkit.export.naming.layout import parse_layout
from dicomkit.export.naming.names import Named, assign_stems, frame_stem, safe_part

if TYPE_CHECKING:
    import random

# The first eight digits of `printf %s TEXT | sha256sum`.
BY_HAND = {
    "": "unknown~e3b0c442",
    "../x": "___x~d6b96a97",
    ".": "_~cdb4ee2a",
    "..": "__~5ec1f7e7",
    ".hidden": "_hidden~16924190",
    "end.": "end_~2e18562d",
    "a/b": "a_b~c14cddc0",
    "a\0b": "a_b~59b271ae",
    "line\nbreak": "line_break~697affca",
    "a b": "a_b~c8687a08",
    "caf\u00e9": "caf_~850f7dc4",
    "CON": "_CON~a3dbc4b6",
    "nul.txt": "_nul.txt~7f3cbdd5",
    "com1": "_com1~957a49c3",
    "x" * 65: "x" * 55 + "~9537c5fd",
}
PLAIN = ["98890234", "1.2.840.10008", "A_b-c.d", "-", "_", "console", "com", "nulx.txt", "x" * 64]

text = st.text(st.one_of(st.characters(), st.sampled_from("./\\~_ Aa1")), max_size=80)
# Making text may be slow on a busy machine, which is no fault of what is tested.
patient = settings(suppress_health_check=[HealthCheck.too_slow])
names = st.one_of(text, st.sampled_from([*BY_HAND, *PLAIN, "a", "A", "unknown~e3b0c442"]))


@pytest.mark.parametrize(("value", "name"), BY_HAND.items(), ids=repr)
def test_unsafe_text_by_hand(value: str, name: str) -> None:
    assert safe_part(value) == name


@pytest.mark.parametrize("value", PLAIN)
def test_plain_text_stays(value: str) -> None:
    assert safe_part(value) == value


def test_both_ways_to_write_an_accent_are_one_name() -> None:
    assert safe_part("cafe\u0301") == safe_part("caf\u00e9")


@patient
@given(names)
def test_a_part_is_always_a_plain_name_of_at_most_64_characters(value: str) -> None:
    name = safe_part(value)
    assert re.fullmatch(r"[A-Za-z0-9_-]|[A-Za-z0-9_-][A-Za-z0-9._~-]{0,62}[A-Za-z0-9_-]", name)
    stem = name.split(".")[0].upper()
    assert not re.fullmatch(r"CON|PRN|AUX|NUL|COM\d|LPT\d", stem)


def instance(values: dict[str, str], uid: str = "1.2.3", source: str = "a") -> Named:
    return Named(values, uid, source)


LAYOUT = parse_layout("{patient_id}/{instance_number}")


def exam(rows: list[tuple[str, str, str]]) -> list[Named]:
    return [
        Named({"patient_id": patient, "instance_number": number}, uid, f"file{index}")
        for index, (patient, number, uid) in enumerate(rows)
    ]


rows = st.lists(
    st.tuples(
        names,
        st.one_of(names, st.sampled_from(["1", "2", "a_f0001"])),
        st.sampled_from(["1.2.3", "1.2.4", "", "1.2.3\0"]),
    ),
    max_size=12,
)


@patient
@given(rows)
def test_no_two_instances_share_a_name_and_none_leaves_the_output(
    exams: list[tuple[str, str, str]],
) -> None:
    stems = assign_stems(LAYOUT, exam(exams))
    assert len({stem.casefold() for stem in stems}) == len(exams)
    for stem in stems:
        parts = PurePosixPath(stem).parts
        assert "/".join(parts) == stem
        assert len(parts) == 2
        assert all(re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._~-]*", part) for part in parts)


@patient
@given(rows)
def test_no_two_patients_share_a_folder(exams: list[tuple[str, str, str]]) -> None:
    stems = assign_stems(LAYOUT, exam(exams))
    folders: dict[str, set[str]] = {}
    for stem, (patient, _, _) in zip(stems, exams, strict=True):
        folders.setdefault(stem.split("/")[0].casefold(), set()).add(normalize("NFC", patient))
    assert all(len(patients) == 1 for patients in folders.values())


@patient
@given(rows, st.randoms(use_true_random=False))
def test_names_do_not_depend_on_order(
    exams: list[tuple[str, str, str]], shuffler: random.Random
) -> None:
    instances = exam(exams)
    expected = dict(zip(instances_of(instances), assign_stems(LAYOUT, instances), strict=True))
    shuffler.shuffle(instances)
    again = dict(zip(instances_of(instances), assign_stems(LAYOUT, instances), strict=True))
    assert again == expected


def instances_of(instances: list[Named]) -> list[str]:
    return [named.source for named in instances]


def test_a_shared_name_gives_every_member_a_suffix() -> None:
    stems = assign_stems(LAYOUT, exam([("P", "1", "1.2.3"), ("P", "1", "1.2.4"), ("P", "2", "x")]))
    # printf 1.2.3 | sha256sum; printf 1.2.4 | sha256sum
    assert stems == ["P/1~c47f5b18", "P/1~30f3fada", "P/2"]


def test_copies_of_an_instance_are_told_apart_by_where_they_lie() -> None:
    values = {"patient_id": "P", "instance_number": "1"}
    copies = [Named(values, "1.2.3", "CT1"), Named(values, "1.2.3", "CT2")]
    other = Named(values, "1.2.4", "CT3")
    stems = assign_stems(LAYOUT, [*copies, other])
    # printf '1.2.3\0CT1' | sha256sum; printf '1.2.3\0CT2' | sha256sum
    assert stems == ["P/1~f4e18b6a", "P/1~e2dc4bac", "P/1~30f3fada"]


def test_case_alone_does_not_keep_folders_or_files_apart() -> None:
    stems = assign_stems(LAYOUT, exam([("ab", "1", "1.2.3"), ("AB", "1", "1.2.3")]))
    # printf ab | sha256sum; printf AB | sha256sum
    assert stems == ["ab~fb8e20fc/1", "AB~38164fbd/1"]
    stems = assign_stems(LAYOUT, exam([("P", "x", "1.2.3"), ("P", "X", "1.2.4")]))
    assert stems == ["P/x~c47f5b18", "P/X~30f3fada"]


def test_a_digest_that_is_forged_does_not_join_two_patients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    digests = {"a/": "same", "a\\": "same"}
    monkeypatch.setattr(
        "dicomkit.export.naming.names._digest",
        lambda key, digits=8: digests[key] if digits == 8 else f"{len(key)}{key[1] == '/'}",
    )
    stems = assign_stems(LAYOUT, exam([("a/", "1", "1.2.3"), ("a\\", "2", "1.2.3")]))
    assert stems == ["a_~2True/1", "a_~2False/2"]


def test_a_stem_cannot_pose_as_another_instances_frame() -> None:
    layout = parse_layout("{patient_id}")
    stems = assign_stems(
        layout,
        [
            instance({"patient_id": "A"}, source="multi-frame"),
            instance({"patient_id": "A_f0001"}, source="hostile"),
            instance({"patient_id": "B_F12"}, source="another"),
        ],
    )
    assert frame_stem(stems[0], 0) == "A_f0001"
    assert re.fullmatch(r"A_f0001~[0-9a-f]{8}", stems[1])
    assert re.fullmatch(r"B_F12~[0-9a-f]{8}", stems[2])


def test_frames_count_from_one_and_sort_up_to_9999() -> None:
    assert [frame_stem("1", frame) for frame in (0, 9, 9999)] == ["1_f0001", "1_f0010", "1_f10000"]


# ---- Series that share a number, and the source's own paths --------------------------------


def of_series(number: str, instance: str, series: str) -> Named:
    values = {"series_number": number, "instance_number": instance}
    return Named(values, f"{series}.{instance}", f"{series}/{instance}", series)


def test_series_that_share_a_number_have_a_folder_each() -> None:
    """The first eight digits of `printf %s 1.2 | sha256sum`, and of 1.3."""
    layout = parse_layout("{series_number}/{instance_number}")
    named = [
        of_series("4", "1", "1.2"),
        of_series("4", "2", "1.2"),
        of_series("4", "1", "1.3"),
        of_series("5", "1", "1.4"),
    ]
    assert assign_stems(layout, named) == [
        "4~77ac319b/1",
        "4~77ac319b/2",
        "4~9c193c60/1",
        "5/1",
    ]
    # Each alone has no need of it.
    assert assign_stems(layout, named[:2]) == ["4/1", "4/2"]


def test_instances_that_share_a_number_within_a_series_are_told_apart_by_themselves() -> None:
    layout = parse_layout("{series_number}/{instance_number}")
    twice = [of_series("4", "1", "1.2"), of_series("4", "1", "1.2")._replace(sop_instance_uid="9")]
    stems = assign_stems(layout, twice)
    assert [stem.partition("~")[0] for stem in stems] == ["4/1", "4/1"]
    assert len(set(stems)) == 2


def test_paths_keep_their_folders_and_become_safe() -> None:
    layout = parse_layout("{relative_path}")
    sources = ["CT/IM1", "CT/IM2.dcm", "a b/../x", "CT.png/IM1", "seg_f0001"]
    stems = assign_stems(layout, [Named({}, "", source) for source in sources])
    assert stems[:3] == ["CT/IM1", "CT/IM2.dcm", f"{BY_HAND['a b']}/{BY_HAND['..']}/x"]
    assert stems[3].startswith("CT.png~")
    assert stems[4].startswith("seg_f0001~")


@patient
@given(st.lists(st.lists(names, min_size=1, max_size=3).map("/".join), unique=True, max_size=6))
def test_no_two_paths_share_a_name(sources: list[str]) -> None:
    layout = parse_layout("{relative_path}")
    stems = assign_stems(layout, [Named({}, "", source) for source in sources])
    assert len({stem.casefold() for stem in stems}) == len(sources)
    assert not any(part in ("", ".", "..") for stem in stems for part in stem.split("/"))
