/*
 * Asks a device, its group and a container everything that does no harm, by the
 * generated header. The lines of the text are those that `decode` prints of the
 * same replies, and those of vfio-probe without their comments; lines that start
 * with { or [ are captures, as codegen/tests/captures/README.md describes them.
 * `cdev` opens the device by its own node, `compat` uses an iommufd as container.
 *
 *   probe 0000:01:00.0 [captures] [cdev|compat]
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "vfio_abi.h"

#define ENDS_AT(type, field)	(__builtin_offsetof(type, field) + \
				 sizeof(((type *)0)->field))
#define GUARD			0xa5
/* The most regions, blocks of interrupts and bytes of a reply that are asked for. */
#define MOST_INDEXES		(1U << 10)
#define MOST_BYTES		(1U << 20)

/* An ioctl that fills a struct. */
struct question {
	const char *name;
	int fd;
	unsigned long number;
	/* Of the struct, and up to the last field that argsz must cover. */
	__u32 size, minsz;
	/* The region or the interrupts, or -1. */
	long index;
};

static const char *address;
static const char *phase;
static const char *path = "group";
static int captures;

static int result(int returned)
{
	return returned < 0 ? -errno : returned;
}

/* The line for the result of a call that has none but a number. */
static int show(const char *name, long number, int value)
{
	printf("%s", name);
	if (number >= 0)
		printf(" %ld", number);
	printf(value < 0 ? ": errno %d\n" : ": %d\n", abs(value));
	return value;
}

/* A hexadecimal number in a file of sysfs, without its 0x. */
static const char *identity(const char *file, char text[16])
{
	char name[256];
	FILE *from;

	snprintf(name, sizeof(name), "/sys/bus/pci/devices/%s/%s", address, file);
	from = fopen(name, "r");
	text[0] = 0;
	if (from && fgets(text, 16, from))
		text[strcspn(text, "\n")] = 0;
	if (from)
		fclose(from);
	return strlen(text) > 2 ? text + 2 : text;
}

/* One call with a buffer that is larger than argsz says. */
static void capture(const struct question *q, __u32 argsz, __u8 fill)
{
	__u32 len = (argsz > q->size ? argsz : q->size) + 16, end = len;
	__u8 *buf = malloc(len);
	__s32 index = (__s32)q->index;
	int value;

	memset(buf, GUARD, len);
	memset(buf, fill, q->size);
	memcpy(buf, &argsz, 4);
	if (q->index >= 0)
		memcpy(buf + 8, &index, 4);
	value = result(ioctl(q->fd, q->number, buf));
	while (end && buf[end - 1] == (end - 1 < argsz ? fill : GUARD))
		end--;
	printf("[%u,\"%02x\",%d,%d,%u,\"", argsz, fill, value < 0 ? -1 : value,
	       value < 0 ? -value : 0, len);
	for (__u32 at = 0; at < end; at++)
		printf("%02x", buf[at]);
	printf("\"]\n");
	free(buf);
}

static int ascending(const void *left, const void *right)
{
	__u32 a = *(const __u32 *)left, b = *(const __u32 *)right;

	return (a > b) - (a < b);
}

/* Calls with the sizes at which the reply of a struct can change. */
static void sweep(const struct question *q, __u32 need)
{
	__u32 sizes[] = {
		0, 4, q->minsz - 1, q->minsz, q->minsz + 4, q->size - 1,
		q->size, q->size + 8, need - 1, need, need + 8,
	};
	char vendor[16], device[16], class[16];
	struct utsname kernel;
	__u32 last = 0;

	if (!captures)
		return;
	uname(&kernel);
	printf("{\"ioctl\":\"%s\",\"seen\":[{\"kernel\":\"%s\",\"path\":\"%s\","
	       "\"phase\":\"%s\",\"device\":\"%s", q->name, kernel.release, path, phase,
	       address);
	/* A mediated device has no ids. */
	if (*identity("vendor", vendor))
		printf(" %s:%s %s", vendor + 2, identity("device", device),
		       identity("class", class));
	printf("\",\"index\":%ld}]}\n", q->index);
	qsort(sizes, sizeof(sizes) / sizeof(*sizes), sizeof(*sizes), ascending);
	for (unsigned nth = 0; nth < sizeof(sizes) / sizeof(*sizes); nth++) {
		if (nth && sizes[nth] == last)
			continue;
		last = sizes[nth];
		capture(q, last, GUARD);
		capture(q, last, 0);
	}
}

