/*
 * A getter returns the values at the places of the fields, if the capability
 * has all bytes that its version requires.
 *
 * For a capability of up to BYTES bytes, any content, and an element of any
 * index. The memory ends with the capability.
 *
 * breaks region: out->type = vfio_abi__u32(cap->bytes + 8); => out->type = vfio_abi__u32(cap->bytes + 4);
 * breaks device: if (cap->id != 2 || !cap->version) => if (cap->id != 2)
 * breaks region: out->size = vfio_abi__u64(bytes + 8); => out->size = vfio_abi__u64(bytes + 0);
 * breaks device: out->has_fh = cap->version >= 2; => out->has_fh = cap->version >= 1;
 * breaks type1: if (cap->size < 32) => if (cap->size < 36)
 */
#define CLAIM(condition, words)	PROVE(condition, words)
#include "proof.h"

void proof(void)
{
	const __u32 size = CHAIN_HEADER + below(BYTES - CHAIN_HEADER + 1);
	const __u8 *bytes = (__u8 *)malloc(BYTES) + BYTES - size;
	struct vfio_abi_cap cap;

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
