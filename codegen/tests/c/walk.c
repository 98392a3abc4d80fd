/*
 * The walk in codegen/runtime/c over chains other than those of VFIO: the
 * capabilities of PCI, the extended ones of PCIe, and offsets that count from
 * the header.
 */
#include <linux/types.h>
#include "base.h"
#include "number.h"
#include "error.h"
#include "walk.h"
#include "body.h"
#include "check.h"

/* __u8 id, __u8 next. */
static const struct capchain__format pci = {
	2, 4, { 0, 1, 0, 0xff }, { 0, 0, 0, 0 }, { 1, 1, 0, 0xff }, 0, 1
};

/* One __u32: 16 bits id, 4 bits version, 12 bits next. */
static const struct capchain__format pcie = {
	4, 4, { 0, 4, 0, 0xffff }, { 0, 4, 16, 0xf }, { 0, 4, 20, 0xfff }, 0, 1
};

/* __u64 id, __u64 distance to the next, which ends with all bits set. */
static const struct capchain__format wide = {
	16, 16, { 0, 8, 0, 0xffffffff }, { 0, 0, 0, 0 },
	{ 8, 8, 0, 0xffffffffffffffffULL }, 0xffffffffffffffffULL, 0
};

static struct capchain_walk walk;
static struct capchain_cap cap;

static void goes_to(const struct capchain__format *format, __u32 at, __u32 id,
		    __u32 version)
{
	SAME(capchain__visit(format, &walk, &cap), 1);
	SAME(cap.at, at);
	SAME(cap.id, id);
	SAME(cap.version, version);
}

static void pci_capabilities(void)
{
	unsigned char space[256] = { 0 };

	space[0x34] = 0x40;
	memcpy(space + 0x40, (__u8[]) { 0x01, 0x50 }, 2);
	memcpy(space + 0x50, (__u8[]) { 0x05, 0xfe }, 2);
	memcpy(space + 0xfe, (__u8[]) { 0x10, 0x00 }, 2);
	walk = capchain__start(&pci, space, 256, 0x40, space[0x34]);
	goes_to(&pci, 0x40, 0x01, 1);
	SAME(cap.size, 0x10);
	goes_to(&pci, 0x50, 0x05, 1);
	goes_to(&pci, 0xfe, 0x10, 1);
	SAME(cap.size, 2);
	SAME(capchain__visit(&pci, &walk, &cap), 0);

	space[0xff] = 0x40;
	walk = capchain__start(&pci, space, 256, 0x40, space[0x34]);
	SAME(walk.left, 64);
	for (int count = 0; count < 64; count++)
		SAME(capchain__visit(&pci, &walk, &cap), 1);
	SAME(capchain__visit(&pci, &walk, &cap), CAPCHAIN_CYCLE);

	walk = capchain__start(&pci, space, 256, 0x40, 0x3f);
	SAME(capchain__visit(&pci, &walk, &cap), CAPCHAIN_INSIDE_FIXED);
	walk = capchain__start(&pci, space, 256, 0x40, 0xff);
	SAME(capchain__visit(&pci, &walk, &cap), CAPCHAIN_HEADER_CUT);
	walk = capchain__start(&pci, space, 64, 0x40, 0x40);
	SAME(capchain__visit(&pci, &walk, &cap), CAPCHAIN_OUT_OF_BOUNDS);
}

static void pcie_capabilities(void)
{
	unsigned char space[4096] = { 0 };

	put32(space, 0x100, 0x0001u | 2u << 16 | 0x148u << 20);
	put32(space, 0x148, 0x000bu | 1u << 16 | 0xffcu << 20);
	put32(space, 0xffc, 0xabcdu | 15u << 16);
	walk = capchain__start(&pcie, space, 4096, 0x100, 0x100);
	goes_to(&pcie, 0x100, 0x0001, 2);
	SAME(cap.size, 0x48);
	goes_to(&pcie, 0x148, 0x000b, 1);
	goes_to(&pcie, 0xffc, 0xabcd, 15);
	SAME(cap.size, 4);
	SAME(capchain__visit(&pcie, &walk, &cap), 0);
	SAME(capchain__visit(&pcie, &walk, &cap), 0);
}