/* The line for a call with a struct: its result. */
static int head(const struct question *q, int value)
{
	show(q->name, q->index, value);
	return value;
}

static void number(const char *name, unsigned long long value)
{
	printf("  %s=%llu\n", name, value);
}

/* A question with a struct that has no chain, in a buffer of its size. */
static int plain(const struct question *q, void *buf)
{
	__s32 index = (__s32)q->index;

	memset(buf, 0, q->size);
	memcpy(buf, &q->size, 4);
	if (q->index >= 0)
		memcpy((__u8 *)buf + 8, &index, 4);
	return head(q, result(ioctl(q->fd, q->number, buf)));
}

#if VFIO_ABI_HAVE(VFIO_REGION_INFO_FLAG_CAPS)
static int call(struct vfio_abi_request *request)
{
	const struct question *q = request->context;

	return result(ioctl(q->fd, q->number, request->buf));
}

static int grow(struct vfio_abi_request *request, __u32 need)
{
	void *larger = need <= MOST_BYTES ? realloc(request->buf, need) : NULL;

	if (!larger)
		return -1;
	request->buf = larger;
	request->len = need;
	return 0;
}

/* A request in a buffer that starts with the size of the struct. */
static struct vfio_abi_request request(const struct question *q)
{
	struct vfio_abi_request request = {
		.buf = calloc(1, q->size), .len = q->size, .call = call,
		.grow = grow, .context = (void *)q,
	};
	__s32 index = (__s32)q->index;

	if (q->index >= 0)
		memcpy((__u8 *)request.buf + 8, &index, 4);
	return request;
}

static void cap(const struct vfio_abi_cap *cap, const char *name)
{
	printf("cap at=%u id=%u version=%u name=%s\n", cap->at, cap->id,
	       cap->version, name);
}

static void cap_end(const struct vfio_abi_cap *cap)
{
	printf("  bytes=%u\n", cap->size);
}

static void walk_end(int found)
{
	if (found < 0)
		printf("error %s\n", vfio_abi_error_text(found));
}

static void region_caps(const struct vfio_abi_region_info *info)
{
	struct vfio_abi_walk walk = vfio_abi_region_caps(info);
	struct vfio_abi_region_sparse_mmap sparse;
	struct vfio_region_sparse_mmap_area area;
	struct vfio_abi_region_type type;
	struct vfio_abi_cap one;
	int found;

	while ((found = vfio_abi_region_next(&walk, &one)) > 0) {
		if (vfio_abi_region_sparse_mmap_read(&one, &sparse) > 0) {
			cap(&one, "SPARSE_MMAP");
			number("nr_areas", sparse.nr_areas);
			for (__u32 n = 0; vfio_abi_region_sparse_mmap_areas(&sparse, n, &area); n++)
				printf("  areas[%u].offset=%llu\n  areas[%u].size=%llu\n", n,
				       (unsigned long long)area.offset, n,
				       (unsigned long long)area.size);
		} else if (vfio_abi_region_type_read(&one, &type) > 0) {
			cap(&one, "TYPE");
			number("type", type.type);
			number("subtype", type.subtype);
#if VFIO_ABI_HAVE(VFIO_REGION_INFO_CAP_MSIX_MAPPABLE)
		} else if (one.id == VFIO_REGION_INFO_CAP_MSIX_MAPPABLE) {
			cap(&one, "MSIX_MAPPABLE");
#endif
		} else {
			cap(&one, "?");
		}
		cap_end(&one);
	}
	walk_end(found);
}
#endif

