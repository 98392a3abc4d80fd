/* What the demonstration ABI looks like in a kernel's tree; the examples of
 * drift change a line or two of it. */
#ifndef _UAPIDEMO_H
#define _UAPIDEMO_H

#include <linux/types.h>
#include <linux/ioctl.h>

#define DEMO_TYPE	(0x3c)
#define DEMO_BASE	100

struct demo_cap_header {
	__u16	id;
	__u16	version;
	__u32	next;
};

struct demo_info {
	__u32	argsz;
	__u32	flags;
#define DEMO_INFO_FLAG_CAPS	(1 << 0)
	__u32	parts;
	__u32	cap_offset;
};
#define DEMO_GET_INFO	_IO(DEMO_TYPE, DEMO_BASE + 0)

enum demo_mode {
	DEMO_MODE_OFF,
	DEMO_MODE_ON,
};

#define DEMO_IS_ON(mode) \
	((mode) == DEMO_MODE_ON)

#endif
