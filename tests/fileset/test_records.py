"""From records to instances, on DICOMDIRs laid out by hand (PS3.3 F.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from dicomkit.dataset.directory import read_directory
from dicomkit.errors import DicomKitError
from dicomkit.fileset.folder import Folder
from dicomkit.fileset.instances import Instance, Problem
from dicomkit.fileset.records import RecordWalk
from dicomkit.limits import DEFAULT_LIMITS

CT = Path(str(get_testdata_file("CT_small.dcm", download=False))).read_bytes()


def element(tag: int, vr: str, value: bytes) -> bytes:
    value += b" " * (len(value) % 2)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in {"SQ", "OB"}:
        return head + struct.pack("<HL", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


@dataclass(eq=False)
class Node:
    """A record, the records below it, and what is wrong with it."""

    kind: str
    said: bytes = b""
    below: list[Node] = field(default_factory=list)
    file_id: bytes = b""
    in_use: int = 0xFFFF
    following: Node | int | None = None
    lower: Node | int | None = None
    orphan: bool = False

    def encode(self, following: int, lower: int) -> bytes:
        content = (
            element(0x00041400, "UL", struct.pack("<L", following))
            + element(0x00041410, "US", struct.pack("<H", self.in_use))
            + element(0x00041420, "UL", struct.pack("<L", lower))
            + element(0x00041430, "CS", self.kind.encode())
            + (element(0x00041500, "CS", self.file_id) if self.file_id else b"")
            + self.said
        )
        return b"\xfe\xff\x00\xe0" + struct.pack("<L", len(content)) + content


def image(name: str, number: int = 1, **wrong: object) -> Node:
    said = (
        element(0x00041510, "UI", b"1.2.840.10008.5.1.4.1.1.2\0")
        + element(0x00041511, "UI", b"1.2.3.4." + str(number).encode())
        + element(0x00041512, "UI", b"1.2.840.10008.1.2.1\0")
        + element(0x00200013, "IS", str(number).encode())
    )
    return Node("IMAGE", said, file_id=name.encode(), **wrong)  # type: ignore[arg-type]


def series(*below: Node, uid: bytes = b"1.2.3.4") -> Node:
    said = element(0x00080060, "CS", b"CT") + element(0x00200011, "IS", b"5")
    return Node("SERIES", said + (element(0x0020000E, "UI", uid) if uid else b""), [*below])


def study(*below: Node) -> Node:
    said = element(0x00080020, "DA", b"20200131") + element(0x0020000D, "UI", b"1.2.30")
    return Node("STUDY", said, [*below])


def patient(*below: Node, number: bytes = b"7") -> Node:
    said = element(0x00100010, "PN", b"Doe^Jane") + element(0x00100020, "LO", number)
    return Node("PATIENT", said, [*below])


def directory_of(*root: Node, first: int | None = None) -> bytes:
    """Lay the records out one after the other, and link them."""
    nodes: list[Node] = []

    def collect(level: list[Node]) -> None:
        for node in level:
            nodes.append(node)
            collect(node.below)

    collect([*root])
    meta = element(0x00020002, "UI", b"1.2.840.10008.1.3.10") + element(
        0x00020010, "UI", b"1.2.840.10008.1.2.1\0"
    )
    front = bytes(128) + b"DICM" + meta + element(0x00041130, "CS", b"TEST")
    start = len(front) + 12 + 12
    offsets, at = {}, start
    for node in nodes:
        offsets[node] = at
        at += len(node.encode(0, 0))

    def offset(node: Node | int | None) -> int:
        return offsets[node] if isinstance(node, Node) else node or 0

    def after(level: list[Node], node: Node) -> Node | int | None:
        kept = [other for other in level if not other.orphan]
        if node.following is not None or node not in kept:
            return node.following
        return dict(pairwise(kept)).get(node)

    body = b""
    levels = {child: node.below for node in nodes for child in node.below}
    for node in nodes:
        below = [child for child in node.below if not child.orphan]
        lower = node.lower if node.lower is not None else (below[0] if below else None)
        following = after(levels.get(node, [*root]), node)
        body += node.encode(offset(following), offset(lower))
    linked = [node for node in root if not node.orphan]
    begin = first if first is not None else offset(linked[0] if linked else None)
    pointer = element(0x00041200, "UL", struct.pack("<L", begin))
    return front + pointer + element(0x00041220, "SQ", body)


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


def walk(root: Path, data: bytes) -> Walked:
    path = root / "DICOMDIR"
    path.write_bytes(data)
    directory = read_directory(path)
    assert directory is not None
    steps = RecordWalk(directory, path, Folder(str(root)), DEFAULT_LIMITS)
    found = list(steps)
    return Walked(
        [one for one in found if isinstance(one, Instance)],
        [one for one in found if isinstance(one, Problem)],
        steps,
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("IM1", "IM2", "IM3"):
        (tmp_path / name).write_bytes(b"never opened")
    (tmp_path / "REAL").write_bytes(CT)
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
        patient_id="7",
        patient_name="Doe^Jane",
        study_instance_uid="1.2.30",
        study_date="20200131",
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
    assert [instance.patient_id for instance in found.instances] == ["7", "8"]


def test_an_empty_directory(root: Path) -> None:
    assert walk(root, directory_of()).names == []


def test_other_kinds_of_records_are_instances_too(root: Path) -> None:
    report, private = image("IM1"), image("IM2")
    report.kind, private.kind = "SR DOCUMENT", "PRIVATE"
    found = walk(root, directory_of(patient(study(series(report, private)))))
    assert [instance.record_type for instance in found.instances] == ["SR DOCUMENT", "PRIVATE"]


def test_records_that_say_too_little_are_completed_from_their_files(root: Path) -> None:
    found = walk(root, directory_of(series(image("REAL", 3))))
    (instance,) = found.instances
    assert instance.patient_id == "1CT1"
    assert instance.study_date == "20040119"
    # What the records do say holds.
    assert (instance.sop_instance_uid, instance.instance_number) == ("1.2.3.4.3", 3)
    (instance,) = walk(root, directory_of(patient(study(series(image("REAL"), uid=b""))))).instances
    assert instance.series_instance_uid == "1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322"


def test_an_empty_patient_id_is_enough(root: Path) -> None:
    found = walk(root, directory_of(patient(study(series(image("IM1"))), number=b"")))
    assert found.names == ["IM1"]
    assert found.instances[0].patient_id is None


def test_a_file_that_cannot_complete_its_record(root: Path) -> None:
    found = walk(root, directory_of(series(image("IM1"), image("REAL"))))
    assert found.codes == ["not_dicom"]
    assert found.problems[0].path == root / "IM1"
    assert found.names == ["REAL"]


def test_orphans_are_found_and_say_who_they_are_themselves(root: Path) -> None:
    found = walk(
        root,
        directory_of(patient(study(series(image("IM1"), image("REAL", 9, orphan=True))))),
    )
    assert found.names == ["IM1", "REAL"]
    assert found.instances[1].patient_id == "1CT1"
    assert found.instances[1].sop_instance_uid == "1.2.3.4.9"
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


def test_records_that_are_not_in_use(root: Path) -> None:
    gone = patient(study(series(image("IM1"))))
    gone.in_use = 0
    found = walk(
        root,
        directory_of(
            gone,
            patient(study(series(image("IM2", in_use=0), image("IM3"), image("IM2")))),
        ),
    )
    assert (found.names, found.codes) == (["IM3", "IM2"], ["inactive", "inactive"])
    assert found.walk.unused == {"IM1", "IM2"}


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
    found = walk(root, directory_of(patient(study(series(first, image("REAL"))))))
    assert found.codes == ["bad_offset"]
    assert "999999" in found.problems[0].message
    # What came behind it is found as an orphan.
    assert found.names == ["IM1", "REAL"]


@pytest.mark.parametrize("first", [0, 3, 1 << 31])
def test_without_a_root_every_record_is_an_orphan(root: Path, first: int) -> None:
    data = directory_of(patient(study(series(image("REAL")))), first=first)
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


def test_a_file_that_is_no_dicom_is_an_error_of_ours(root: Path) -> None:
    (root / "DICOMDIR").write_bytes(b"no DICOMDIR")
    with pytest.raises(DicomKitError):
        read_directory(root / "DICOMDIR")
