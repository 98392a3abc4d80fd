/*
 * For compilers: the tests compile every proof, so that it follows changes of
 * the header even without a model checker. It is not run.
 */
extern __u8 nondet_u8(void);
extern __u32 nondet_u32(void);
extern __u64 nondet_u64(void);
extern __s64 nondet_s64(void);
extern int nondet_int(void);
#define ASSUME(condition)		((void)(condition))
#define PROVE(condition, words)		((void)(condition))
#define REACH(condition, words)		((void)(condition))
#define READ8(place)	(*(const __u8 *)(place))
#define READ16(place)	(*(const __u16 *)(place))
#define READ32(place)	(*(const __u32 *)(place))
#define READ64(place)	(*(const __u64 *)(place))
static const __u8 *source __attribute__((__unused__));
static __u64 source_size __attribute__((__unused__));
static inline __u8 *memory_of(__u32 size)
{
	return (__u8 *)malloc(size);
}
