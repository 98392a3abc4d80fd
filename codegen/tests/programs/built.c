/*
 * Rebuilds replies. A line "PROFILE HEX" has a full reply, which is read; a
 * line "row HEX" has a caller's buffer, over which the same reply is built. The
 * answer to a row is "built" or "refused" and the buffer in hexadecimal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "vfio_abi.h"

#define MOST	64	/* elements of an array */

static const struct {
	const char *name;
	const struct vfio_abi_profile *profile;
} profiles[] = {
	{ "region", &vfio_abi_profile_region },
	{ "device", &vfio_abi_profile_device },
	{ "device_v5_10", &vfio_abi_profile_device_v5_10 },
	{ "type1", &vfio_abi_profile_type1 },
	{ "type1_v5_4", &vfio_abi_profile_type1_v5_4 },
	{ "iommufd", &vfio_abi_profile_iommufd },
};

/* Ends the program if a full reply is not as expected. */
static void must(int holds)
{
	if (!holds) {
		fprintf(stderr, "a full reply holds damage or news\n");
		exit(1);
	}
}

static void region(struct vfio_abi_reply_builder *to,
		   const unsigned char *full, size_t len)
{
	struct vfio_abi_region_info info;
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap;
	int found;

	must(!vfio_abi_region_info_parse(full, len, &info) && !info.reply.need);
	vfio_abi_region_info_fixed(to, &info);
	walk = vfio_abi_region_caps(&info);
	while ((found = vfio_abi_region_next(&walk, &cap)) > 0) {
		struct vfio_region_sparse_mmap_area areas[MOST];
		struct vfio_abi_region_sparse_mmap sparse;
		struct vfio_abi_region_type type;
		struct vfio_abi_region_msix_mappable msix;

		if (vfio_abi_region_sparse_mmap_read(&cap, &sparse)) {
			must(sparse.nr_areas <= MOST);
			for (__u32 i = 0; i < sparse.nr_areas; i++)
				vfio_abi_region_sparse_mmap_areas(&sparse, i,
								  &areas[i]);
			vfio_abi_region_sparse_mmap_append(to, &sparse, areas);
		} else if (vfio_abi_region_type_read(&cap, &type)) {
			vfio_abi_region_type_append(to, &type);
		} else {
			must(vfio_abi_region_msix_mappable_read(&cap, &msix));
			vfio_abi_region_msix_mappable_append(to, &msix);
		}
	}
	must(!found);
}

static void device(struct vfio_abi_reply_builder *to,
		   const unsigned char *full, size_t len)
{
	struct vfio_abi_device_info info;
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap;
	int found;

	must(!vfio_abi_device_info_parse(full, len, &info) && !info.reply.need);
	vfio_abi_device_info_fixed(to, &info);
	walk = vfio_abi_device_caps(&info);
	while ((found = vfio_abi_device_next(&walk, &cap)) > 0) {
		struct vfio_abi_device_pci_atomic_comp comp;

		must(vfio_abi_device_pci_atomic_comp_read(&cap, &comp));
		vfio_abi_device_pci_atomic_comp_append(to, &comp);
	}
	must(!found);
}

static void type1(struct vfio_abi_reply_builder *to,
		  const unsigned char *full, size_t len)
{
	struct vfio_abi_type1_info info;
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap;
	int found;

	must(!vfio_abi_type1_info_parse(full, len, &info) &&
	     !info.reply.need);
	vfio_abi_type1_info_fixed(to, &info);
	walk = vfio_abi_type1_caps(&info);
	while ((found = vfio_abi_type1_next(&walk, &cap)) > 0) {
		struct vfio_iova_range ranges[MOST];
		struct vfio_abi_type1_iova_range iovas;
		struct vfio_abi_type1_migration migration;
		struct vfio_abi_type1_dma_avail avail;

		if (vfio_abi_type1_iova_range_read(&cap, &iovas)) {
			must(iovas.nr_iovas <= MOST);
			for (__u32 i = 0; i < iovas.nr_iovas; i++)
				vfio_abi_type1_iova_range_iova_ranges(
						&iovas, i, &ranges[i]);
			vfio_abi_type1_iova_range_append(to, &iovas, ranges);
		} else if (vfio_abi_type1_migration_read(&cap, &migration)) {
			vfio_abi_type1_migration_append(to, &migration);
		} else {
			must(vfio_abi_type1_dma_avail_read(&cap, &avail));
			vfio_abi_type1_dma_avail_append(to, &avail);
		}
	}
	must(!found);
}

/* The bytes of a line, in separate memory. */
static unsigned char *unhex(const char *text, size_t *len)
{
	unsigned char *bytes = malloc(strlen(text) / 2 + 1);
	unsigned byte;

	must(bytes != NULL);
	for (*len = 0; sscanf(text + 2 * *len, "%2x", &byte) == 1; ++*len)
		bytes[*len] = (unsigned char)byte;
	return bytes;
}

static void row(const struct vfio_abi_profile *profile, const char *name,
		const unsigned char *full, size_t full_len, const char *text)
{
	struct vfio_abi_reply_builder to;
	size_t len;
	unsigned char *bytes = unhex(text, &len);
	int refused = vfio_abi_reply_begin(&to, profile, bytes, len);

	while (vfio_abi_reply_pass(&to))
		(*name == 'r' ? region : *name == 'd' ? device : type1)(
				&to, full, full_len);
	printf("%s ", refused ? "refused" : "built");
	for (size_t at = 0; at < len; at++)
		printf("%02x", bytes[at]);
	printf("\n");
	free(bytes);
}

int main(void)
{
	static char line[1 << 20];
	unsigned char *full = NULL;
	size_t which = 0, len = 0;

	while (fgets(line, sizeof(line), stdin)) {
		char *text = strchr(line, ' ');

		must(text != NULL);
		*text++ = '\0';
		text[strcspn(text, "\n")] = '\0';
		if (!strcmp(line, "row")) {
			row(profiles[which].profile, profiles[which].name, full,
			    len, text);
			continue;
		}
		for (which = 0; strcmp(profiles[which].name, line); which++)
			must(which + 1 < sizeof(profiles) / sizeof(*profiles));
		free(full);
		full = unhex(text, &len);
	}
	free(full);
	return 0;
}
