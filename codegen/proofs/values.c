/*
 * A getter returns the values at the places of the fields, if the capability
 * has all bytes that its version requires, and reads nothing outside of it.
 *
 * For a capability of every size, any content, and an element of any index.
 *
 * breaks region: out->type = vfio_abi__u32(cap->bytes + 8); => out->type = vfio_abi__u32(cap->bytes + 4);
 * breaks device: if (cap->id != 2 || !cap->version) => if (cap->id != 2)
 * breaks region: out->size = vfio_abi__u64(bytes + 8); => out->size = vfio_abi__u64(bytes + 0);
 * breaks device: out->has_fh = cap->version >= 2; => out->has_fh = cap->version >= 1;
 * breaks type1: if (cap->size < 32) => if (cap->size < 36)
 * breaks type1: if (cap->size < 32) => if (cap->size < 28)
 * breaks region: if (nth >= from->areas.count) => if (nth > from->areas.count)
 * breaks region: if (nth >= array->count) => if (nth > array->count)
 * breaks region: count <= (size - start) / each; => count <= (size - start) / each + 1;
 */
#define EVERY_SIZE
#define CLAIM(condition, words)	PROVE(condition, words)
#include "proof.h"

void proof(void)
{
	const __u32 size = nondet_u32();
	const __u8 *bytes = memory_of(size);
	struct vfio_abi_cap cap;

	ASSUME(size >= CHAIN_HEADER);
	cap.bytes = bytes;
	cap.size = size;
	cap.at = nondet_u32();
	cap.id = CHAIN_ID(bytes);
	cap.version = CHAIN_VERSION(bytes);
	cap.next = nondet_u32();
	cap.known = nondet_int();
	PROVE(getters(&cap) <= 0 || (is_known(cap.id) && cap.version),
	      "only known capabilities are read");
}