static void region_info(int device, __u32 index)
{
	const struct question q = {
		"VFIO_DEVICE_GET_REGION_INFO", device, VFIO_DEVICE_GET_REGION_INFO,
		sizeof(struct vfio_region_info),
		ENDS_AT(struct vfio_region_info, offset), index,
	};
#if VFIO_ABI_HAVE(VFIO_REGION_INFO_FLAG_CAPS)
	struct vfio_abi_request ask = request(&q);
	const struct vfio_abi_region_info_args args = { .index = index };
	struct vfio_abi_region_info info;
	int value = head(&q, vfio_abi_region_info_request(&ask, &args, &info));
#else
	struct vfio_region_info info;
	int value = plain(&q, &info);
#endif

	if (!value) {
		number("flags", info.flags);
		number("index", index);
		number("size", info.size);
		number("offset", info.offset);
	}
#if VFIO_ABI_HAVE(VFIO_REGION_INFO_FLAG_CAPS)
	if (!value)
		region_caps(&info);
	sweep(&q, ask.len);
	free(ask.buf);
#else
	sweep(&q, q.size);
#endif
}

static void irq_info(int device, __u32 index)
{
	const struct question q = {
		"VFIO_DEVICE_GET_IRQ_INFO", device, VFIO_DEVICE_GET_IRQ_INFO,
		sizeof(struct vfio_irq_info),
		ENDS_AT(struct vfio_irq_info, count), index,
	};
	struct vfio_irq_info info;

	if (!plain(&q, &info)) {
		number("flags", info.flags);
		number("index", info.index);
		number("count", info.count);
	}
	sweep(&q, q.size);
}

#if VFIO_ABI_HAVE(VFIO_DEVICE_FLAGS_CAPS)
static void device_cap(const struct vfio_abi_cap *one)
{
#if VFIO_ABI_HAVE(VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP)
	struct vfio_abi_device_pci_atomic_comp atomic;

	if (vfio_abi_device_pci_atomic_comp_read(one, &atomic) > 0) {
		cap(one, "PCI_ATOMIC_COMP");
		number("flags", atomic.flags);
		return;
	}
#endif
	cap(one, "?");
}
#endif

/* Returns the numbers of regions and blocks of interrupts. */
static void device_info(int device, __u32 *regions, __u32 *irqs)
{
	const struct question q = {
		"VFIO_DEVICE_GET_INFO", device, VFIO_DEVICE_GET_INFO,
		sizeof(struct vfio_device_info),
		ENDS_AT(struct vfio_device_info, num_irqs), -1,
	};
#if VFIO_ABI_HAVE(VFIO_DEVICE_FLAGS_CAPS)
	struct vfio_abi_request ask = request(&q);
	struct vfio_abi_device_info info = { 0 };
	struct vfio_abi_walk walk;
	struct vfio_abi_cap one;
	int found, value = head(&q, vfio_abi_device_info_request(&ask, &info));
#else
	struct vfio_device_info info;
	int value = plain(&q, &info);
#endif

	*regions = value ? 0 : info.num_regions;
	*irqs = value ? 0 : info.num_irqs;
	if (!value) {
		number("flags", info.flags);
		number("num_regions", info.num_regions);
		number("num_irqs", info.num_irqs);
	}
#if VFIO_ABI_HAVE(VFIO_DEVICE_FLAGS_CAPS)
	if (!value) {
		walk = vfio_abi_device_caps(&info);
		while ((found = vfio_abi_device_next(&walk, &one)) > 0) {
			device_cap(&one);
			cap_end(&one);
		}
		walk_end(found);
	}
	sweep(&q, ask.len);
	free(ask.buf);
#else
	sweep(&q, q.size);
#endif
}

#if VFIO_ABI_HAVE(VFIO_IOMMU_INFO_CAPS)
static void type1_caps(const struct vfio_abi_type1_info *info)
{
	struct vfio_abi_walk walk = vfio_abi_type1_caps(info);
	struct vfio_abi_type1_iova_range ranges;
	struct vfio_iova_range range;
	struct vfio_abi_cap one;
	int found;
#if VFIO_ABI_HAVE(VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION)
	struct vfio_abi_type1_migration migration;
#endif
#if VFIO_ABI_HAVE(VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL)
	struct vfio_abi_type1_dma_avail available;
#endif

	while ((found = vfio_abi_type1_next(&walk, &one)) > 0) {
		if (vfio_abi_type1_iova_range_read(&one, &ranges) > 0) {
			cap(&one, "IOVA_RANGE");
			number("nr_iovas", ranges.nr_iovas);
			for (__u32 n = 0; vfio_abi_type1_iova_range_iova_ranges(&ranges, n, &range); n++)
				printf("  iova_ranges[%u].start=%llu\n  iova_ranges[%u].end=%llu\n",
				       n, (unsigned long long)range.start, n,
				       (unsigned long long)range.end);
#if VFIO_ABI_HAVE(VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION)
		} else if (vfio_abi_type1_migration_read(&one, &migration) > 0) {
			cap(&one, "MIGRATION");
			number("flags", migration.flags);
			number("pgsize_bitmap", migration.pgsize_bitmap);
			number("max_dirty_bitmap_size", migration.max_dirty_bitmap_size);
#endif
#if VFIO_ABI_HAVE(VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL)
		} else if (vfio_abi_type1_dma_avail_read(&one, &available) > 0) {
			cap(&one, "DMA_AVAIL");
			number("avail", available.avail);
#endif
		} else {
			cap(&one, "?");
		}
		cap_end(&one);
	}
	walk_end(found);
}
#endif

