/* Names that start with CAPCHAIN__ or capchain__ are internal. */
#ifdef __cplusplus
#define CAPCHAIN__CAST(type, value)	static_cast<type>(value)
#define CAPCHAIN__NULL			nullptr
#else
#define CAPCHAIN__CAST(type, value)	((type)(value))
#define CAPCHAIN__NULL			((void *)0)
#endif

/* Inline, so that structs in arguments stay in registers; also with -Os. */
#define CAPCHAIN__INLINE	inline __attribute__((__always_inline__))

/*
 * Sets a struct to zero. In C by assignment: memset needs its address, and gcc
 * then keeps the struct in memory.
 */
#ifdef __cplusplus
#define CAPCHAIN__CLEAR(to)	__builtin_memset(to, 0, sizeof(*(to)))
#else
#define CAPCHAIN__CLEAR(to)				\
	do {						\
		__typeof__(*(to)) none = { 0 };		\
							\
		*(to) = none;				\
	} while (0)
#endif

/* size_t, without <stddef.h>. */
typedef __SIZE_TYPE__ capchain_size;
