/*
 * For compilers: the tests compile every proof, so that it follows changes of
 * the header even without a model checker. It is not run.
 */
extern __u8 nondet_u8(void);
extern __u32 nondet_u32(void);
extern __u64 nondet_u64(void);
extern int nondet_int(void);
#define ASSUME(condition)		((void)(condition))
#define PROVE(condition, words)		((void)(condition))
#define REACH(condition, words)		((void)(condition))
