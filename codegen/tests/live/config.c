/*
 * Prints the configuration space of devices, a line each with the address and the
 * bytes: as sysfs has it while the device is open, and as the region of VFIO has it.
 *
 *   config 0000:01:00.0...
 *
 * Of a device that can have virtual functions, one is created and printed, too.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "vfio_abi.h"

#define DEVICES	"/sys/bus/pci/devices"
#define TOKEN	"00112233-4455-6677-8899-aabbccddeeff"

static int container = -1;

static void print(const char *address, const char *from, int fd, off_t offset, size_t size)
{
	__u8 bytes[4096];
	ssize_t count = pread(fd, bytes, size < sizeof(bytes) ? size : sizeof(bytes), offset);

	printf("%s %s ", address, from);
	for (ssize_t at = 0; at < count; at++)
		printf("%02x", bytes[at]);
	printf("\n");
}

/* Opens a device through its group; all groups share a container. */
static int open_device(const char *address, const char *name)
{
	char path[128], group[128] = "/";
	int fd;

	snprintf(path, sizeof(path), DEVICES "/%s/iommu_group", address);
	if (readlink(path, group, sizeof(group) - 1) < 0)
		return -1;
	snprintf(path, sizeof(path), "/dev/vfio%s", strrchr(group, '/'));
	fd = open(path, O_RDWR);
	if (ioctl(fd, VFIO_GROUP_SET_CONTAINER, &container))
		return -1;
	ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
	return ioctl(fd, VFIO_GROUP_GET_DEVICE_FD, name);
}

/* Sets the token with which virtual functions of this device are opened. */
static void set_token(int device)
{
	struct {
		struct vfio_device_feature head;
		__u8 token[16];
	} request = {
		.head = {
			.argsz = sizeof(request),
			.flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PCI_VF_TOKEN,
		},
		.token = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
			   0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff },
	};

	if (ioctl(device, VFIO_DEVICE_FEATURE, &request))
		printf("# token: %m\n");
}

static int show(const char *address, const char *name)
{
	struct vfio_region_info region = {
		.argsz = sizeof(region),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};
	int device = open_device(address, name), file;
	char path[128];

	snprintf(path, sizeof(path), DEVICES "/%s/config", address);
	file = open(path, O_RDONLY);
	if (device < 0 || file < 0 || ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &region)) {
		printf("# %s: %m\n", address);
		return -1;
	}
	print(address, "sysfs", file, 0, region.size);
	print(address, "vfio", device, region.offset, region.size);
	close(file);
	return device;
}

/* Creates a virtual function of a device and prints it. */
static void show_function(const char *address, int device)
{
	char path[128], link[128] = "/", name[160];
	int file;

	snprintf(path, sizeof(path), DEVICES "/%s/sriov_numvfs", address);
	file = open(path, O_WRONLY);
	if (file < 0)
		return;
	set_token(device);
	if (write(file, "1", 1) < 0)
		printf("# sriov_numvfs: %m\n");
	close(file);
	snprintf(path, sizeof(path), DEVICES "/%s/virtfn0", address);
	if (readlink(path, link, sizeof(link) - 1) < 0)
		return;
	snprintf(name, sizeof(name), "%s vf_token=" TOKEN, strrchr(link, '/') + 1);
	show(strrchr(link, '/') + 1, name);
}

int main(int argc, char **argv)
{
	int file = open("/sys/module/vfio_pci/parameters/enable_sriov", O_WRONLY);

	if (file >= 0 && write(file, "1", 1) < 0)
		printf("# enable_sriov: %m\n");
	container = open("/dev/vfio/vfio", O_RDWR);
	for (int nth = 1; nth < argc; nth++) {
		int device = show(argv[nth], argv[nth]);

		if (device >= 0)
			show_function(argv[nth], device);
	}
	return 0;
}
