/*
 * Builds replies by every profile of the header. Compiled together with
 * header.h, which includes the generated header and defines ABI(), and
 * profiles.h; both are written by the tests from the resolved ABI.
 */
#include <stdlib.h>
#include <string.h>
#include "header.h"
#include "profiles.h"

/* A capability to be written; reply.rs has the same. */
struct new_cap {
	__u32	id;
	__u32	version;
	const __u8 *body;
	size_t	size;
};

/* Writes a reply; returns its need, or 0 if the request is refused. */
__u32 build_reply(size_t profile, __u8 *bytes, size_t len, const __u64 *values,
		  const struct new_cap *caps, size_t count);
__u32 build_reply(size_t profile, __u8 *bytes, size_t len, const __u64 *values,
		  const struct new_cap *caps, size_t count)
{
	struct ABI(reply_builder) to;

	if (ABI(reply_begin)(&to, profiles[profile].profile, bytes, len))
		return 0;
	while (ABI(reply_pass)(&to)) {
		profiles[profile].fixed(&to, values);
		for (size_t nth = 0; nth < count; nth++)
			ABI(reply_append)(&to, caps[nth].id, caps[nth].version,
					  caps[nth].body, caps[nth].size);
	}
	return to.need;
}
