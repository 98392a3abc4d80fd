/*
 * Replies of kernels and libvfio-user, written as their sources do. The
 * caller's memory is bytes; each function returns 0, or -1 for EINVAL.
 */

/* A capability in a driver: header, body, and an array after the body. */
struct driver_cap {
	unsigned id, version;
	const void *body;	/* after the header */
	__u32	size;
	const void *elements;
	__u32	each, count;
	int	joined;		/* the array follows the body */
};

/* The values of a driver, without fields of the protocol. */
struct driver {
	unsigned char fixed[64];
	const struct driver_cap *caps;
	int	count;
};

/* vfio_info_cap_add(): the chain, whose first capability is at start. */
static inline __u32 chain(const struct driver *driver, __u32 start,
			  __u32 align, unsigned char *bytes)
{
	__u32 size = 0, last = 0;

	for (int nth = 0; nth < driver->count; nth++) {
		const struct driver_cap *cap = &driver->caps[nth];
		__u32 array = cap->each * cap->count;

		if (nth)
			put32(bytes, last + 4, start + size);
		last = size;
		header(bytes, size, cap->id, cap->version, 0);
		if (cap->size)
			memcpy(bytes + size + 8, cap->body, cap->size);
		if (array)
			memcpy(bytes + size + 8 + cap->size, cap->elements,
			       array);
		size += 8 + cap->size + array;
		for (; size % align; size++)
			bytes[size] = 0;
	}
	return size;
}

/* The differences between the handlers. */
struct handler {
	__u32	minsz, caps, cap_offset;
	__u32	ends[3];	/* size of the fixed part; 0: as much as fits */
	__u32	at, align;
	int	echoes;		/* cap_offset and all else */
	int	user;		/* 1: as libvfio-user does, 2: as rust-vmm */
};

static inline int handle(const struct handler *handler,
			 const struct driver *driver, unsigned char *bytes)
{
	unsigned char info[64] = { 0 }, tail[1024];
	__u32 argsz = get32(bytes, 0), flags = get32(driver->fixed, 4);
	__u32 size, copied = 0;

	if (argsz < handler->minsz)
		return -1;
	if (handler->echoes || handler->user)
		memcpy(info, bytes, handler->minsz);
	if (handler->user)
		put32(info, handler->cap_offset, 0);
	for (__u32 at = 8; at < handler->minsz; at++)
		/* cap_offset is the protocol's, and 8 a region's index. */
		if (at - handler->cap_offset >= 4 &&
		    !(handler->minsz == 32 && at < 12))
			info[at] = driver->fixed[at];
	put32(info, 0, argsz);
	size = chain(driver, handler->at, handler->align, tail);
	if (size && argsz < handler->at + size) {
		put32(info, 0, handler->at + size);
		flags |= handler->user == 1 ? 0 : handler->caps;
		put32(info, handler->cap_offset,
		      handler->user == 2 ? handler->at : 0);
	} else if (size) {
		flags |= handler->caps;
		memcpy(bytes + handler->at, tail, size);
		put32(info, handler->cap_offset, handler->at);
	}
	if (handler->user)
		put32(info, 0, handler->at + size);
	put32(info, 4, flags);
	if (!handler->ends[0])
		copied = argsz < handler->at ? argsz : handler->at;
	for (int nth = 0; nth < 3; nth++)
		if (handler->ends[nth] && handler->ends[nth] <= argsz)
			copied = handler->ends[nth];
	memcpy(bytes, info, copied);
	return 0;
}

/* iommufd_vfio_iommu_get_info(), with what fills in each capability. */
static inline int handle_iommufd(__u32 align, const struct driver *driver,
				 unsigned char *bytes)
{
	unsigned char info[24] = { 0 };
	__u32 argsz = get32(bytes, 0), total = 24, last = 0;

	if (argsz < 16)
		return -1;
	memcpy(info + 8, driver->fixed + 8, 8);
	for (int nth = 0; nth < driver->count; nth++) {
		const struct driver_cap *cap = &driver->caps[nth];
		__u32 start = 8 + cap->size;
		__u32 avail = argsz > total ? argsz - total : 0;
		__u32 size = start + cap->each * cap->count;
		unsigned char *cur = bytes + total;

		for (__u32 i = 0; i < cap->count; i++) {
			__u32 end = start + cap->each * (i + 1);
			const unsigned char *from = cap->elements;

			if (avail >= end)
				memcpy(cur + end - cap->each,
				       from + cap->each * i, cap->each);
		}
		if (avail >= size) {
			header(cur, 0, cap->id, cap->version, 0);
			if (cap->size)
				memcpy(cur + 8, cap->body, cap->size);
		}
		if (last && argsz >= total)
			put32(bytes, last + 4, total);
		last = total;
		total += (size + align - 1) / align * align;
	}
	put32(info, 16, argsz >= total ? 24 : 0);
	put32(info, 0, total);
	put32(info, 4, get32(driver->fixed, 4) | VFIO_IOMMU_INFO_CAPS);
	memcpy(bytes, info, argsz < 24 ? argsz : 24);
	return 0;
}