static void iommu_info(int container)
{
	const struct question q = {
		"VFIO_IOMMU_GET_INFO", container, VFIO_IOMMU_GET_INFO,
		sizeof(struct vfio_iommu_type1_info),
		ENDS_AT(struct vfio_iommu_type1_info, iova_pgsizes), -1,
	};
#if VFIO_ABI_HAVE(VFIO_IOMMU_INFO_CAPS)
	struct vfio_abi_request ask = request(&q);
	struct vfio_abi_type1_info info;
	int value = head(&q, vfio_abi_type1_info_request(&ask, &info));
#else
	struct vfio_iommu_type1_info info;
	int value = plain(&q, &info);
#endif

	if (!value) {
		number("flags", info.flags);
		number("iova_pgsizes", info.iova_pgsizes);
	}
#if VFIO_ABI_HAVE(VFIO_IOMMU_INFO_CAPS)
	if (!value)
		type1_caps(&info);
	sweep(&q, ask.len);
	free(ask.buf);
#else
	sweep(&q, q.size);
#endif
}

static void group_status(int group)
{
	const struct question q = {
		"VFIO_GROUP_GET_STATUS", group, VFIO_GROUP_GET_STATUS,
		sizeof(struct vfio_group_status),
		ENDS_AT(struct vfio_group_status, flags), -1,
	};
	struct vfio_group_status status;

	if (!plain(&q, &status))
		number("flags", status.flags);
	sweep(&q, q.size);
}

#if VFIO_ABI_HAVE(VFIO_DEVICE_GET_PCI_HOT_RESET_INFO)
static void hot_reset_info(int device)
{
	struct question q = {
		"VFIO_DEVICE_GET_PCI_HOT_RESET_INFO", device,
		VFIO_DEVICE_GET_PCI_HOT_RESET_INFO,
		sizeof(struct vfio_pci_hot_reset_info),
		ENDS_AT(struct vfio_pci_hot_reset_info, count), -1,
	};
	struct vfio_pci_hot_reset_info count, *info;
	__u32 whole;
	int value;

	/* ENOSPC, with the count. */
	memset(&count, 0, sizeof(count));
	count.argsz = sizeof(count);
	ioctl(device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &count);
	if (count.count > (MOST_BYTES - sizeof(count)) / sizeof(count.devices[0]))
		count.count = 0;
	whole = sizeof(count) + count.count * sizeof(count.devices[0]);
	info = calloc(1, whole);
	info->argsz = whole;
	value = result(ioctl(device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, info));
	if (!head(&q, value)) {
		number("flags", info->flags);
		number("count", info->count);
		for (__u32 n = 0; n < info->count; n++)
			printf("  devices[%u].segment=%u\n  devices[%u].bus=%u\n"
			       "  devices[%u].devfn=%u\n", n, info->devices[n].segment,
			       n, info->devices[n].bus, n, info->devices[n].devfn);
	}
	sweep(&q, whole);
	free(info);
}
#endif

