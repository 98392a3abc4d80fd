package abi

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

// Cap is a capability. Its body was checked if its id is known.
type Cap struct {
	// Offset is the offset in the reply.
	Offset uint32
	// ID is the id.
	ID uint16
	// Version is the version of the body.
	Version uint16
	// Bytes are all bytes that can belong to the capability, its header first: up to the
	// next capability if that has a greater offset, otherwise up to the end of the reply.
	Bytes []byte
	known *knownCap
	order binary.ByteOrder
}

// Name returns the name within the chain; an empty string for an unknown id.
func (c *Cap) Name() string {
	if c.known == nil {
		return ""
	}
	return c.known.name
}

// check returns the error of a body that is shorter than it should be.
func (c *Cap) check(reply []byte) *ChainError {
	if c.known == nil {
		return nil
	}
	size := c.known.required(c.Version)
	if size > uint64(len(c.Bytes)) {
		return c.short(reply, size, ChainError{Kind: ChainBodyShort, Value: size})
	}
	array := c.known.array
	if array == nil || array.count == nil {
		return nil
	}
	count := array.count.read(c.Bytes, c.order)
	size = math.MaxUint64
	if count <= (math.MaxUint64-array.offset)/array.stride {
		size = array.offset + count*array.stride
	}
	if size > uint64(len(c.Bytes)) {
		return c.short(reply, size, ChainError{Kind: ChainCountOutOfBounds, Value: count})
	}
	return nil
}

// short returns the error of a body without size bytes: it is beyond the reply, or overlaps
// the next capability.
func (c *Cap) short(reply []byte, size uint64, beyond ChainError) *ChainError {
	beyond.At, beyond.ID = c.Offset, c.ID
	if size <= uint64(len(reply))-uint64(c.Offset) {
		beyond.Kind = ChainOverlap
		beyond.Value = uint64(c.Offset) + uint64(len(c.Bytes))
	}
	return &beyond
}

// Read reads the capability into its struct, to which s points. Fields of later versions than
// Version are 0.
func (c *Cap) Read(s any) error {
	b := c.Bytes
	if c.known != nil && len(c.known.requiredSize) > 0 {
		b = b[:c.known.required(c.Version)]
	}
	return readStruct(b, c.order, s)
}

// Elements reads the array at the end of a capability; T is the type of its elements.
func Elements[T any](c *Cap) ([]T, error) {
	if c.known == nil || c.known.array == nil {
		return nil, fmt.Errorf("capability %d has no array", c.ID)
	}
	var element T
	array := c.known.array
	if size := binary.Size(element); uint64(size) != array.stride {
		return nil, fmt.Errorf("an element has %d bytes, %T has %d", array.stride, element, size)
	}
	count := uint64(0)
	if array.count != nil {
		count = array.count.read(c.Bytes, c.order)
	} else if size := uint64(len(c.Bytes)); size > array.offset {
		count = (size - array.offset) / array.stride
	}
	elements := make([]T, count)
	if count == 0 {
		return elements, nil
	}
	return elements, binary.Read(bytes.NewReader(c.Bytes[array.offset:]), c.order, elements)
}

// readStruct reads a struct of fixed size; fields that b does not reach are 0.
func readStruct(b []byte, order binary.ByteOrder, s any) error {
	size := binary.Size(s)
	if size < 0 {
		return fmt.Errorf("%T is not a pointer to a struct of this package", s)
	}
	whole := make([]byte, size)
	copy(whole, b)
	return binary.Read(bytes.NewReader(whole), order, s)
}
