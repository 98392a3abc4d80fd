/*
 * A body whose bits decide which fields exist, where they are and how many
 * elements there are, is read exactly if it is complete, an incomplete one says
 * how much it needs, and each value is read from its place.
 *
 * For a body of every size up to the end of its fields and two elements, or four of the
 * shortest, and every content of the body, of the start of its space and of the capability of
 * another chain on which it depends, which can have any size and no byte. CHAIN is a header
 * that the tests write for a capability: its claims are straight-line code, and the header of
 * the ABI computes the same from tables.
 *
 * breaks standard_msi: gap += part->size; => gap += 0;
 * breaks standard_msi: end = pci_abi__space_place(cap, layout, part->at) + part->size; => end = pci_abi__space_place(cap, layout, part->at);
 * breaks standard_msi: if (part->at < at && pci_abi__space_first_row => if (part->at <= at && pci_abi__space_first_row
 * breaks standard_ea: return end + each->bits.at + each->bits.width; => return end + each->bits.at;
 * breaks standard_sata: if (found && part->first <= value && value <= part->last) => if (found && value <= part->last)
 * breaks extended_vc: *value = (*value + quantity->plus) * quantity->unit; => *value = *value * quantity->unit;
 * breaks extended_err: return known ? 1 : -1; => return 1;
 * breaks extended_err: of.size = cap->other_size; => of.size = cap->size;
 */
#include "model.h"

/* The start of the space, which conditions can read. */
#define BODY_START	64

/* A little-endian number. */
static __u64 number(const __u8 *bytes, __u64 at, __u32 width)
{
	__u64 number = 0;
	__u32 nth;

	for (nth = width; nth > 0; nth--)
		number = number << 8 | bytes[at + nth - 1];
	return number;
}

#include CHAIN

/* The body follows the start of the space and the other capability. */
#define BODY_AT		(BODY_START + (OTHER_MOST + 3) / 4 * 4)

void proof(void)
{
	__u8 bytes[BODY_AT + BODY_MOST + 8];
	const __u32 size = nondet_u32();
	const __u32 other_size = nondet_u32();
	SPACE space;
	CAP cap;

	ASSUME(size <= BODY_MOST);
	ASSUME(other_size <= OTHER_MOST);
	space = SPACE_OF(bytes, BODY_AT + size);
	__builtin_memset(&cap, 0, sizeof(cap));
	cap.space = &space;
	cap.at = BODY_AT;
	cap.id = BODY_ID;
	cap.version = 1;
	cap.size = size;
	cap.other_at = BODY_START;
	cap.other_size = other_size;
	body(&cap, bytes, bytes + BODY_START, bytes + BODY_AT, size);
}
