/* Names that start with CAPCHAIN__ or capchain__ are internal. */
#ifdef __cplusplus
#define CAPCHAIN__CAST(type, value)	static_cast<type>(value)
#define CAPCHAIN__NULL			nullptr
#else
#define CAPCHAIN__CAST(type, value)	((type)(value))
#define CAPCHAIN__NULL			((void *)0)
#endif

/* size_t, without <stddef.h>. */
typedef __SIZE_TYPE__ capchain_size;
