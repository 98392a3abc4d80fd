package abi

import (
	"encoding/binary"
	"fmt"
	"math"
)

// ChainErrorKind is the kind of an error in a chain.
type ChainErrorKind int

// The kinds of errors in a chain.
const (
	// A capability starts inside the fixed part.
	ChainInsideFixed ChainErrorKind = iota + 1
	// A capability starts after the end of the reply.
	ChainOutOfBounds
	// The header of a capability exceeds the reply.
	ChainHeaderCut
	// The chain returns to a capability that was visited before.
	ChainCycle
	// A capability is shorter than its version requires.
	ChainBodyShort
	// A capability counts more elements than the reply has.
	ChainCountOutOfBounds
	// A capability overlaps the next one.
	ChainOverlap
)

// ChainError is an error in a chain.
type ChainError struct {
	// Kind is the kind of the error.
	Kind ChainErrorKind
	// At is the offset of the capability that has the error.
	At uint32
	// ID is the id of the capability: of a short body, a count and an overlap.
	ID uint16
	// Value is the required size of a short body, the number of elements of a count, and
	// the offset of the next capability of an overlap.
	Value uint64
}

// Error describes the error.
func (e *ChainError) Error() string {
	switch e.Kind {
	case ChainInsideFixed:
		return fmt.Sprintf("no capability can start at %d, in the fixed part", e.At)
	case ChainOutOfBounds:
		return fmt.Sprintf("no capability can start at %d, after the reply", e.At)
	case ChainHeaderCut:
		return fmt.Sprintf("the reply ends in the header of the capability at %d", e.At)
	case ChainCycle:
		return fmt.Sprintf("the chain returns to %d", e.At)
	case ChainBodyShort:
		return fmt.Sprintf("capability %d at %d requires %d bytes, more than the reply has",
			e.ID, e.At, e.Value)
	case ChainCountOutOfBounds:
		return fmt.Sprintf("capability %d at %d counts %d elements, more than the reply has",
			e.ID, e.At, e.Value)
	default:
		return fmt.Sprintf("capability %d at %d overlaps the one at %d", e.ID, e.At, e.Value)
	}
}

// place is the offset and the width of an integer, in bytes.
type place struct{ offset, width uint64 }

// read returns the integer; 0 if b does not have all of it.
func (p place) read(b []byte, order binary.ByteOrder) uint64 {
	if p.offset > uint64(len(b)) || p.width > uint64(len(b))-p.offset {
		return 0
	}
	b = b[p.offset : p.offset+p.width]
	switch p.width {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(order.Uint16(b))
	case 4:
		return uint64(order.Uint32(b))
	default:
		return order.Uint64(b)
	}
}

// bits are some bits of an integer: the lowest one, and how many.
type bits struct {
	place
	low, count uint
}

func (b bits) read(header []byte, order binary.ByteOrder) uint64 {
	return b.place.read(header, order) >> b.low & (1<<b.count - 1)
}

// headerFormat is the format of the headers of capabilities.
type headerFormat struct {
	// The size of a header, and the bytes that a capability takes at least.
	size, minSize uint64
	// The id, the version (without one, all capabilities have version 1), and the offset
	// of the next capability.
	id      bits
	version *bits
	next    bits
	// The offset that ends the chain.
	end uint64
	// Whether the offset counts from the start of the reply, not of the header.
	fromReply bool
}

// capArray is the array at the end of a capability.
type capArray struct {
	// The offset of the first element, and the bytes from one element to the next.
	offset, stride uint64
	// The number of elements; without it, the array extends to the end.
	count *place
}

// knownCap is a capability of the specification.
type knownCap struct {
	id   uint64
	name string
	// The bytes that each version must have, from version 1 on.
	requiredSize []uint64
	array        *capArray
}

// required returns the bytes that a version must have.
func (k *knownCap) required(version uint16) uint64 {
	sizes := k.requiredSize
	switch {
	case len(sizes) == 0:
		return 0
	case int(version) > len(sizes):
		return sizes[len(sizes)-1]
	default:
		return sizes[version-1]
	}
}

