/*
 * Two ways to walk the chain of a region in C: the loop of QEMU and DPDK, which
 * trusts every offset, and the functions of vfio_abi.h. Run as WAY FILE TIMES,
 * prints the result of one walk and the nanoseconds of all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "vfio_abi.h"

#define NOINLINE	__attribute__((noinline))

/* The operation on every number of a walk. */
static inline __u64 mix(__u64 sum, __u64 number)
{
	return (sum << 5 | sum >> 59) ^ number;
}

static NOINLINE __u64 measured_unchecked(const void *reply, size_t len)
{
	const struct vfio_region_info *info = reply;
	const struct vfio_info_cap_header *cap;
	__u32 offset = info->flags & VFIO_REGION_INFO_FLAG_CAPS ?
		       info->cap_offset : 0;
	__u64 sum = 0;

	(void)len;
	while (offset) {
		cap = (const void *)((const char *)reply + offset);
		switch (cap->id) {
		case VFIO_REGION_INFO_CAP_SPARSE_MMAP: {
			const struct vfio_region_info_cap_sparse_mmap *sparse =
				(const void *)cap;

			for (__u32 i = 0; i < sparse->nr_areas; i++)
				sum = mix(mix(sum, sparse->areas[i].offset),
					  sparse->areas[i].size);
			break;
		}
		case VFIO_REGION_INFO_CAP_TYPE: {
			const struct vfio_region_info_cap_type *type =
				(const void *)cap;

			sum = mix(mix(sum, type->type), type->subtype);
			break;
		}
		case VFIO_REGION_INFO_CAP_MSIX_MAPPABLE:
			sum = mix(sum, 1);
			break;
		}
		offset = cap->next;
	}
	return sum;
}

static NOINLINE __u64 measured_generated(const void *reply, size_t len)
{
	struct vfio_abi_region_info info;
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap;
	__u64 sum = 0;
	int found;

	if (vfio_abi_region_info_parse(reply, len, &info))
		return 0;
	walk = vfio_abi_region_caps(&info);
	while ((found = vfio_abi_region_next(&walk, &cap)) > 0) {
		struct vfio_abi_region_sparse_mmap sparse;
		struct vfio_region_sparse_mmap_area area;
		struct vfio_abi_region_type type;

		switch (cap.id) {
		case VFIO_REGION_INFO_CAP_SPARSE_MMAP:
			vfio_abi_region_sparse_mmap_read(&cap, &sparse);
			for (__u32 i = 0; vfio_abi_region_sparse_mmap_areas(
					&sparse, i, &area); i++)
				sum = mix(mix(sum, area.offset), area.size);
			break;
		case VFIO_REGION_INFO_CAP_TYPE:
			vfio_abi_region_type_read(&cap, &type);
			sum = mix(mix(sum, type.type), type.subtype);
			break;
		case VFIO_REGION_INFO_CAP_MSIX_MAPPABLE:
			sum = mix(sum, 1);
			break;
		}
	}
	return found ? 0 : sum;
}

int main(int argc, char **argv)
{
	static _Alignas(8) unsigned char reply[65536];
	__u64 (*walk)(const void *, size_t) = measured_unchecked;
	struct timespec start, end;
	FILE *file;
	__u64 sum = 0;
	size_t len;
	long left;

	if (argc != 4 || !(file = fopen(argv[2], "rb")))
		return 2;
	len = fread(reply, 1, sizeof(reply), file);
	if (!strcmp(argv[1], "generated"))
		walk = measured_generated;
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (left = atol(argv[3]); left > 0; left--) {
		__asm__ volatile("" : : : "memory");
		sum = walk(reply, len);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%llu %lld\n", sum, (end.tv_sec - start.tv_sec) * 1000000000LL +
	       end.tv_nsec - start.tv_nsec);
	return 0;
}
