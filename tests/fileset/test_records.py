"""From records to instances, on DICOMDIRs laid out by hand (PS3.3 F.3)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from tests.conftest import real_file
from tests.fileset.discs import (
    Node,
    directory_of,
    element,
    image,
    make_image,
    patient,
    series,
    study,
    write,
)

from dicomkit.fileset.claims import Directories
from dicomkit.fileset.folder import Folder
from dicomkit.fileset.instances import Instance, Problem
from dicomkit.fileset.records import Reader, RecordWalk
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from pathlib import Path

REAL = real_file("CT_small.dcm").read_bytes()


@dataclass
class Walked:
    """What a walk gave."""

    instances: list[Instance]
    problems: list[Problem]
    walk: RecordWalk

    @property
    def names(self) -> list[str]:
        return [instance.path.name for instance in self.instances]

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]


def walk(root: Path, data: bytes, *, confirm: bool = False) -> Walked:
    (root / "DICOMDIR").write_bytes(data)
    folder = Folder(str(root))
    reader = Reader(folder, Directories(DEFAULT_LIMITS), DEFAULT_LIMITS, keep=True)
    file_set = reader.open_directory("DICOMDIR")
    assert file_set is not None
    steps = RecordWalk(reader, confirm=confirm)
    found = list(steps.walk("DICOMDIR", file_set, ""))
    return Walked(
        [one for one in found if isinstance(one, Instance)],
        [one for one in found if isinstance(one, Problem)],
        steps,
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("IM1", "IM2", "IM3"):
        (tmp_path / name).write_bytes(b"never opened")
    (tmp_path / "REAL").write_bytes(REAL)
    return tmp_path


def test_identities_gather_on_the_way_down(root: Path) -> None:
    one = series(image("IM1", 1), image("IM2", 2))
    found = walk(root, directory_of(patient(study(one, series(image("IM3", 3), uid=b"1.2.3.5")))))
    assert found.problems == []
    assert found.names == ["IM1", "IM2", "IM3"]
    first, last = found.instances[0], found.instances[-1]
    assert first == Instance(
        path=root / "IM1",
        record_type="IMAGE",
        patient_id="P1",
        patient_name="Doe^Jane",
        study_instance_uid="1.2.3",
        study_date="20200131",
        study_time="101500",
        series_instance_uid="1.2.3.4",
        series_number=5,
        modality="CT",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        sop_instance_uid="1.2.3.4.1",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        instance_number=1,
    )
    assert (last.series_instance_uid, last.instance_number) == ("1.2.3.5", 3)
    assert found.walk.used == {"IM1", "IM2", "IM3"}


def test_a_patient_does_not_pass_on_to_the_next(root: Path) -> None:
    found = walk(
        root,
        directory_of(
            patient(study(series(image("IM1")))),
            patient(study(series(image("IM2"))), number=b"8"),
        ),
    )
    assert [instance.patient_id for instance in found.instances] == ["P1", "8"]


def test_an_empty_directory(root: Path) -> None:
    assert walk(root, directory_of()).names == []


def test_other_kinds_of_records_are_instances_too(root: Path) -> None:
    report, private = image("IM1"), image("IM2")
    report.kind, private.kind = "SR DOCUMENT", "PRIVATE"
    found = walk(root, directory_of(patient(study(series(report, private)))))
    assert [instance.record_type for instance in found.instances] == ["SR DOCUMENT", "PRIVATE"]


REAL_UID = "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322"


def test_records_that_say_too_little_leave_it_to_their_files(root: Path) -> None:
    found = walk(root, directory_of(series(image("REAL", 3, REAL_UID))))
    (instance,) = found.instances
    assert instance.patient_id == "1CT1"
    assert instance.study_date == "20040119"
    # What the record says does not count beside it.
    assert (instance.series_number, instance.instance_number) == (1, 1)
    assert instance.confirmed
    assert found.problems == []
    (instance,) = walk(
        root, directory_of(patient(study(series(image("REAL", 1, REAL_UID), uid=b""))))
    ).instances
    assert instance.series_instance_uid == "1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322"


@pytest.mark.parametrize("lacking", ["patient_id", "date", "series", "instance", "modality"])
def test_what_a_record_lacks_the_file_is_asked_for(root: Path, lacking: str) -> None:
    write(root, {"IM9": make_image("1.2.3.4.9", instance=9)})
    leaf = image("IM9", 9)
    one = series(leaf, number=b"" if lacking == "series" else b"5")
    top = study(one, date=b"" if lacking == "date" else b"20200131")
    if lacking == "instance":
        leaf.said = leaf.said[: leaf.said.index(b"\x20\x00\x13\x00")]
    if lacking == "modality":
        one.said = one.said[one.said.index(b"\x20\x00\x11\x00") :]
    directory = directory_of(patient(top, number=b"" if lacking == "patient_id" else b"P1"))
    (instance,) = walk(root, directory).instances
    assert instance.confirmed
    assert (instance.patient_id, instance.study_date) == ("P1", "20200131")
    assert (instance.series_number, instance.instance_number, instance.modality) == (5, 9, "CT")


def test_a_file_that_cannot_be_asked_is_what_its_record_says(root: Path) -> None:
    top = study(series(image("IM1")), date=b"")
    (instance,) = walk(root, directory_of(patient(top))).instances
    assert (instance.sop_instance_uid, instance.study_date) == ("1.2.3.4.1", None)
    assert not instance.confirmed


def test_an_empty_patient_id_is_enough(root: Path) -> None:
    found = walk(root, directory_of(patient(study(series(image("IM1"))), number=b"")))
    assert found.names == ["IM1"]
    assert found.instances[0].patient_id is None


def test_a_file_that_cannot_complete_its_record(root: Path) -> None:
    found = walk(root, directory_of(series(image("IM1"), image("REAL", 1, REAL_UID))))
    assert found.codes == ["not_dicom"]
    assert found.problems[0].path == root / "IM1"
    assert found.names == ["REAL"]


def test_orphans_are_found_and_say_who_they_are_themselves(root: Path) -> None:
    orphan = image("REAL", 9, REAL_UID, orphan=True)
    found = walk(root, directory_of(patient(study(series(image("IM1"), orphan)))))
    assert found.names == ["IM1", "REAL"]
    assert found.instances[1].patient_id == "1CT1"
    assert found.instances[1].sop_instance_uid == REAL_UID
    assert found.problems == []


def test_another_instance_than_the_record_says(root: Path) -> None:
    directory = directory_of(series(image("REAL")), patient(study(series(image("IM1")))))
    found = walk(root, directory)
    assert found.instances[0].sop_instance_uid == REAL_UID
    assert [(one.path.name, one.code) for one in found.problems] == [("REAL", "mismatch")]


def test_every_file_can_be_asked(root: Path) -> None:
    """A record that says enough is believed until its file is opened."""
    write(root, {"IM8": make_image("1.2.3.4.8", patient_id="P2", name="Roe^Rick", instance=8)})
    directory = directory_of(patient(study(series(image("IM8", 3), image("IM1", 1)))))
    claimed = walk(root, directory)
    assert [one.patient_id for one in claimed.instances] == ["P1", "P1"]
    assert [one.confirmed for one in claimed.instances] == [False, False]
    assert claimed.problems == []
    asked = walk(root, directory, confirm=True)
    assert [(one.patient_id, one.sop_instance_uid) for one in asked.instances] == [
        ("P2", "1.2.3.4.8"),
        # It cannot be read.
        ("P1", "1.2.3.4.1"),
    ]
    assert [one.confirmed for one in asked.instances] == [True, False]
    assert [(one.path.name, one.code) for one in asked.problems] == [("IM8", "mismatch")]


def test_a_file_without_a_uid_of_its_own_contradicts_nothing(root: Path) -> None:
    data = make_image("")
    write(root, {"IM8": data.replace(b"\x02\x00\x03\x00UI\x00\x00", b"\x02\x00\x04\x00UI\x00\x00")})
    found = walk(root, directory_of(patient(study(series(image("IM8"))))), confirm=True)
    assert [one.sop_instance_uid for one in found.instances] == [None]
    assert found.problems == []


def test_a_group_s_own_file_is_an_instance_that_others_inherit_nothing_of(root: Path) -> None:
    """A study's record may name a file of its own: a Detached Study Management instance."""
    management = b"1.2.840.10008.3.1.2.3.1"
    write(
        root,
        {
            "STD": make_image("1.2.3", sop_class=management, pixels=None, series=None),
            "IM9": make_image("1.2.3.4.9", instance=9),
        },
    )
    top = study(series(Node("IMAGE", element(0x00200013, "IS", b"9"), file_id=b"IM9")))
    top.file_id = b"STD"
    top.said += element(0x00041510, "UI", management) + element(0x00041511, "UI", b"1.2.3")
    found = walk(root, directory_of(patient(top)))
    assert [(one.path.name, one.sop_instance_uid) for one in found.instances] == [
        ("STD", "1.2.3"),
        ("IM9", "1.2.3.4.9"),
    ]
    assert [one.record_type for one in found.instances] == ["STUDY", "IMAGE"]
    assert found.problems == []