// chain is a chain of the specification.
type chain struct {
	format *headerFormat
	// The offset before which no capability starts.
	bound uint64
	caps  []knownCap
}

// find returns the capability with an id and a version.
func (c *chain) find(id, version uint16) *knownCap {
	for i := range c.caps {
		if c.caps[i].id == uint64(id) && version > 0 {
			return &c.caps[i]
		}
	}
	return nil
}

// walkState is the state of a walk.
type walkState int

const (
	walking walkState = iota
	// The last capability has itself as the next one.
	looping
	ended
)

// Caps walks a chain. The walk ends on every input, and does not read outside of the reply:
//
//	for caps.Next() {
//		cap := caps.Cap()
//	}
//	if err := caps.Err(); err != nil {
//	}
type Caps struct {
	chain *chain
	reply []byte
	order binary.ByteOrder
	at    uint64
	// How many capabilities the reply still has room for.
	left  uint64
	state walkState
	cap   Cap
	err   error
}

// newCaps starts a walk with the capability at an offset.
func newCaps(chain *chain, reply []byte, order binary.ByteOrder, first uint64) *Caps {
	left := uint64(len(reply)) / chain.format.minSize
	return &Caps{chain: chain, reply: reply, order: order, at: first, left: left}
}

// newCapsByField starts a walk with the capability whose offset a field has.
func newCapsByField(chain *chain, reply []byte, order binary.ByteOrder, field place) *Caps {
	first := field.read(reply, order) & math.MaxUint32
	caps := newCaps(chain, reply, order, first)
	if first == chain.format.end || field.offset+field.width > uint64(len(reply)) {
		caps.state = ended
	}
	return caps
}

// Next visits the next capability. It returns false at the end of the chain and at an
// error.
func (c *Caps) Next() bool {
	if c.state == ended {
		return false
	}
	if kind := c.refusal(); kind != 0 {
		return c.fail(ChainError{Kind: kind, At: uint32(c.at)})
	}
	c.left--
	header := c.reply[c.at:]
	format := c.chain.format
	found := Cap{
		Offset:  uint32(c.at),
		ID:      uint16(format.id.read(header, c.order)),
		Version: 1,
		order:   c.order,
	}
	if format.version != nil {
		found.Version = uint16(format.version.read(header, c.order))
	}
	found.Bytes = c.follow(format.next.read(header, c.order))
	found.known = c.chain.find(found.ID, found.Version)
	if err := found.check(c.reply); err != nil {
		return c.fail(*err)
	}
	c.cap = found
	return true
}

// Cap returns the capability that Next visited.
func (c *Caps) Cap() Cap { return c.cap }

// Err returns the error that ended the walk, a *ChainError; nil at the end of the chain. The
// capabilities before the error are valid.
func (c *Caps) Err() error { return c.err }

func (c *Caps) fail(err ChainError) bool {
	c.state, c.err = ended, &err
	return false
}

// refusal returns the reason why no capability can be visited; 0 if one can.
func (c *Caps) refusal() ChainErrorKind {
	size := uint64(len(c.reply))
	switch {
	case c.state == looping:
		return ChainCycle
	case c.at < c.chain.bound:
		return ChainInsideFixed
	case c.at >= size:
		return ChainOutOfBounds
	case size-c.at < c.chain.format.size:
		return ChainHeaderCut
	case c.left == 0:
		return ChainCycle
	default:
		return 0
	}
}

// follow goes to the next capability; it returns the bytes of the current one.
func (c *Caps) follow(next uint64) []byte {
	at, target := c.at, next
	if !c.chain.format.fromReply {
		target += at
	}
	// An offset of more than 32 bits is after every reply.
	if target > math.MaxUint32 || target < next {
		target = math.MaxUint32
	}
	c.at = target
	switch {
	case next == c.chain.format.end:
		c.state = ended
	case target == at:
		c.state = looping
	case target > at && target <= uint64(len(c.reply)):
		return c.reply[at:target]
	}
	return c.reply[at:]
}
