"""Reads replies and walks their chains of capabilities.

No reply, however malformed, can cause a read outside of it, and every walk
ends.
"""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import (
    Any,
    Iterator,
    NamedTuple,
    Optional,
    Tuple,
    Type,
    TypeVar,
    Union,
)

Buffer = Union[bytes, bytearray, memoryview]
Struct = TypeVar("Struct", bound=ctypes.Structure)

# An offset of more than 32 bits is after every reply.
LAST_OFFSET = 0xFFFFFFFF


class ReplyError(ValueError):
    """A buffer that is no reply: it is smaller than every reply."""

    def __init__(self, size: int, minsz: int) -> None:
        super().__init__(f"the reply has {size} bytes of at least {minsz}")
        self.size = size
        self.minsz = minsz


class ChainError(ValueError):
    """An error in a chain.

    `kind` is "inside_fixed", "out_of_bounds", "header_cut", "cycle",
    "body_short", "count_out_of_bounds" or "overlap", `at` the offset of the
    capability. Of the last three kinds, `id` is its id, and `value` the
    required size, the number of elements, or the offset of the next
    capability.
    """

    def __init__(
        self,
        kind: str,
        at: int,
        id: Optional[int] = None,
        value: Optional[int] = None,
    ) -> None:
        details = "" if id is None else f" (id {id}, {value})"
        super().__init__(f"{kind} at {at}{details}")
        self.kind = kind
        self.at = at
        self.id = id
        self.value = value


class Place(NamedTuple):
    """The offset and the width of an integer, in bytes."""

    offset: int
    width: int

    def read(self, data: memoryview) -> int:
        """The integer; 0 if the bytes do not have all of it."""
        end = self.offset + self.width
        if end > len(data):
            return 0
        return int.from_bytes(data[self.offset:end], sys.byteorder)


@dataclass(frozen=True)
class Bits:
    """Some bits of an integer: the lowest one, and how many."""

    place: Place
    low: int
    count: int

    def read(self, header: memoryview) -> int:
        """The number that the bits are."""
        return self.place.read(header) >> self.low & (1 << self.count) - 1


class HeaderFormat(NamedTuple):
    """The format of the headers of capabilities."""

    size: int
    # The bytes that a capability takes at least.
    min_size: int
    id: Bits
    # Without it, all capabilities have version 1.
    version: Optional[Bits]
    next: Bits
    # The offset that ends the chain.
    end: int
    # Whether offsets count from the start of the reply, not of the header.
    from_reply: bool


@dataclass(frozen=True)
class CapArray:
    """The array at the end of a capability."""

    offset: int
    stride: int
    # The number of elements; without it, the array extends to the end.
    count: Optional[Place]


class KnownCap(NamedTuple):
    """A capability of the specification."""

    id: int
    name: str
    # The bytes that each version must have, from version 1 on.
    required_size: Tuple[int, ...]
    array: Optional[CapArray]

    def required(self, version: int) -> int:
        """The bytes that a version must have."""
        sizes = self.required_size
        return sizes[min(version, len(sizes)) - 1] if sizes else 0


class Chain(NamedTuple):
    """A chain of the specification."""

    format: HeaderFormat
    # The offset before which no capability starts.
    bound: int
    caps: Tuple[KnownCap, ...]

    def find(self, id: int, version: int) -> Optional[KnownCap]:
        """The capability with an id and a version."""
        caps = (cap for cap in self.caps if cap.id == id and version > 0)
        return next(caps, None)


class Host(NamedTuple):
    """The places of the protocol's fields in the fixed part of a reply."""

    chain: Chain
    minsz: int
    argsz: int
    flags: int
    # The flag that says there is a chain.
    caps_flag: int
    # The offset of the offset of the first capability.
    cap_offset: int
    # The fields that a reply can lack, because later kernels appended them.
    appended: Tuple[Place, ...]


