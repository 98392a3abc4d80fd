/*
 * The theorem of arguments that start with their size, of the function that
 * takes them as a kernel does. The kernels know OLD and NEW bytes, NEW of them
 * at least OLD; a program passes up to 16 bytes more than NEW.
 *
 * 1. A new kernel takes from an argument of an old program what the old kernel
 *    takes, and zeros.
 * 2. An old kernel takes an argument with a zero tail as without the tail.
 * 3. It refuses any other tail and changes nothing.
 *
 * wrong: at = size; => at = size + 1;
 * wrong: if (len < minsz) => if (len + 1 < minsz)
 * wrong: to[at] = 0; => to[at] = 1;
 * wrong: at < covered; => at + 1 < covered;
 */
#include <linux/types.h>
#include "../runtime/c/base.h"
#include "receive.h"

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
#define MOST	(NEW + 16)

void proof(void)
{
	__u8 argument[MOST], old[NEW], now[NEW], cut[NEW];
	const capchain_size known = nondet_size(), minsz = nondet_size();
	const capchain_size newer = nondet_size(), len = nondet_size();
	const __u8 mark = nondet_u8();
	capchain_size at, place = nondet_size();
	int zero_tail = 1, before, after, alone;

	ASSUME(minsz <= known && known <= newer && newer <= NEW && len <= MOST);
	for (at = 0; at < MOST; at++)
		argument[at] = nondet_u8();
	for (at = 0; at < NEW; at++)
		old[at] = now[at] = cut[at] = mark;
	for (at = known; at < len; at++)
		zero_tail &= !argument[at];

	before = capchain_receive(argument, len, old, known, minsz);
	after = capchain_receive(argument, len, now, newer, minsz);
	alone = capchain_receive(argument, len < known ? len : known, cut, known, minsz);
	ASSUME(place < NEW);

	PROVE((before == CAPCHAIN_RECEIVE_SHORT) == (len < minsz),
	      "exactly an argument that ends before minsz is short");
	PROVE((before == CAPCHAIN_RECEIVE_TAIL) ==
	      (len >= minsz && !zero_tail), "exactly another tail is refused");
	PROVE(before == 0 || old[place] == mark, "a refusal changes nothing");
	PROVE(place < known || old[place] == mark, "nothing else is written");
	PROVE(before != 0 || place >= known ||
	      old[place] == (place < len ? argument[place] : 0),
	      "each known byte is that of the argument, or zero");
	/* 1 */
	PROVE(len > known || after == before, "a new kernel decides as an old");
	PROVE(len > known || after || place >= known || now[place] == old[place],
	      "a new kernel takes the same bytes");
	PROVE(len > known || after || place < known || place >= newer ||
	      now[place] == 0, "a new kernel takes zeros for the others");
	/* 2 */
	PROVE(!zero_tail || before == alone, "a zero tail changes no result");
	PROVE(before || alone || place >= known || cut[place] == old[place],
	      "a zero tail changes no byte");
}
