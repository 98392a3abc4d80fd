/*
 * What all proofs share: any values, what is claimed, and the compiler's
 * functions in a form that a model checker can look into.
 *
 * BYTES is the bound of buffers. A proof for every size defines EVERY_SIZE; see
 * every_size.h. Compilers read stubs.h instead.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdlib.h>
#include <linux/types.h>

#ifdef __CPROVER__
__u8 nondet_u8(void);
__u32 nondet_u32(void);
__u64 nondet_u64(void);
__s64 nondet_s64(void);
int nondet_int(void);
#define ASSUME(condition)		__CPROVER_assume(condition)
#ifdef REACHING
/* The only claim is that this is impossible; the proof must find it false. */
#define PROVE(condition, words)		((void)(condition))
#define REACH(condition, words)		__CPROVER_assert(!(condition), words)
#else
#define PROVE(condition, words)		__CPROVER_assert(condition, words)
#define REACH(condition, words)		((void)0)
#endif

#ifdef EVERY_SIZE
#include "every_size.h"
#else
#define READ8(place)	(*(const __u8 *)(place))
#define READ16(place)	(*(const __u16 *)(place))
#define READ32(place)	(*(const __u32 *)(place))
#define READ64(place)	(*(const __u64 *)(place))

/*
 * Copies of 2, 4 and 8 bytes are reads and writes of numbers. All accesses of
 * the functions that use them are checked.
 */
static inline void proof_copy(void *to, const void *from, __SIZE_TYPE__ size)
{
	__u8 *target = (__u8 *)to;
	const __u8 *source = (const __u8 *)from;
	__SIZE_TYPE__ at;

	if (size == 2)
		*(__u16 *)to = *(const __u16 *)from;
	else if (size == 4)
		*(__u32 *)to = *(const __u32 *)from;
	else if (size == 8)
		*(__u64 *)to = *(const __u64 *)from;
	else
		for (at = 0; at < size; at++)
			target[at] = source[at];
}

static inline void proof_zero(__u8 *to, __SIZE_TYPE__ size)
{
	__SIZE_TYPE__ at;

	for (at = 0; at < size; at++)
		to[at] = 0;
}
#endif

#define __builtin_memcpy	proof_copy
/* A struct as a whole, so that its pointers stay pointers. */
#define __builtin_memset(to, byte, size) \
do { \
	if (sizeof(*(to)) == (size)) \
		*(to) = (__typeof__(*(to))){ 0 }; \
	else \
		proof_zero((__u8 *)(to), size); \
} while (0)
#else
#include "stubs.h"
#endif

#endif