#if VFIO_ABI_HAVE(VFIO_DEVICE_FEATURE)
/* Whether a device has a feature, and with which access. */
static void features(int device)
{
	static const struct { __u32 access; const char *name; } probes[] = {
		{ 0, "VFIO_DEVICE_FEATURE PROBE" },
		{ VFIO_DEVICE_FEATURE_GET, "VFIO_DEVICE_FEATURE PROBE|GET" },
		{ VFIO_DEVICE_FEATURE_SET, "VFIO_DEVICE_FEATURE PROBE|SET" },
	};
	struct vfio_device_feature feature;

	for (__u32 id = 0; id < 16; id++)
		for (int nth = 0; nth < 3; nth++) {
			memset(&feature, 0, sizeof(feature));
			feature.argsz = sizeof(feature);
			feature.flags = id | VFIO_DEVICE_FEATURE_PROBE | probes[nth].access;
			show(probes[nth].name, id,
			     result(ioctl(device, VFIO_DEVICE_FEATURE, &feature)));
		}
}
#endif

#if VFIO_ABI_HAVE(VFIO_MIGRATION_STOP_COPY)
/* Reads a feature whose payload has 8 bytes at most. */
static int get(int device, __u32 id, void *payload, __u32 size)
{
	__u64 buf[2] = { 0 };
	struct vfio_device_feature *feature = (void *)buf;
	int value;

	feature->argsz = sizeof(*feature) + size;
	feature->flags = VFIO_DEVICE_FEATURE_GET | id;
	value = result(ioctl(device, VFIO_DEVICE_FEATURE, feature));
	memcpy(payload, buf + 1, size);
	return show("VFIO_DEVICE_FEATURE GET", id, value);
}

/* The features that reading does not change. */
static void migration(int device)
{
	struct vfio_device_feature_migration states;
	struct vfio_device_feature_mig_state state;
#if VFIO_ABI_HAVE(VFIO_DEVICE_FEATURE_MIG_DATA_SIZE)
	struct vfio_device_feature_mig_data_size size;
#endif

	if (!get(device, VFIO_DEVICE_FEATURE_MIGRATION, &states, sizeof(states)))
		number("flags", states.flags);
	if (!get(device, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &state, sizeof(state)))
		number("device_state", state.device_state);
#if VFIO_ABI_HAVE(VFIO_DEVICE_FEATURE_MIG_DATA_SIZE)
	if (!get(device, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, &size, sizeof(size)))
		number("stop_copy_length", size.stop_copy_length);
#endif
}
#endif

#if VFIO_ABI_HAVE(VFIO_DEVICE_QUERY_GFX_PLANE)
/* In which ways a mediated device shows pictures. */
static void planes(int device)
{
	static const struct { __u32 way; const char *name; } ways[] = {
		{ VFIO_GFX_PLANE_TYPE_DMABUF, "VFIO_DEVICE_QUERY_GFX_PLANE PROBE|DMABUF" },
		{ VFIO_GFX_PLANE_TYPE_REGION, "VFIO_DEVICE_QUERY_GFX_PLANE PROBE|REGION" },
	};
	struct vfio_device_gfx_plane_info plane;

	for (int nth = 0; nth < 2; nth++) {
		memset(&plane, 0, sizeof(plane));
		plane.argsz = sizeof(plane);
		plane.flags = VFIO_GFX_PLANE_TYPE_PROBE | ways[nth].way;
		show(ways[nth].name, -1,
		     result(ioctl(device, VFIO_DEVICE_QUERY_GFX_PLANE, &plane)));
	}
}
#endif

static void extensions(int container)
{
	for (int id = 1; id <= 11; id++)
		show("VFIO_CHECK_EXTENSION", id,
		     result(ioctl(container, VFIO_CHECK_EXTENSION, id)));
}

/* Reads a link, of which the last part is kept in TARGET. */
static const char *link_name(const char *file, char target[256])
{
	char name[256];
	ssize_t size;

	snprintf(name, sizeof(name), "/sys/bus/%s/devices/%s/%s",
		 strchr(address, '-') ? "mdev" : "pci", address, file);
	size = readlink(name, target, 255);
	target[size < 0 ? 0 : size] = 0;
	return size < 0 ? NULL : strrchr(target, '/') + 1;
}

/* Opens the group of the device; its number differs between kernels. */
static int open_group(void)
{
	char node[300], target[256];
	const char *name = link_name("iommu_group", target);

	snprintf(node, sizeof(node), "/dev/vfio/%s", name ? name : "?");
	return open(node, O_RDWR);
}

