//go:build armbe || arm64be || m68k || mips || mips64 || mips64p32 || ppc || ppc64 || s390 || s390x || sparc || sparc64

package abi

import "encoding/binary"

// Native is the byte order of this machine, and so of its kernel.
var Native binary.ByteOrder = binary.BigEndian
