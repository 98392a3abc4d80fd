/*
 * The size of data up to the last byte that is not zero, but at least minsz: the
 * kernel reads zeros in place of missing bytes, and an older kernel refuses
 * bytes that it does not know.
 */
static inline capchain_size capchain__used(const void *data,
					   capchain_size size,
					   capchain_size minsz)
{
	const __u8 *bytes = CAPCHAIN__CAST(const __u8 *, data);

	while (size > minsz && !bytes[size - 1])
		size--;
	return size;
}
