/*
 * What proofs about replies share. CHAIN is the header that the tests write of
 * a chain.
 */
#ifndef PROOF_H
#define PROOF_H

#include "model.h"
#include "vfio_abi.h"

/* A claim about a value that a getter returns; values.c proves them. */
#ifndef CLAIM
#define CLAIM(condition, words)		((void)0)
#endif

static __u32 below(__u32 bound)
{
	__u32 number = nondet_u32();

	ASSUME(number < bound);
	return number;
}

/* Whether two arrays are equal: the number of elements, and any one byte. */
static int same_array(const struct vfio_abi_array *a,
		      const struct vfio_abi_array *b)
{
	const __u32 nth = nondet_u32(), byte = nondet_u32();

	if (a->count != b->count || a->each != b->each)
		return 0;
	if (nth >= a->count || byte >= a->each)
		return 1;
	return vfio_abi_element(a, nth)[byte] == vfio_abi_element(b, nth)[byte];
}

#include CHAIN

#endif
