/*
 * Clears the first size bytes of a buffer of len bytes for an argument. Null if
 * the buffer is too small, or if size is 0.
 */
static inline __u8 *capchain__argument(void *buf, capchain_size len,
				       capchain_size size)
{
	__u8 *bytes = CAPCHAIN__CAST(__u8 *, buf);

	if (!size || size > len)
		return CAPCHAIN__CAST(__u8 *, CAPCHAIN__NULL);
	__builtin_memset(bytes, 0, size);
	return bytes;
}

/* The size of an argument with an array; 0 if it exceeds 32 bits. */
static inline capchain_size capchain__array_end(__u32 start,
						capchain_size count,
						__u32 each)
{
	const __u32 most = 0xffffffff;

	if (count > (most - start) / each)
		return 0;
	return start + count * each;
}

/* Whether an integer of width bytes can hold count * each. */
static inline int capchain__holds_length(__u32 width, capchain_size count,
					 __u32 each)
{
	const __u64 most = 0xffffffffffffffffULL >> (64 - 8 * width);

	return count <= most / each;
}

/*
 * Whether count elements have one bit for each page of a range. A page size
 * that is no power of two is refused, as a kernel can round it down, and so is
 * an empty range.
 */
static inline int capchain__holds_bitmap(capchain_size count, __u32 each,
					 __u64 range, __u64 page)
{
	const __u64 wide = CAPCHAIN__CAST(__u64, each) * 8;
	__u64 bits;

	if (!range || !page || (page & (page - 1)))
		return 0;
	bits = range / page + (range % page != 0);
	return bits / wide + (bits % wide != 0) <= count;
}

/* Sets the bits of a number in an integer of 1, 2, 4 or 8 bytes of memory. */
static inline void capchain__or(__u8 *bytes, __u32 width, __u64 number)
{
	capchain__put(bytes, width, capchain__number(bytes, width) | number);
}

/* Copies memory, which may be null if size is 0. */
static inline void capchain__copy(__u8 *bytes, const void *from,
				  capchain_size size)
{
	if (size)
		__builtin_memcpy(bytes, from, size);
}

/* The address of memory as a number of 64 bits. */
static inline __u64 capchain__address(const void *memory)
{
	__UINTPTR_TYPE__ address;

	__builtin_memcpy(&address, &memory, sizeof(address));
	return address;
}

/* Copies the results at an offset; bytes after the buffer are zero. */
static inline void capchain__results(void *to, capchain_size size,
				     const void *buf, capchain_size len,
				     capchain_size at)
{
	capchain_size known = len > at ? len - at : 0;
	__u8 *bytes = CAPCHAIN__CAST(__u8 *, to);

	__builtin_memset(bytes, 0, size);
	if (known)
		__builtin_memcpy(bytes, CAPCHAIN__CAST(const __u8 *, buf) + at,
				 known < size ? known : size);
}
