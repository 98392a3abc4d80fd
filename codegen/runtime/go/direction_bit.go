//go:build mips || mipsle || mips64 || mips64le || mips64p32 || mips64p32le || ppc || ppc64 || ppc64le || sparc || sparc64

package abi

// iocNone has the bits of an ioctl number without a direction.
const iocNone = 1 << 29