def test_records_that_share_one_for_their_file(root: Path) -> None:
    """PS3.3-2004 F.5.13: a MRDR names the file that others point to it for."""
    write(root, {"IM9": make_image("1.2.3.4.9", instance=9)})
    shared = Node("MRDR", image("IM9", 9).said, file_id=b"IM9", orphan=True)
    first, second = image("", 9, shared=shared), image("", 9, shared=shared)
    found = walk(root, directory_of(patient(study(series(first, image("IM1"), second))), shared))
    assert found.names == ["IM9", "IM1"]
    assert found.instances[0].record_type == "IMAGE"
    assert [one.code for one in found.problems] == ["duplicate"]
    # Where nothing points to it, the file is there all the same.
    found = walk(root, directory_of(patient(study(series(image("IM1")))), shared))
    assert found.names == ["IM1", "IM9"]
    assert found.problems == []


def test_groups_without_a_file_are_no_loss(root: Path) -> None:
    found = walk(root, directory_of(patient(study(series())), patient(), series(), study()))
    assert (found.instances, found.problems) == ([], [])


def test_a_leaf_without_a_file_is(root: Path) -> None:
    found = walk(root, directory_of(patient(study(series(image(""), image("IM1"))))))
    assert (found.names, found.codes) == (["IM1"], ["no_file"])
    assert found.problems[0].path == root / "DICOMDIR"


