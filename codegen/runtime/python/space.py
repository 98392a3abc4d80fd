"""Walks the chains of capabilities in a space, and reads their bodies.

A space is a block of little-endian bytes. No space, however malformed, can
cause a read outside of it, and every walk ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import (
    Any,
    Callable,
    Dict,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Set,
    Tuple,
    Union,
)

Buffer = Union[bytes, bytearray, memoryview]

# An offset of more than 32 bits is after every space.
LAST_OFFSET = 0xFFFFFFFF


class SpaceError(ValueError):
    """An error in a chain of a space.

    `kind` is "inside_fixed", "out_of_bounds", "header_cut", "cycle" or
    "body_limited", `at` the offset of the capability. Of the last kind, which
    does not end the walk, `id` is its id, `required_size` the bytes that it
    requires, and `size` the bytes that it has.
    """

    def __init__(
        self,
        kind: str,
        at: int,
        id: Optional[int] = None,
        required_size: Optional[int] = None,
        size: Optional[int] = None,
    ) -> None:
        details = f" (id {id}: {size} bytes of {required_size})"
        super().__init__(f"{kind} at {at:#x}{'' if id is None else details}")
        self.kind = kind
        self.at = at
        self.id = id
        self.required_size = required_size
        self.size = size


class Bits(NamedTuple):
    """Some bits of an integer: the lowest one, and how many."""

    offset: int
    width: int
    low: int
    count: int

    def read(self, data: memoryview) -> Optional[int]:
        """The number that the bits are; None if the bytes lack the integer."""
        number = integer(data, self.offset, self.width)
        if number is None:
            return None
        return number >> self.low & (1 << self.count) - 1


class Place(NamedTuple):
    """What conditions read besides a body."""

    # All bytes of the space.
    space: memoryview
    # The capability of another chain; empty if it is not there.
    companion: memoryview


class Condition(NamedTuple):
    """Bits that have a number in one of some ranges."""

    # What has the bits: the body, the start of the space, or the companion.
    of: str
    bits: Bits
    # The first and the last number of each range.
    numbers: Tuple[Tuple[int, int], ...]

    def holds(self, body: memoryview, place: Place) -> Optional[bool]:
        """Whether it holds; None if the companion lacks the bits."""
        data = body
        if self.of == "start":
            data = place.space
        elif self.of == "companion":
            data = place.companion
        number = self.bits.read(data)
        if number is None:
            return None if self.of == "companion" else False
        return any(first <= number <= last for first, last in self.numbers)


class Quantity(NamedTuple):
    """A number in bits: `(bits + plus) * unit`."""

    # The offset from which on the bits count.
    start: int
    bits: Bits
    plus: int
    unit: int

    def read(self, body: memoryview) -> Optional[int]:
        """The number; None if the bytes lack the bits."""
        number = self.bits.read(body[self.start :])
        return None if number is None else (number + self.plus) * self.unit

    def end(self) -> int:
        """The end of the integer that has the bits."""
        return self.start + self.bits.offset + self.bits.width


class Field(NamedTuple):
    """A field: an integer, or an array of fixed length."""

    # Empty if its number has no meaning.
    name: str
    # The offset, if every field before it exists.
    offset: int
    # The width of an integer.
    width: int
    # How many integers an array has.
    count: Optional[int] = None
    # The version of the capability that added it.
    version: int = 1
    conditions: Tuple[Condition, ...] = ()

    def size(self) -> int:
        """The bytes that it takes."""
        return self.width * (1 if self.count is None else self.count)


class Array(NamedTuple):
    """The array at the end of a capability."""

    name: str
    # The offset, if every field before it exists.
    offset: int
    # The bytes from one element to the next, if all have as many.
    stride: int
    # The fields of an element that is a struct.
    element: Optional[Layout]
    # The number of elements; without it, the array extends to the end.
    count: Optional[Quantity] = None
    conditions: Tuple[Condition, ...] = ()


class Layout(NamedTuple):
    """The fields of a capability or of an element of an array."""

    fields: Tuple[Field, ...]
    array: Optional[Array] = None
    # Whether fields that do not exist take no room.
    compact: bool = False
    # The length of each element, if they have different lengths.
    length: Optional[Quantity] = None


class Kind(NamedTuple):
    """A kind of a capability, if all conditions hold."""

    conditions: Tuple[Condition, ...]
    cap: KnownCap


class KnownCap(NamedTuple):
    """A capability of the specification."""

    id: int
    name: str
    # The bytes that each version must have, from version 1 on.
    required_size: Tuple[int, ...]
    layout: Layout
    # The bits with its length in bytes.
    length: Optional[Bits] = None
    kinds: Tuple[Kind, ...] = ()


class HeaderFormat(NamedTuple):
    """The format of the headers of capabilities."""

    size: int
    id: Bits
    # Without it, all capabilities have version 1.
    version: Optional[Bits]
    next: Bits
    # The bits of offsets that count.
    mask: int
    # The offset that ends the chain.
    end: int
    # Whether offsets count from the start of the space, not of the header.
    from_space: bool
    # Bits of a header with the values that mean that there is none.
    empty: Tuple[Tuple[Bits, Tuple[int, ...]], ...]


class Flag(NamedTuple):
    """A flag of an integer at the start of a space."""

    offset: int
    width: int
    number: int

    def is_set(self, space: memoryview) -> bool:
        """Whether it is set."""
        number = integer(space, self.offset, self.width)
        return number is not None and number & self.number != 0


class Start(NamedTuple):
    """How the first capability of a chain is found."""

    # A fixed offset.
    offset: Optional[int] = None
    # The integer that has the offset.
    place: Optional[Tuple[int, int]] = None
    # Bits that determine this integer, and the integer for each number.
    by: Optional[Bits] = None
    places: Tuple[Tuple[int, Tuple[int, int]], ...] = ()

    def read(self, space: memoryview) -> Optional[int]:
        """The offset, before it is masked."""
        if self.offset is not None:
            return self.offset
        place = self.place
        if self.by:
            held = self.by.read(space)
            chosen = (place for number, place in self.places if number == held)
            place = next(chosen, None)
        return integer(space, *place) if place else None


class Chain(NamedTuple):
    """A chain of the specification."""

    format: HeaderFormat
    # The offsets that it can have: the first one, and the one after the last.
    bound: int
    end: int
    # The flag that says there is a chain.
    flag: Optional[Flag]
    start: Start
    caps: Tuple[KnownCap, ...]
    # Another chain, and ids of it without one of which there is no chain.
    requires: Optional[Callable[[], Chain]] = None
    required: Tuple[int, ...] = ()
    # Another chain, and the id of its capability by whose bits fields exist.
    companion: Optional[Tuple[Callable[[], Chain], int]] = None

    def first(self, space: memoryview) -> Optional[int]:
        """The offset of the first capability, if there is a chain."""
        if len(space) <= self.bound:
            return None
        if self.flag and not self.flag.is_set(space):
            return None
        if self.requires and not self.has_required(self.requires(), space):
            return None
        first = self.start.read(space)
        if first is None or self.start.offset is not None:
            return first
        first &= self.format.mask
        return None if first == self.format.end else first

    def has_required(self, other: Chain, space: memoryview) -> bool:
        """Whether another chain has one of the required capabilities."""
        try:
            return any(cap.id in self.required for cap in walk(other, space))
        except SpaceError:
            return False

    def companion_of(self, space: memoryview) -> memoryview:
        """The bytes of the companion; empty if it is not there."""
        if self.companion:
            chain, id = self.companion
            try:
                caps = (cap for cap in walk(chain(), space) if cap.id == id)
                cap = next(caps, None)
            except SpaceError:
                cap = None
            if cap and cap.version > 0:
                return cap.data
        return space[:0]

    def find(self, id: int, version: int) -> Optional[KnownCap]:
        """The capability with an id and a version."""
        caps = (cap for cap in self.caps if cap.id == id and version > 0)
        return next(caps, None)


@dataclass(frozen=True)
class SpaceCap:
    """A capability in a space."""

    offset: int
    id: int
    version: int
    # All bytes that can belong to it, its header first: up to its length, the
    # next capability or the end of the chain.
    data: memoryview
    # The capability or the kind that it is; None if it is not known, or if
    # its body is too short.
    known: Optional[KnownCap]
    # The error of a body that is too short.
    error: Optional[SpaceError]
    # The space, and the companion of the chain.
    place: Place

    @property
    def space(self) -> memoryview:
        """All bytes of the space."""
        return self.place.space

    @property
    def name(self) -> Optional[str]:
        """The name within the chain; None without a known body."""
        return self.known.name if self.known else None

    @property
    def fields(self) -> Dict[str, Any]:
        """The fields that exist, by name.

        A field is an integer, bytes, a list of integers, or a list with the
        fields of each struct.
        """
        if not self.known:
            return {}
        body = Body(self.data, self.place, self.known.layout)
        return body.values(self.version)

    @property
    def unknown(self) -> List[str]:
        """The fields of which it is unknown whether they exist.

        A capability of another chain would say it, and is not there or too
        short.
        """
        if not self.known:
            return []
        body = Body(self.data, self.place, self.known.layout)
        fields = (
            field for field in self.known.layout.fields
            if field.version <= self.version
        )
        return [
            field.name for field in fields
            if field.name and body.presence(field) is None
        ]


Caps = Iterator[SpaceCap]


class Body:
    """The bytes of a capability or of an element, with their layout."""

    def __init__(
        self, data: memoryview, place: Place, layout: Layout
    ) -> None:
        self.data = data
        self.within = place
        self.layout = layout
        # The fields that do not exist: the offset and the size of each.
        self.absent: List[Tuple[int, int]] = []
        for field in layout.fields:
            if not self.exists(field):
                self.absent.append((field.offset, field.size()))

    def exists(self, field: Union[Field, Array]) -> bool:
        """Whether a field is known to exist."""
        return self.presence(field) is True

    def presence(self, field: Union[Field, Array]) -> Optional[bool]:
        """Whether a field exists; None if it is unknown."""
        all_holds = [
            one.holds(self.data, self.within) for one in field.conditions
        ]
        if False in all_holds:
            return False
        return None if None in all_holds else True

    def place(self, offset: int) -> int:
        """The offset of what is at an offset if every field exists."""
        if not self.layout.compact:
            return offset
        return offset - sum(size for at, size in self.absent if at < offset)

    def missing(self) -> Optional[int]:
        """The bytes that are required, if there are fewer."""
        fields = self.layout.fields
        if any(field.conditions for field in fields):
            ends = (
                self.place(field.offset) + field.size()
                for field in fields
                if self.exists(field)
            )
            end = max(ends)
            if end > len(self.data):
                return end
        array = self.layout.array
        if not array or not array.count or not self.exists(array):
            return None
        at = self.place(array.offset)
        count = array.count.read(self.data) or 0
        length = array.element.length if array.element else None
        if length is None:
            end = at + count * array.stride
            return end if end > len(self.data) else None
        for _ in range(count):
            size = length.read(self.data[at:])
            if size is None:
                return at + length.end()
            at += size
            if at > len(self.data):
                return at
        return None

    def values(self, version: int) -> Dict[str, Any]:
        """The fields that exist in a version."""
        values: Dict[str, Any] = {}
        for field in self.layout.fields:
            if field.name and field.version <= version and self.exists(field):
                value = self.value(field)
                if value is not None:
                    values[field.name] = value
        array = self.layout.array
        if array and self.exists(array):
            elements = list(self.elements(array))
            is_bytes = array.stride == 1 and not array.element
            values[array.name] = bytes(elements) if is_bytes else elements
        return values

    def value(self, field: Field) -> Union[int, bytes, List[int], None]:
        """The value of a field; None if the bytes lack it."""
        at = self.place(field.offset)
        if field.count is None:
            return integer(self.data, at, field.width)
        if field.width == 1:
            return bytes(self.data[at : at + field.count])
        places = (at + nth * field.width for nth in range(field.count))
        return [integer(self.data, at, field.width) or 0 for at in places]

    def elements(self, array: Array) -> Iterator[Any]:
        """The elements of an array, as far as the bytes have them."""
        rest = self.data[self.place(array.offset) :]
        count = array.count.read(self.data) or 0 if array.count else len(rest)
        length = array.element.length if array.element else None
        for _ in range(count):
            size = length.read(rest) if length else array.stride
            if not size or size > len(rest):
                return
            if array.element:
                yield Body(rest[:size], self.within, array.element).values(1)
            else:
                yield integer(rest, 0, size)
            rest = rest[size:]


def integer(data: memoryview, offset: int, width: int) -> Optional[int]:
    """The integer at an offset; None if the bytes do not have all of it."""
    end = offset + width
    if end > len(data):
        return None
    return int.from_bytes(data[offset:end], "little")


def caps_of(chain: Chain, data: Buffer) -> Caps:
    """The capabilities of a chain.

    Raises a SpaceError after the capabilities before the error.
    """
    return walk(chain, memoryview(data).cast("B"))


def walk(chain: Chain, space: memoryview) -> Caps:
    """The capabilities of a chain."""
    form = chain.format
    limit = min(chain.end, len(space))
    visited: Set[int] = set()
    at = chain.first(space)
    place = Place(space, chain.companion_of(space))
    while at is not None:
        if at < chain.bound:
            raise SpaceError("inside_fixed", at)
        if at >= limit:
            raise SpaceError("out_of_bounds", at)
        if limit - at < form.size:
            raise SpaceError("header_cut", at)
        if at in visited:
            raise SpaceError("cycle", at)
        visited.add(at)
        header = space[at : at + form.size]
        if any(bits.read(header) in values for bits, values in form.empty):
            return
        id = (form.id.read(header) or 0) & 0xFFFF
        version = (form.version.read(header) or 0) if form.version else 1
        next_cap = (form.next.read(header) or 0) & form.mask
        target = None
        if next_cap != form.end:
            target = next_cap if form.from_space else at + next_cap
            target = min(target, LAST_OFFSET)
        end = limit
        if target is not None and target > at:
            end = min(target, limit)
        known = chain.find(id, version & 0xFFFF)
        yield checked(known, at, id, version & 0xFFFF, space[at:end], place)
        at = target


def checked(
    known: Optional[KnownCap],
    at: int,
    id: int,
    version: int,
    data: memoryview,
    place: Place,
) -> SpaceCap:
    """A capability whose body was checked if it is known."""
    if known and known.length:
        length = known.length.read(data)
        data = data if length is None else data[:length]
    found = known
    while found:
        sizes = found.required_size
        required = sizes[min(version, len(sizes)) - 1] if sizes else 0
        missing: Optional[int] = required
        if required <= len(data):
            missing = Body(data, place, found.layout).missing()
        if missing is not None:
            size = len(data)
            error = SpaceError("body_limited", at, id, missing, size)
            return SpaceCap(at, id, version, data, None, error, place)
        known = found
        found = kind(found, data, place)
    return SpaceCap(at, id, version, data, known, None, place)


def kind(
    cap: KnownCap, data: memoryview, place: Place
) -> Optional[KnownCap]:
    """The kind of a capability: the first whose conditions hold."""
    for one in cap.kinds:
        if all(condition.holds(data, place) for condition in one.conditions):
            return one.cap
    return None
