/* The offsets in a reply that ends in an array. */
struct capchain__counted_format {
	__u32	size;		/* bytes before the array */
	__u32	argsz;
	__u32	count;
	__u32	count_width;
	__u32	each;		/* size of an element */
};

/* The size of a reply with all of its elements, clamped to 32 bits. */
static inline __u32 capchain__counted_size(
		const struct capchain__counted_format *format,
		const __u8 *bytes)
{
	const __u64 count = capchain__number(bytes + format->count,
					     format->count_width);

	if (count > (0xffffffff - format->size) / format->each)
		return 0xffffffff;
	return CAPCHAIN__CAST(__u32, format->size + count * format->each);
}

/* Reads the reply in a buffer; no elements if they are not all in it. */
static inline int capchain__counted_parse(
		const struct capchain__counted_format *format,
		struct capchain_array *array, __u32 *need, const void *buf,
		capchain_size len)
{
	const __u8 *bytes = CAPCHAIN__CAST(const __u8 *, buf);
	__u64 count;

	if (len < format->size)
		return CAPCHAIN_TOO_SHORT;
	count = capchain__number(bytes + format->count, format->count_width);
	array->bytes = bytes + format->size;
	array->each = format->each;
	if (capchain__holds(capchain__len(len), format->size, count,
			    format->each))
		array->count = CAPCHAIN__CAST(__u32, count);
	else
		*need = capchain__counted_size(format, bytes);
	return 0;
}

/* Sets need if not all elements fit, also after a call that failed for that. */
static inline int capchain__read_counted(const void *format,
					 struct capchain_reply *reply,
					 const struct capchain_request *request,
					 int result)
{
	const __u8 *bytes = CAPCHAIN__CAST(const __u8 *, request->buf);
	const __u32 size = capchain__counted_size(
		CAPCHAIN__CAST(const struct capchain__counted_format *, format),
		bytes);

	reply->bytes = bytes;
	if (size > request->len)
		reply->need = size;
	return result;
}

/*
 * Calls until all elements fit. A call that fails is repeated with a larger
 * buffer if its count shows that the buffer was too small.
 */
static inline int capchain__ask_counted(
		struct capchain_request *request,
		const struct capchain__counted_format *format,
		struct capchain_reply *reply)
{
	const struct capchain__input none = { 0, 0, 0 };
	const struct capchain__question question = {
		format->size, format->argsz, &none, CAPCHAIN__NULL, format,
		capchain__read_counted
	};

	return capchain__ask(request, &question, reply);
}