static void distances_from_the_header(void)
{
	unsigned char bytes[64] = { 0 };
	unsigned char *copy;

	put64(bytes, 0, 7);
	put64(bytes, 8, 48);
	put64(bytes, 48, 0x100000008);
	put64(bytes, 56, ~0ULL);
	copy = exact(bytes, 64);
	walk = capchain__start(&wide, copy, 64, 0, 0);
	goes_to(&wide, 0, 7, 1);
	SAME(cap.next, 48);
	goes_to(&wide, 48, 8, 1);
	SAME(cap.next, 0);
	SAME(capchain__visit(&wide, &walk, &cap), 0);

	/*
	 * A distance of 0 is a cycle; one that overflows is after every reply.
	 */
	put64(bytes, 8, 0);
	walk = capchain__start(&wide, bytes, 64, 0, 0);
	goes_to(&wide, 0, 7, 1);
	SAME(capchain__visit(&wide, &walk, &cap), CAPCHAIN_CYCLE);
	SAME(walk.error.at, 0);
	put64(bytes, 56, ~0ULL - 1);
	walk = capchain__start(&wide, bytes, 64, 0, 48);
	goes_to(&wide, 48, 8, 1);
	SAME(cap.next, 0xffffffff);
	SAME(capchain__visit(&wide, &walk, &cap), CAPCHAIN_OUT_OF_BOUNDS);
	SAME(walk.error.at, 0xffffffff);
}

static void arrays(void)
{
	static const __u8 bytes[20];
	struct capchain_array array;

	memset(&cap, 0, sizeof(cap));
	cap.bytes = bytes;
	cap.size = sizeof(bytes);
	SAME(capchain__tail_from(&array, &cap, 4, 6), 1);
	SAME(array.count, 2);
	CHECK(capchain_element(&array, 1) == bytes + 10);
	CHECK(!capchain_element(&array, 2));
	SAME(capchain__tail_from(&array, &cap, 21, 1), 1);
	SAME(array.count, 0);
	SAME(capchain__elements(&array, &cap, 4, 2, 8), 1);
	SAME(capchain__elements(&array, &cap, 4, 3, 8),
	     CAPCHAIN_COUNT_OUT_OF_BOUNDS);
	SAME(capchain__elements(&array, &cap, 4, 0x2000000000000000, 8),
	     CAPCHAIN_COUNT_OUT_OF_BOUNDS);
	SAME(capchain__elements(&array, &cap, 21, 0, 8),
	     CAPCHAIN_COUNT_OUT_OF_BOUNDS);
}

static void numbers(void)
{
	unsigned char bytes[16] = { 0 };

	for (__u32 width = 1; width <= 8; width *= 2) {
		capchain__put(bytes + 1, width, 0x1122334455667788);
		SAME(capchain__number(bytes + 1, width),
		     0x1122334455667788 & (width == 8 ? ~0ULL
					   : (1ULL << width * 8) - 1));
		SAME(bytes[width + 1], 0);
		SAME(bytes[0], 0);
	}
	SAME(capchain__len(0xffffffff), 0xffffffff);
	SAME(capchain__len(0x100000000), 0xffffffff);
}

static void texts(void)
{
	const char *last = capchain_error_text(0);

	for (int kind = CAPCHAIN_OVERLAP; kind <= CAPCHAIN_TOO_SHORT; kind++) {
		CHECK(strcmp(capchain_error_text(kind), last));
		last = capchain_error_text(kind);
	}
}

int main(void)
{
	pci_capabilities();
	pcie_capabilities();
	distances_from_the_header();
	arrays();
	numbers();
	texts();
	return 0;
}
