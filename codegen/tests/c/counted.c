/*
 * Every small counted reply, in memory of its exact size: all elements are read,
 * or none, whatever the count. MOST is the largest of the small counts.
 */
#include <errno.h>
#include "vfio_abi.h"
#include "check.h"

#ifndef MOST
#define MOST	64
#endif

#define FIXED	12ULL
#define EACH	8ULL

/* Counts whose elements fill nearly 32 bits of bytes, or more. */
static const __u32 large[] = {
	1U << 28, (1U << 29) - 2, (1U << 29) - 1, 1U << 29, (1U << 29) + 1,
	1U << 31, ~0U - 1, ~0U,
};

static unsigned long replies;

/* A reply that a peer writes. */
struct written {
	const unsigned char *bytes;
	int fails;
};

static int write_reply(struct vfio_abi_request *request)
{
	const struct written *written = request->context;

	SAME(get32(request->buf, 0), request->len);
	memcpy((unsigned char *)request->buf + 8, written->bytes + 8,
	       request->len - 8);
	return written->fails ? -ENOSPC : 0;
}

/* Every element has the bytes at its place, and there are `shown` of them. */
static void elements(const struct vfio_abi_pci_hot_reset_info *info,
		     const unsigned char *bytes, __u64 shown)
{
	struct vfio_pci_dependent_device device;
	__u32 nth = 0;

	while (vfio_abi_pci_hot_reset_info_devices(info, nth, &device)) {
		SAME(device.group_id, get32(bytes, FIXED + EACH * nth));
		SAME(device.devfn, bytes[FIXED + EACH * nth + 7]);
		nth++;
	}
	SAME(nth, shown);
	SAME(vfio_abi_pci_hot_reset_info_devices(info, ~0U, &device), 0);
}

static void check(const unsigned char *bytes, size_t len, __u32 count)
{
	const __u64 size = FIXED + EACH * count;
	const __u64 shown = size <= len ? count : 0;
	const __u64 need = size <= len ? 0 : size < ~0U ? size : ~0U;
	const unsigned char *reply = exact(bytes, len);
	struct vfio_abi_pci_hot_reset_info info;
	int result = vfio_abi_pci_hot_reset_info_parse(reply, len, &info);

	replies++;
	if (len < FIXED) {
		SAME(result, VFIO_ABI_TOO_SHORT);
		return;
	}
	SAME(result, 0);
	SAME(info.count, count);
	SAME(info.need, need);
	elements(&info, reply, shown);
	for (int fails = 0; fails < 2; fails++) {
		struct written written = { bytes, fails };
		struct vfio_abi_request request = {
			.buf = exact(bytes, len), .len = (__u32)len,
			.call = write_reply, .context = &written,
		};

		result = vfio_abi_pci_hot_reset_info_request(&request, &info);
		SAME(result, need ? VFIO_ABI_SHORT : fails ? -ENOSPC : 0);
		SAME(request.calls, 1);
		SAME(info.need, need);
		if (need || !fails)
			SAME(info.count, count);
		if (!fails)
			elements(&info, request.buf, shown);
	}
}

int main(void)
{
	static const unsigned char fills[] = { 0, 2, 0xff };
	unsigned char bytes[FIXED + EACH * (MOST + 1)];
	const unsigned counts = MOST + 1 + sizeof(large) / sizeof(*large);

	for (unsigned fill = 0; fill < sizeof(fills); fill++) {
		memset(bytes, fills[fill], sizeof(bytes));
		for (unsigned nth = 0; nth < counts; nth++) {
			__u32 count = nth <= MOST ? nth : large[nth - MOST - 1];

			put32(bytes, 8, count);
			for (size_t len = 0; len <= sizeof(bytes); len++)
				check(bytes, len, count);
		}
	}
	printf("%lu\n", replies);
	return 0;
}
