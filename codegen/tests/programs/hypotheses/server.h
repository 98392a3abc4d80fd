/*
 * A server of VFIO_DEVICE_GET_REGION_INFO that works like the kernel: it knows
 * the size of the caller's buffer from argsz only. Every region has the
 * capability TYPE; if added is set, an unknown capability precedes it.
 */
#include <stdio.h>
#include <string.h>
#include "vfio_abi.h"

#define UNKNOWN	0x7000

static int answer(void *buf, int added)
{
	static const __u8 body[8] = { 0xaa, 0xaa, 0xaa, 0xaa };
	struct vfio_abi_region_type type = { .type = 1, .subtype = 2 };
	struct vfio_abi_region_info info = { .flags = VFIO_REGION_INFO_FLAG_READ };
	struct vfio_abi_reply_builder to;
	__u32 argsz;

	memcpy(&argsz, buf, sizeof(argsz));
	if (vfio_abi_reply_begin(&to, &vfio_abi_profile_region, buf, argsz))
		return -1;
	while (vfio_abi_reply_pass(&to)) {
		vfio_abi_region_info_fixed(&to, &info);
		if (added)
			vfio_abi_reply_append(&to, UNKNOWN, 1, body,
					      sizeof(body));
		vfio_abi_region_type_append(&to, &type);
	}
	return 0;
}