def test_a_missing_file_is_named(root: Path) -> None:
    found = walk(root, directory_of(patient(study(series(image("DIR\\IM9"), image("IM1"))))))
    assert (found.names, found.codes) == (["IM1"], ["missing_file"])
    assert found.problems[0].path == root / "DIR" / "IM9"


def test_an_unsafe_path_is_not_named(root: Path) -> None:
    found = walk(root, directory_of(patient(study(series(image("..\\IM1"), image("IM1"))))))
    assert (found.names, found.codes) == (["IM1"], ["unsafe_path"])
    assert found.problems[0].path == root / "DICOMDIR"
    assert "IM1" not in found.problems[0].message


def test_one_file_for_two_records(root: Path) -> None:
    found = walk(root, directory_of(patient(study(series(image("IM1"), image("im1", 2))))))
    assert (found.names, found.codes) == (["IM1"], ["duplicate"])
    # The file is accounted for; the record is what is too much.
    assert found.problems[0].path == root / "DICOMDIR"


def test_records_that_are_not_in_use_cost_nothing(root: Path) -> None:
    gone = patient(study(series(image("IM1"))))
    gone.in_use = 0
    directory = directory_of(
        gone,
        patient(
            study(
                series(
                    image("IM2", in_use=0),
                    image("IM3"),
                    image("IM2"),
                    image("GONE", in_use=0),
                    image("", in_use=0),
                    image("..\\OUTSIDE", in_use=0),
                )
            )
        ),
    )
    found = walk(root, directory)
    assert found.names == ["IM3", "IM2"]
    assert set(found.codes) == {"inactive"}
    # The file that another record stands for is that record's.
    blamed = [problem.path.name for problem in found.problems]
    assert blamed == ["IM1", "DICOMDIR", "DICOMDIR", "DICOMDIR", "DICOMDIR"]
    assert found.walk.unused == {"IM1"}


def test_cycles_end(root: Path) -> None:
    first, second = image("IM1"), image("IM2")
    second.following = first
    found = walk(root, directory_of(patient(study(series(first, second)))))
    assert (found.names, found.codes) == (["IM1", "IM2"], ["cycle"])
    top = patient(study(series(image("IM1"))))
    top.below[0].below[0].below[0].lower = top
    found = walk(root, directory_of(top))
    assert (found.names, found.codes) == (["IM1"], ["cycle"])


def test_a_bad_offset_costs_itself(root: Path) -> None:
    first = image("IM1", following=999_999)
    found = walk(root, directory_of(patient(study(series(first, image("REAL", 1, REAL_UID))))))
    assert found.codes == ["bad_offset"]
    assert "999999" in found.problems[0].message
    # What came behind it is found as an orphan.
    assert found.names == ["IM1", "REAL"]


@pytest.mark.parametrize("first", [0, 3, 1 << 31])
def test_without_a_root_every_record_is_an_orphan(root: Path, first: int) -> None:
    data = directory_of(patient(study(series(image("REAL", 1, REAL_UID)))), first=first)
    found = walk(root, data)
    assert found.names == ["REAL"]
    assert found.codes == (["bad_offset"] if first else [])


def test_thousands_of_records_one_below_the_other(root: Path) -> None:
    chain = [Node(f"KIND {number}") for number in range(2_000)]
    for above, below in pairwise(chain):
        above.lower = below
        below.orphan = True
    found = walk(root, directory_of(*chain))
    # The last one leads nowhere.
    assert (found.instances, found.codes) == ([], ["no_file"])


