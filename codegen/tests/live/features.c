/*
 * Requests of features with every access and several sizes, captured like the
 * replies of the probe; "index" is the flags.
 *
 *   features 0000:01:00.0
 *
 * Only features whose payload this program need not know are written: no
 * eventfd, no bus mastering. Low power is left after each call.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "vfio_abi.h"

enum { GUARD = 0xa5, LEN = 64 };

static int open_device(const char *address)
{
	char path[128], group[128] = "/";
	int container = open("/dev/vfio/vfio", O_RDWR), fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", address);
	if (readlink(path, group, sizeof(group) - 1) < 0)
		return -1;
	snprintf(path, sizeof(path), "/dev/vfio%s", strrchr(group, '/'));
	fd = open(path, O_RDWR);
	if (ioctl(fd, VFIO_GROUP_SET_CONTAINER, &container) ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return -1;
	return ioctl(fd, VFIO_GROUP_GET_DEVICE_FD, address);
}

/* One call; the payload is zero, and bytes after argsz are the guard. */
static void capture(int device, __u32 flags, __u32 argsz)
{
	__u32 end = LEN;
	__u8 buf[LEN];
	int value;

	memset(buf, GUARD, sizeof(buf));
	memset(buf, 0, argsz > 8 ? argsz : 8);
	memcpy(buf, &argsz, 4);
	memcpy(buf + 4, &flags, 4);
	value = ioctl(device, VFIO_DEVICE_FEATURE, buf);
	value = value < 0 ? -errno : value;
	while (end && buf[end - 1] == (end - 1 < argsz ? 0 : GUARD))
		end--;
	printf("[%u,\"00\",%d,%d,%u,\"", argsz, value < 0 ? -1 : value,
	       value < 0 ? -value : 0, LEN);
	for (__u32 at = 0; at < end; at++)
		printf("%02x", buf[at]);
	printf("\"]\n");
}

static void leave_low_power(int device)
{
	struct vfio_device_feature exit = { .argsz = sizeof(exit) };

	exit.flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_LOW_POWER_EXIT;
	ioctl(device, VFIO_DEVICE_FEATURE, &exit);
}

/* Whether the device looks at the payload, which is zero. */
static int needs_payload(__u32 flags)
{
	switch (flags) {
	case VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP:
	case VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_BUS_MASTER:
	case VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_DMA_BUF:
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const __u32 accesses[] = {
		0, VFIO_DEVICE_FEATURE_GET, VFIO_DEVICE_FEATURE_SET,
		VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET,
		VFIO_DEVICE_FEATURE_PROBE,
		VFIO_DEVICE_FEATURE_PROBE | VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET,
		VFIO_DEVICE_FEATURE_PROBE << 1,
	};
	static const __u32 sizes[] = { 7, 8, 9, 40 };
	struct utsname kernel;
	int device = argc == 2 ? open_device(argv[1]) : -1;

	if (device < 0)
		return 1;
	uname(&kernel);
	for (__u32 id = 0; id < 16; id++)
		for (unsigned nth = 0; nth < sizeof(accesses) / sizeof(*accesses); nth++) {
			__u32 flags = id | accesses[nth];

			if (needs_payload(flags))
				continue;
			printf("{\"ioctl\":\"VFIO_DEVICE_FEATURE\",\"seen\":[{\"kernel\":\"%s\","
			       "\"path\":\"group\",\"phase\":\"device-open\",\"device\":\"%s\","
			       "\"index\":%u}]}\n", kernel.release, argv[1], flags);
			for (unsigned size = 0; size < sizeof(sizes) / sizeof(*sizes); size++) {
				capture(device, flags, sizes[size]);
				leave_low_power(device);
			}
		}
	return 0;
}
