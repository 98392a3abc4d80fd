/*
 * Memory of every size, for proofs about functions that do not read what they
 * have written.
 *
 * The content is a function from offsets to numbers: any function, so any
 * content, with the same number for every read of one place. The solver has no
 * array of bytes, so its work does not depend on the size. Every access is
 * checked against the size; a write is not kept.
 */
static const __u8 *memory;
static __u64 memory_size;

/* A second memory, which is only read, as a whole. */
static const __u8 *source;
static __u64 source_size;

__u16 __CPROVER_uninterpreted_u16(__u32 at);
__u32 __CPROVER_uninterpreted_u32(__u32 at);
__u64 __CPROVER_uninterpreted_u64(__u32 at);

#define AT(place)	((__u32)__CPROVER_POINTER_OFFSET(place))

/* Functions of the header read single bytes without a copy. */
#define READ8(place)	(*(const __u8 *)(place))
#define READ16(place)	__CPROVER_uninterpreted_u16(AT(place))
#define READ32(place)	__CPROVER_uninterpreted_u32(AT(place))
#define READ64(place)	__CPROVER_uninterpreted_u64(AT(place))

/* Memory of this size, for the only reply, capability or buffer of a proof. */
static __u8 *memory_of(__u32 size)
{
	memory = (const __u8 *)malloc(size);
	memory_size = size;
	return (__u8 *)memory;
}

/* Whether a pointer is one into the memory, whatever its offset. */
#define IN_MEMORY(place)	__CPROVER_same_object(place, memory)

static inline void check_access(const void *place, __SIZE_TYPE__ size)
{
	const __u64 at = __CPROVER_POINTER_OFFSET(place);

	__CPROVER_assert(at <= memory_size && size <= memory_size - at,
			 "all bytes of an access are in the memory");
}

static inline void proof_copy(void *to, const void *from, __SIZE_TYPE__ size)
{
	if (source && __CPROVER_same_object(from, source)) {
		__CPROVER_assert(from == source && size <= source_size,
				 "no more is copied than there is");
		check_access(to, size);
		return;
	}
	if (IN_MEMORY(to)) {
		check_access(to, size);
		return;
	}
	if (IN_MEMORY(from))
		check_access(from, size);
	switch (size) {
	case 2:
		*(__u16 *)to = IN_MEMORY(from) ? READ16(from)
					       : *(const __u16 *)from;
		break;
	case 4:
		*(__u32 *)to = IN_MEMORY(from) ? READ32(from)
					       : *(const __u32 *)from;
		break;
	case 8:
		*(__u64 *)to = IN_MEMORY(from) ? READ64(from)
					       : *(const __u64 *)from;
		break;
	default:
#ifdef COPIES_WORDS
		if (IN_MEMORY(from) && size % 8 == 0) {
			const __SIZE_TYPE__ words = size / 8;
			__SIZE_TYPE__ at;

			for (at = 0; at < words; at++)
				((__u64 *)to)[at] =
					READ64((const __u8 *)from + 8 * at);
			break;
		}
#endif
		/* No claim reads the copy. */
		__CPROVER_assert(__CPROVER_w_ok(to, size),
				 "a copy fits its destination");
	}
}

static inline void proof_zero(__u8 *to, __SIZE_TYPE__ size)
{
	__SIZE_TYPE__ at;

	if (IN_MEMORY(to)) {
		check_access(to, size);
		return;
	}
	for (at = 0; at < size; at++)
		to[at] = 0;
}