/* Asks a device everything. */
static void ask(int device)
{
	__u32 regions, irqs;

	device_info(device, &regions, &irqs);
	for (__u32 index = 0; index <= regions && index <= MOST_INDEXES; index++)
		region_info(device, index);
	for (__u32 index = 0; index <= irqs && index <= MOST_INDEXES; index++)
		irq_info(device, index);
#if VFIO_ABI_HAVE(VFIO_DEVICE_GET_PCI_HOT_RESET_INFO)
	hot_reset_info(device);
#endif
#if VFIO_ABI_HAVE(VFIO_DEVICE_FEATURE)
	features(device);
#endif
#if VFIO_ABI_HAVE(VFIO_MIGRATION_STOP_COPY)
	migration(device);
#endif
#if VFIO_ABI_HAVE(VFIO_DEVICE_QUERY_GFX_PLANE)
	planes(device);
#endif
}

/* Asks a device of a group, with a container or with an iommufd in its place. */
static int ask_group(const char *container_path)
{
	int container = open(container_path, O_RDWR), group = open_group(), device;

	if (container < 0 || group < 0) {
		printf("%s: %m\n", address);
		return 1;
	}
	phase = "empty-container";
#if VFIO_ABI_HAVE(VFIO_DMA_CC_IOMMU)
	/* Only an iommufd has this error, as long as it has no address space. */
	path = result(ioctl(container, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU)) ==
	       -ENODEV ? "compat" : "group";
#endif
	show("VFIO_GET_API_VERSION", -1, result(ioctl(container, VFIO_GET_API_VERSION)));
	extensions(container);
	iommu_info(container);
	group_status(group);
	show("VFIO_GROUP_SET_CONTAINER", -1,
	     result(ioctl(group, VFIO_GROUP_SET_CONTAINER, &container)));
	/* VFIO_TYPE1v2_IOMMU, which the first headers do not have. */
	show("VFIO_SET_IOMMU", 3, result(ioctl(container, VFIO_SET_IOMMU, 3)));
	phase = "iommu-set";
	extensions(container);
	group_status(group);
	iommu_info(container);
	device = result(ioctl(group, VFIO_GROUP_GET_DEVICE_FD, address));
	if (show("VFIO_GROUP_GET_DEVICE_FD", -1, device < 0 ? device : 0))
		return 1;
	phase = "device-open";
	ask(device);
	close(device);
	show("VFIO_GROUP_UNSET_CONTAINER", -1,
	     result(ioctl(group, VFIO_GROUP_UNSET_CONTAINER)));
	return 0;
}

#if VFIO_ABI_HAVE(VFIO_DEVICE_BIND_IOMMUFD)
/* Asks a device through its own node. */
static int ask_node(void)
{
	int device, iommufd = open("/dev/iommu", O_RDWR);
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind), .iommufd = iommufd };
	char node[300] = "?";
	struct dirent *entry;
	__u32 regions, irqs;
	DIR *nodes;

	snprintf(node, sizeof(node), "/sys/bus/%s/devices/%s/vfio-dev",
		 strchr(address, '-') ? "mdev" : "pci", address);
	nodes = opendir(node);
	while (nodes && (entry = readdir(nodes)))
		if (entry->d_name[0] != '.')
			snprintf(node, sizeof(node), "/dev/vfio/devices/%s", entry->d_name);
	device = open(node, O_RDWR);
	if (iommufd < 0 || device < 0) {
		printf("%s: %m\n", node);
		return 1;
	}
	phase = "before-bind";
	device_info(device, &regions, &irqs);
	if (show("VFIO_DEVICE_BIND_IOMMUFD", -1,
		 result(ioctl(device, VFIO_DEVICE_BIND_IOMMUFD, &bind))))
		return 1;
	number("out_devid", bind.out_devid);
	phase = "bound";
	ask(device);
	return 0;
}
#endif

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	address = argv[1];
	for (int nth = 2; nth < argc; nth++)
		if (strcmp(argv[nth], "captures"))
			path = argv[nth];
		else
			captures = 1;
#if VFIO_ABI_HAVE(VFIO_DEVICE_BIND_IOMMUFD)
	if (!strcmp(path, "cdev"))
		return ask_node();
#endif
	return ask_group(strcmp(path, "compat") ? "/dev/vfio/vfio" : "/dev/iommu");
}
