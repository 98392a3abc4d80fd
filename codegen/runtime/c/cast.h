/* Names that start with CAPCHAIN__ or capchain__ are internal. */
#ifdef __cplusplus
#define CAPCHAIN__CAST(type, value)	static_cast<type>(value)
#else
#define CAPCHAIN__CAST(type, value)	((type)(value))
#endif
