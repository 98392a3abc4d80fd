/*
 * For compilers: a proof is compiled by the tests, so that it keeps up with the
 * header where no model checker is at hand. It is not run.
 */
extern __u8 nondet_u8(void);
extern __u32 nondet_u32(void);
extern __u64 nondet_u64(void);
extern int nondet_int(void);
#define ASSUME(condition)		((void)(condition))
#define PROVE(condition, words)		((void)(condition))
#define REACH(condition, words)		((void)(condition))
