package abi

import (
	"encoding/binary"
	"fmt"
)

// ReplyError is the error of a buffer that is no reply: it, or the part of it that argsz
// covers, is smaller than every reply.
type ReplyError struct {
	// Len is the size of that part.
	Len uint32
	// Minsz is the number of bytes that every reply has.
	Minsz uint32
}

// Error describes the error.
func (e *ReplyError) Error() string {
	return fmt.Sprintf("the reply has %d bytes of at least %d", e.Len, e.Minsz)
}

// host has the places of the protocol's fields in the fixed part of a reply.
type host struct {
	chain *chain
	// The bytes that every reply has.
	minsz uint64
	// The offsets of the size of the buffer, the flags, and the offset of the first
	// capability.
	argsz, flags, capOffset uint64
	// The flag that says there is a chain.
	capsFlag uint64
	// The fields that a reply can lack, because later kernels appended them.
	appended []place
}

// Reply is a reply with a chain.
type Reply struct {
	host  *host
	bytes []byte
	order binary.ByteOrder
	argsz uint32
	// The offset of the first capability; 0 without a chain.
	first uint64
	short bool
}

// parse reads the protocol's fields of the reply in a buffer.
func (h *host) parse(buffer []byte, order binary.ByteOrder) (*Reply, error) {
	word := func(b []byte, at uint64) uint64 { return place{at, 4}.read(b, order) }
	size, argsz := uint64(len(buffer)), word(buffer, h.argsz)
	length := size
	if argsz < length {
		length = argsz
	}
	if length < h.minsz {
		return nil, &ReplyError{Len: uint32(length), Minsz: uint32(h.minsz)}
	}
	reply := &Reply{host: h, bytes: buffer[:length], order: order, argsz: uint32(argsz)}
	if argsz > size {
		reply.short = true
	} else if word(reply.bytes, h.flags)&h.capsFlag != 0 {
		reply.first = word(reply.bytes, h.capOffset)
		reply.short = reply.first == 0
	}
	return reply, nil
}

// Argsz returns the value of argsz.
func (r *Reply) Argsz() uint32 { return r.argsz }

// RequiredSize returns the size of buffer that the full reply requires, and whether the
// reply is short: call the ioctl again with such a buffer.
func (r *Reply) RequiredSize() (size uint32, short bool) {
	if !r.short {
		return 0, false
	}
	return r.argsz, true
}

// Read reads the fixed part into its struct, to which s points. Fields that the reply does
// not have are 0.
func (r *Reply) Read(s any) error {
	fixed := append([]byte(nil), r.bytes[:r.host.minsz]...)
	for _, field := range r.host.appended {
		end := field.offset + field.width
		if end > uint64(len(r.bytes)) || r.first != 0 && end > r.first {
			continue
		}
		gap := int(field.offset) - len(fixed)
		if gap > 0 {
			fixed = append(fixed, make([]byte, gap)...)
		}
		fixed = append(fixed[:field.offset], r.bytes[field.offset:end]...)
	}
	return readStruct(fixed, r.order, s)
}

// Caps walks the chain; it is empty if the reply has none or is short.
func (r *Reply) Caps() *Caps {
	caps := newCaps(r.host.chain, r.bytes, r.order, r.first)
	if r.first == 0 {
		caps.state = ended
	}
	return caps
}
