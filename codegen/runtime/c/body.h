/* The array after the fields of a body, in place in the reply. */
struct capchain_array {
	const __u8 *bytes;
	__u32	count;
	__u32	each;		/* size of an element in bytes */
};

/* Checks that a known body has all bytes of its version. */
static CAPCHAIN__INLINE int capchain__body(struct capchain_walk *walk,
					   struct capchain_cap *cap, __u32 need)
{
	cap->known = 1;
	if (need <= cap->size)
		return 1;
	if (need > walk->len - cap->at)
		return capchain__fail(walk, CAPCHAIN_BODY_SHORT, cap->at,
				      cap->id, need);
	return capchain__fail(walk, CAPCHAIN_OVERLAP, cap->at, cap->id,
			      cap->next);
}

/* Whether count elements of each bytes fit between start and size. */
static inline int capchain__holds(__u32 size, __u32 start, __u64 count,
				  __u32 each)
{
	return start <= size && count <= (size - start) / each;
}

/* Checks that a known body has all elements of its array. */
static inline int capchain__counted(struct capchain_walk *walk,
				    const struct capchain_cap *cap,
				    __u32 start, __u64 count, __u32 each)
{
	if (capchain__holds(cap->size, start, count, each))
		return 1;
	if (!capchain__holds(walk->len - cap->at, start, count, each))
		return capchain__fail(walk, CAPCHAIN_COUNT_OUT_OF_BOUNDS,
				      cap->at, cap->id, count);
	return capchain__fail(walk, CAPCHAIN_OVERLAP, cap->at, cap->id,
			      cap->next);
}

/* The array of a capability, if it is complete. */
static inline int capchain__elements(struct capchain_array *array,
				     const struct capchain_cap *cap,
				     __u32 start, __u64 count, __u32 each)
{
	if (!capchain__holds(cap->size, start, count, each))
		return CAPCHAIN_COUNT_OUT_OF_BOUNDS;
	array->bytes = cap->bytes + start;
	array->count = CAPCHAIN__CAST(__u32, count);
	array->each = each;
	return 1;
}

/* All whole elements up to the end of a capability. */
static inline int capchain__tail_from(struct capchain_array *array,
				      const struct capchain_cap *cap,
				      __u32 start, __u32 each)
{
	array->bytes = start <= cap->size ? cap->bytes + start : cap->bytes;
	array->count = start <= cap->size ? (cap->size - start) / each : 0;
	array->each = each;
	return 1;
}

/* The bytes of an element of an index below the count. */
static inline const __u8 *capchain__element(const struct capchain_array *array,
					    __u32 nth)
{
	return array->bytes + CAPCHAIN__CAST(capchain_size, nth) * array->each;
}

/* The bytes of an element; a null pointer if the index is too large. */
static inline const __u8 *capchain_element(const struct capchain_array *array,
					   __u32 nth)
{
	if (nth >= array->count)
		return CAPCHAIN__NULL;
	return capchain__element(array, nth);
}