@dataclass(frozen=True)
class Cap:
    """A capability. Its body was checked if its id is known."""

    offset: int
    id: int
    version: int
    # All bytes that can belong to it, its header first: up to the next
    # capability if that has a greater offset, otherwise up to the end of the
    # reply.
    data: memoryview
    known: Optional[KnownCap]

    @property
    def name(self) -> Optional[str]:
        """The name within the chain; None for an unknown id."""
        return self.known.name if self.known else None

    def read(self, struct: Type[Struct]) -> Struct:
        """The capability as its struct; fields of later versions are 0."""
        data = self.data
        if self.known and self.known.required_size:
            data = data[: self.known.required(self.version)]
        return read_struct(data, struct)

    def elements(self, element: Any) -> Any:
        """The array at its end, of a ctypes type, as a copy."""
        if not self.known or not self.known.array:
            raise TypeError(f"capability {self.id} has no array")
        array = self.known.array
        if ctypes.sizeof(element) != array.stride:
            raise TypeError(f"an element has {array.stride} bytes")
        if array.count:
            count = array.count.read(self.data)
        else:
            count = max(len(self.data) - array.offset, 0) // array.stride
        if count == 0:
            return (element * 0)()
        return (element * count).from_buffer_copy(self.data, array.offset)

    def check(self, reply: memoryview) -> None:
        """Raises the error of a body that is shorter than it should be."""
        if not self.known:
            return
        required = self.known.required(self.version)
        if required > len(self.data):
            raise self.short(reply, required, "body_short", required)
        array = self.known.array
        if not array or not array.count:
            return
        count = array.count.read(self.data)
        required = array.offset + count * array.stride
        if required > len(self.data):
            raise self.short(reply, required, "count_out_of_bounds", count)

    def short(
        self, reply: memoryview, size: int, beyond: str, value: int
    ) -> ChainError:
        """The error of a body that does not have `size` bytes."""
        if size > len(reply) - self.offset:
            return ChainError(beyond, self.offset, self.id, value)
        next_cap = self.offset + len(self.data)
        return ChainError("overlap", self.offset, self.id, next_cap)


Caps = Iterator[Cap]


class Reply:
    """A reply with a chain.

    `argsz` is the value of that field. `required_size` is the size of buffer
    that the full reply requires if it did not fit, otherwise None: call the
    ioctl again with such a buffer.
    """

    def __init__(self, host: Host, buffer: Buffer) -> None:
        data = memoryview(buffer).cast("B")
        size = len(data)
        self.host = host
        self.argsz = Place(host.argsz, 4).read(data)
        self.data = data[: self.argsz]
        if len(self.data) < host.minsz:
            raise ReplyError(len(self.data), host.minsz)
        # The offset of the first capability; 0 without a chain.
        self.first = 0
        self.required_size: Optional[int] = None
        if self.argsz > size:
            self.required_size = self.argsz
        elif Place(host.flags, 4).read(self.data) & host.caps_flag:
            self.first = Place(host.cap_offset, 4).read(self.data)
            if self.first == 0:
                self.required_size = self.argsz

    def read(self, struct: Type[Struct]) -> Struct:
        """The fixed part as its struct; fields that are absent are 0."""
        data = bytearray(self.data[: self.host.minsz])
        for offset, width in self.host.appended:
            end = offset + width
            limit = min(len(self.data), self.first or len(self.data))
            if end <= limit:
                data.extend(bytes(max(end - len(data), 0)))
                data[offset:end] = self.data[offset:end]
        return read_struct(data, struct)

    def caps(self) -> Caps:
        """The capabilities; none if the reply has no chain or is short.

        Raises a ChainError after the capabilities before the error.
        """
        if self.first:
            yield from walk(self.host.chain, self.data, self.first)


def read_struct(data: Buffer, struct: Type[Struct]) -> Struct:
    """A struct from its first bytes; fields that are missing are 0."""
    size = ctypes.sizeof(struct)
    return struct.from_buffer_copy(bytes(data[:size]).ljust(size, b"\0"))


def walk_from(chain: Chain, data: Buffer, at: int) -> Caps:
    """The capabilities from the one at an offset on."""
    return walk(chain, memoryview(data).cast("B"), at)


def walk_by_field(chain: Chain, data: Buffer, field: Place) -> Caps:
    """The capabilities from the one at the offset that a field has."""
    at = field.read(memoryview(data).cast("B")) & LAST_OFFSET
    if at == chain.format.end or field.offset + field.width > len(data):
        return iter(())
    return walk_from(chain, data, at)


def walk(chain: Chain, reply: memoryview, at: int) -> Caps:
    """The capabilities from the one at an offset on."""
    form = chain.format
    left = len(reply) // form.min_size
    while True:
        if at < chain.bound:
            raise ChainError("inside_fixed", at)
        if at >= len(reply):
            raise ChainError("out_of_bounds", at)
        if len(reply) - at < form.size:
            raise ChainError("header_cut", at)
        if left == 0:
            raise ChainError("cycle", at)
        left -= 1
        header = reply[at:]
        id = form.id.read(header) & 0xFFFF
        version = form.version.read(header) & 0xFFFF if form.version else 1
        next_cap = form.next.read(header)
        target = next_cap if form.from_reply else at + next_cap
        target = min(target, LAST_OFFSET)
        is_last = next_cap == form.end
        data = header
        if not is_last and at < target <= len(reply):
            data = reply[at:target]
        cap = Cap(at, id, version, data, chain.find(id, version))
        cap.check(reply)
        yield cap
        if is_last:
            return
        if target == at:
            raise ChainError("cycle", at)
        at = target
