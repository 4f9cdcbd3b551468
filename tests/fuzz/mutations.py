"""Ways to damage a file: bytes anywhere, and data elements where they hurt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.fuzz.bases import Base, Place

__all__ = ["mutate"]

_MOST_CHANGES: Final = 4
_STREAM_HEAD: Final = 1024
_NUMBERS: Final = (0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF)
_WIDE_NUMBERS: Final = (0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_TAGS: Final = (
    b"\xfe\xff\x00\xe0",
    b"\xfe\xff\x0d\xe0",
    b"\xfe\xff\xdd\xe0",
    b"\xe0\x7f\x10\x00",
    b"\x02\x00\x10\x00",
    b"\x04\x00\x00\x14",
)
_VRS: Final = tuple(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OW PN SH SL SQ SS ST TM UC UI UL UN UR US UT"
    b" UV XX \0\0".split(b" ")
)
_TEXTS: Final = (
    b"",
    b"1_0",
    b"nan",
    b"inf",
    b"-1",
    b"0",
    b"1e400",
    b"99999999999",
    b"1\\2\\",
    b"\\\\",
    b"../../x",
    b"\xff\xfe",
    b"\x1b$B",
    b"ISO 2022 IR 87",
    b"LINEAR_EXACT",
    b"SIGMOID",
    b"PALETTE COLOR ",
    b"YBR_FULL_422",
    b"MONOCHROME1",
    b"RGB",
    b"1.2.840.10008.1.2.4.50",
    b"1.2.840.10008.1.2.4.90",
    b"1.2.840.10008.1.2.5",
    b"1.2.840.10008.1.2.1.99",
    b"1.2.840.10008.1.2",
)


def mutate(base: Base, other: Base, rng: random.Random) -> tuple[bytes, tuple[str, ...]]:
    """Damage a file in one to four places.

    Parameters
    ----------
    base : Base
        The file.
    other : Base
        Another one, that pieces may be taken from.
    rng : random.Random
        Decides everything, so that the same one gives the same mutant.

    Returns
    -------
    bytes
        The mutant.
    tuple of str
        What was done, in order.
    """
    data = bytearray(base.data or b"\0")
    done = []
    for _ in range(min(_MOST_CHANGES, 1 + int(rng.expovariate(1)))):
        change = rng.choice(_CHANGES if base.places else _BLIND_CHANGES)
        done.append(f"{change.__name__.strip('_')} {change(data, base, other, rng)}")
        if not data:
            break
    return bytes(data), tuple(done)


def _flip_bit(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del base, other
    at = rng.randrange(len(data))
    data[at] ^= 1 << rng.randrange(8)
    return f"at {at}"


def _set_byte(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del base, other
    at = rng.randrange(len(data))
    data[at] = rng.choice((0, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return f"at {at} to {data[at]}"


def _set_number(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del base, other
    at = rng.randrange(len(data))
    number = _number(rng)
    data[at : at + len(number)] = number
    return f"at {at} to {number.hex()}"


def _fill(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del base, other
    start, stop = _range(data, rng)
    data[start:stop] = bytes([rng.choice((0, 0xFF, rng.randrange(256)))]) * (stop - start)
    return f"{start} to {stop}"


def _randomise(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del base, other
    start, stop = _range(data, rng)
    data[start:stop] = rng.randbytes(stop - start)
    return f"{start} to {stop}"


def _remove(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del base, other
    start, stop = _range(data, rng)
    del data[start:stop]
    return f"{start} to {stop}"


def _repeat(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del base, other
    start, stop = _range(data, rng)
    data[stop:stop] = data[start:stop] * rng.choice((1, 2, 16))
    return f"{start} to {stop}"


def _cut(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del base, other
    at = rng.randrange(len(data))
    del data[at:]
    return f"at {at}"


def _splice(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del base
    start, stop = _range(bytearray(other.data), rng)
    at = rng.randrange(len(data))
    data[at : at + rng.choice((0, stop - start))] = other.data[start:stop]
    return f"at {at}: {other.name} {start} to {stop}"


def _stream_byte(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del other
    at = min(base.pixels + rng.randrange(_STREAM_HEAD), len(data) - 1)
    data[at] = rng.choice((0, 1, 0xFF, rng.randrange(256)))
    return f"at {at} to {data[at]}"


def _stream_cut(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del other
    at = min(base.pixels, len(data) - 1)
    at = rng.randrange(at, len(data))
    stop = min(at + 1 + int(rng.expovariate(1 / 64)), len(data))
    del data[at:stop]
    return f"{at} to {stop}"


def _element_length(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del other
    place = _place(base, rng)
    size = place.length_bytes
    small = (place.stop - place.value + rng.choice((-2, -1, 1, 2, 8))) % (1 << 16)
    length = rng.choice((small, rng.choice(_NUMBERS), rng.choice(_WIDE_NUMBERS)))
    data[place.length_at : place.value] = (length % (1 << 8 * size)).to_bytes(size, "little")
    return f"at {place.start} to {length}"


def _element_vr(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del other
    place = _place(base, rng)
    vr = rng.choice(_VRS)
    data[place.start + 4 : place.start + 6] = vr
    return f"at {place.start} to {vr!r}"


def _element_tag(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    place = _place(base, rng)
    source = _place(other, rng) if other.places else place
    tag = rng.choice((other.data[source.start : source.start + 4], rng.choice(_TAGS)))
    data[place.start : place.start + 4] = tag
    return f"at {place.start} to {tag.hex()}"


def _element_value(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del other
    place = _place(base, rng)
    size = min(place.stop - place.value, 64)
    value = rng.choice((_number(rng), rng.choice(_TEXTS), rng.randbytes(size)))
    # Its length stays, so that what follows is still found.
    data[place.value : place.value + size] = value.ljust(size, b" ")[:size]
    return f"at {place.value} to {value!r}"


def _element_removed(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    del other
    place = _place(base, rng)
    del data[place.start : place.stop]
    return f"at {place.start}"


def _element_moved(data: bytearray, base: Base, other: Base, rng: random.Random) -> str:
    place, target = _place(base, rng), _place(base, rng)
    source = rng.choice((base, other))
    if source.places:
        place = _place(source, rng)
    data[target.start : target.start] = source.data[place.start : place.stop]
    return f"from {source.name} {place.start} to {target.start}"


_Change: TypeAlias = "Callable[[bytearray, Base, Base, random.Random], str]"

_BLIND_CHANGES: Final[tuple[_Change, ...]] = (
    _flip_bit,
    _set_byte,
    _set_number,
    _fill,
    _randomise,
    _remove,
    _repeat,
    _cut,
    _splice,
)
_CHANGES: Final[tuple[_Change, ...]] = (
    *_BLIND_CHANGES,
    *(_stream_byte, _stream_cut) * 2,
    *(_element_length, _element_vr, _element_tag, _element_value) * 2,
    *(_element_value,) * 2,
    _element_removed,
    _element_moved,
)


def _number(rng: random.Random) -> bytes:
    size = rng.choice((1, 2, 2, 4))
    number = rng.choice((*_NUMBERS, *_WIDE_NUMBERS, rng.randrange(1 << 32)))
    return (number % (1 << 8 * size)).to_bytes(size, rng.choice(("little", "big")))


def _range(data: bytearray, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(data))
    return start, min(start + 1 + int(rng.expovariate(1 / 24)), len(data))


def _place(base: Base, rng: random.Random) -> Place:
    # Pixel data are one element of many, and what stands in group 0028 decides most.
    described = [place for place in base.places if base.data[place.start :][:2] == b"\x28\x00"]
    return rng.choice(described if described and rng.random() < 0.5 else base.places)