def test_messages_hold_no_value_of_an_element(root: Path) -> None:
    found = walk(
        root,
        directory_of(
            patient(study(series(image(""), image("..\\CANARY"), image("IM1", following=77))))
        ),
    )
    assert len(found.problems) == 3
    for problem in found.problems:
        assert not any(word in problem.message for word in ("Doe", "CANARY", "1.2."))


def below(*nodes: Node) -> bytes:
    """Make a DICOMDIR without links between its records, as such discs have them."""
    return directory_of(*nodes, first=0)


def nested(kind: str, said: bytes, file_id: bytes) -> Node:
    return Node(kind, said, file_id=file_id)


def test_records_that_name_directories_are_followed(root: Path) -> None:
    """A large maker's discs: a DICOMDIR of studies, their DIRFILEs of series, theirs of images."""
    whole = patient().said + study().said
    write(
        root,
        {
            "S1/DIRFILE": below(nested("SERIES", series().said, b"S1\\S10\\DIRFILE")),
            "S1/S10/DIRFILE": below(
                image("S1\\S10\\I10", 1), image("S1\\S10\\I20", 2), image("IM1", 3)
            ),
            "S1/S10/I10": b"never opened",
            "S1/S10/I20": b"never opened",
        },
    )
    found = walk(root, below(nested("STUDY", whole, b"S1\\DIRFILE")))
    assert found.names == ["I10", "I20", "IM1"]
    for instance in found.instances:
        assert (instance.patient_id, instance.study_instance_uid) == ("P1", "1.2.3")
        assert (instance.series_number, instance.modality) == (5, "CT")
        assert instance.record_type == "IMAGE"
        assert instance.listed
    assert [(one.path.relative_to(root).as_posix(), one.code) for one in found.problems] == [
        ("S1/DIRFILE", "dicomdir"),
        ("S1/S10/DIRFILE", "dicomdir"),
    ]
    assert found.walk.directories == {"DICOMDIR", "S1/DIRFILE", "S1/S10/DIRFILE"}


def test_a_file_set_within_another_has_its_own_file_ids(root: Path) -> None:
    inner = directory_of(patient(study(series(image("IM1"), image("IM9", 9))), number=b"P2"))
    write(root, {"INNER/DICOMDIR": inner, "INNER/IM1": b"never opened"})
    found = walk(root, below(nested("PRIVATE", b"", b"INNER\\DICOMDIR"), image("IM2")))
    places = [one.path.relative_to(root).as_posix() for one in found.instances]
    assert places == ["INNER/IM1"]
    assert found.instances[0].patient_id == "P2"
    assert found.codes == ["dicomdir", "missing_file", "not_dicom"]


def test_directories_that_name_each_other_end(root: Path) -> None:
    there, back = nested("STUDY", b"", b"A"), nested("STUDY", b"", b"DICOMDIR")
    again = nested("SERIES", b"", b"A")
    write(root, {"A": below(back, again, image("REAL", 1, REAL_UID))})
    found = walk(root, below(there, again, nested("SERIES", b"", b"dicomdir;1")))
    assert found.names == ["REAL"]
    assert sorted(found.codes) == ["cycle", "cycle", "cycle", "dicomdir", "duplicate"]


def test_a_long_chain_of_directories_needs_no_recursion(root: Path) -> None:
    count = 1200
    chain = {
        f"D{number}": below(nested("STUDY", b"", f"D{number + 1}".encode()))
        for number in range(count)
    }
    write(root, chain | {f"D{count}": below(image("REAL", 1, REAL_UID))})
    found = walk(root, below(nested("STUDY", b"", b"D0")))
    assert found.names == ["REAL"]
    assert len(found.codes) == count + 1


def test_a_nested_directory_that_is_cut_off_says_so(root: Path) -> None:
    write(root, {"A": below(image("IM1"), image("IM2", 2))[:-30]})
    said = patient().said + study().said + series().said
    found = walk(root, below(nested("STUDY", said, b"A")))
    assert found.names == ["IM1"]
    assert [(one.path.name, one.code) for one in found.problems][1:] == [("A", "truncated")]


def test_a_nested_directory_cannot_name_what_lies_outside(root: Path) -> None:
    write(root, {"A/DIRFILE": below(image("..\\..\\OUTSIDE"), image("../REAL"))})
    found = walk(root, below(nested("STUDY", b"", b"A\\DIRFILE")))
    assert found.names == []
    assert found.codes == ["dicomdir", "unsafe_path", "unsafe_path"]
    assert {one.path.name for one in found.problems} == {"DIRFILE"}
