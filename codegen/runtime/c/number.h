/*
 * Integers in replies have the byte order of the host and the layout of a
 * 64-bit kernel, also in 32-bit programs: the kernel does not translate.
 * They are read and written at any alignment.
 */

static inline __u16 capchain__u16(const __u8 *bytes)
{
	__u16 number;

	__builtin_memcpy(&number, bytes, 2);
	return number;
}

static inline __u32 capchain__u32(const __u8 *bytes)
{
	__u32 number;

	__builtin_memcpy(&number, bytes, 4);
	return number;
}

static inline __u64 capchain__u64(const __u8 *bytes)
{
	__u64 number;

	__builtin_memcpy(&number, bytes, 8);
	return number;
}

/* Reads an integer of 1, 2, 4 or 8 bytes. */
static CAPCHAIN__INLINE __u64 capchain__number(const __u8 *bytes, __u32 width)
{
	switch (width) {
	case 1:
		return *bytes;
	case 2:
		return capchain__u16(bytes);
	case 4:
		return capchain__u32(bytes);
	default:
		return capchain__u64(bytes);
	}
}

/* Writes the low 1, 2, 4 or 8 bytes of an integer. */
static inline void capchain__put(__u8 *bytes, __u32 width, __u64 number)
{
	__u16 number16 = CAPCHAIN__CAST(__u16, number);
	__u32 number32 = CAPCHAIN__CAST(__u32, number);

	switch (width) {
	case 1:
		*bytes = CAPCHAIN__CAST(__u8, number);
		break;
	case 2:
		__builtin_memcpy(bytes, &number16, 2);
		break;
	case 4:
		__builtin_memcpy(bytes, &number32, 4);
		break;
	default:
		__builtin_memcpy(bytes, &number, 8);
	}
}

/* A size in 32 bits, as the protocol has sizes; larger sizes are clamped. */
static inline __u32 capchain__len(__u64 len)
{
	return len > 0xffffffff ? 0xffffffff : CAPCHAIN__CAST(__u32, len);
}
