/*
 * The length of data that a request passes, and what kernels of both ages make of
 * data of that length. The old kernel knows OLD bytes of them, the new one NEW
 * bytes, and neither takes longer data.
 *
 * 1. Every byte after the length is zero, so that no value is lost.
 * 2. The length is at least minsz, and never more than the struct.
 * 3. An old kernel takes the data exactly if the bytes that it does not know are zero.
 *
 * wrong: size > minsz => size > minsz + 1
 * wrong: !bytes[size - 1] => bytes[size - 1]
 * wrong: size--; => size -= 2;
 */
#include <linux/types.h>
#include "../runtime/c/base.h"
#include "typed.h"

#ifdef __CPROVER__
__u8 nondet_u8(void);
__SIZE_TYPE__ nondet_size(void);
#define ASSUME(condition)		__CPROVER_assume(condition)
#define PROVE(condition, words)		__CPROVER_assert(condition, words)
#else
extern __u8 nondet_u8(void);
extern __SIZE_TYPE__ nondet_size(void);
#define ASSUME(condition)		((void)(condition))
#define PROVE(condition, words)		((void)(condition))
#endif

#ifndef NEW
#define NEW	8
#endif

void proof(void)
{
	__u8 data[NEW];
	const capchain_size size = nondet_size(), minsz = nondet_size();
	const capchain_size known = nondet_size();
	capchain_size at, used, place = nondet_size();
	int zero_tail = 1;

	ASSUME(minsz <= known && known <= size && size <= NEW);
	for (at = 0; at < NEW; at++)
		data[at] = nondet_u8();
	for (at = known; at < size; at++)
		zero_tail &= !data[at];

	used = capchain__used(data, size, minsz);
	ASSUME(place < size);

	/* 1 */
	PROVE(place < used || data[place] == 0, "no value is lost");
	/* 2 */
	PROVE(used >= minsz && used <= size, "the length is one of the struct");
	PROVE(used == minsz || data[used - 1], "the length ends at a value");
	/* 3 */
	PROVE((used <= known) == zero_tail, "an old kernel takes what it knows");
}
