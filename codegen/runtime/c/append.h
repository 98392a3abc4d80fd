/* The memory for some bytes of the chain; null if they are not written now. */
static inline __u8 *capchain__reply_room(struct capchain_reply_builder *to,
					 __u64 at, __u64 size)
{
	const int partial = to->profile->when_too_small == CAPCHAIN__PARTIAL;

	if (to->pass != 2 || !(to->fits || partial) || at > to->room ||
	    size > to->room - at)
		return CAPCHAIN__NULL;
	return to->bytes + at;
}

/* Writes a bit field of a header. */
static inline void capchain__reply_bits(__u8 *header,
					const struct capchain__bits *bits,
					__u64 value)
{
	__u64 number;

	if (!bits->width)
		return;
	number = capchain__number(header + bits->at, bits->width);
	number &= ~(bits->mask << bits->low);
	number |= (value & bits->mask) << bits->low;
	capchain__put(header + bits->at, bits->width, number);
}

/* The sum of two sizes, clamped just above 32 bits. */
static inline __u64 capchain__reply_sum(__u64 end, __u64 size)
{
	const __u64 most = 0x100000000;

	if (end > most || size > most || end + size > most)
		return most;
	return end + size;
}

/* Sets the next of the last capability to the current end. */
static inline void capchain__reply_link(struct capchain_reply_builder *to)
{
	const struct capchain__format *format = to->profile->format;

	if (to->last && to->end <= to->room)
		capchain__reply_bits(to->bytes + to->last, &format->next,
				     format->from_reply ? to->end
						       : to->end - to->last);
}

/*
 * Appends a capability: fixed bytes including its header, then an array of
 * count elements of each bytes. Only the header is set.
 */
static inline void capchain__reply_cap(struct capchain_reply_builder *to,
				       __u32 id, __u32 version, __u64 fixed,
				       __u32 each, __u32 count)
{
	const struct capchain_profile *profile = to->profile;
	const struct capchain__format *format = profile->format;
	const __u64 at = to->end;
	__u64 size, padding = 0;
	__u8 *bytes;

	if (to->pass == 2)
		capchain__reply_link(to);
	size = capchain__reply_sum(fixed, CAPCHAIN__CAST(__u64, each) * count);
	to->count++;
	to->array = at + fixed;
	to->each = each;
	to->end = capchain__reply_sum(at, size);
	if (size <= 0xffffffff)
		padding = CAPCHAIN__CAST(__u32, size) % profile->align;
	if (padding)
		padding = profile->align - padding;
	bytes = capchain__reply_room(to, at, size);
	to->last = bytes ? CAPCHAIN__CAST(__u32, at) : 0;
	if (bytes) {
		__builtin_memset(bytes, 0, CAPCHAIN__CAST(__u32, fixed));
		capchain__reply_bits(bytes, &format->id, id);
		capchain__reply_bits(bytes, &format->version, version);
		capchain__reply_bits(bytes, &format->next, format->end);
	}
	bytes = capchain__reply_room(to, to->end, padding);
	if (bytes && to->fits && !profile->preserves_padding)
		__builtin_memset(bytes, 0, CAPCHAIN__CAST(__u32, padding));
	to->end += padding;
}

/* Sets a field of the last capability. */
static inline void capchain__reply_set(struct capchain_reply_builder *to,
				       __u32 offset, __u32 width,
				       __u64 number)
{
	if (to->last)
		capchain__put(to->bytes + to->last + offset, width, number);
}

/* Sets bytes of the last capability. */
static inline void capchain__reply_bytes(struct capchain_reply_builder *to,
					 __u32 offset, const void *from,
					 capchain_size size)
{
	if (to->last && size)
		__builtin_memcpy(to->bytes + to->last + offset, from, size);
}

/* The memory for an element of the last capability; null as above. */
static inline __u8 *capchain__reply_element(struct capchain_reply_builder *to,
					    __u32 nth)
{
	const __u64 offset = CAPCHAIN__CAST(__u64, nth) * to->each;

	return capchain__reply_room(to, to->array + offset, to->each);
}

/* Copies all elements of the last capability, which have the reply's layout. */
static inline void capchain__reply_elements(struct capchain_reply_builder *to,
					    const void *from, __u32 count)
{
	const __u8 *bytes = CAPCHAIN__CAST(const __u8 *, from);
	__u8 *element;
	__u32 nth;

	for (nth = 0; nth < count; nth++, bytes += to->each) {
		element = capchain__reply_element(to, nth);
		if (!element)
			break;
		__builtin_memcpy(element, bytes, to->each);
	}
}

/*
 * Appends a capability with a header and the given body. If its id is known,
 * the body may end in an array.
 */
static inline void capchain_reply_append(struct capchain_reply_builder *to,
					 __u32 id, __u32 version,
					 const void *body, capchain_size size)
{
	const __u8 *bytes = CAPCHAIN__CAST(const __u8 *, body);
	const __u32 header = to->profile->format->size;
	const struct capchain__known_array *array = to->profile->arrays;
	__u32 start = capchain__len(size), count = 0;

	while (array->each && array->id != id)
		array++;
	if (array->each && array->at - header <= start &&
	    (start - (array->at - header)) % array->each == 0) {
		count = (start - (array->at - header)) / array->each;
		start = array->at - header;
	}
	capchain__reply_cap(to, id, version, CAPCHAIN__CAST(__u64, header) +
			    start, array->each, count);
	capchain__reply_bytes(to, header, bytes, start);
	capchain__reply_elements(to, bytes + start, count);
}
