/*
 * The functions that write arguments and read the results of a call access
 * nothing outside the buffer, for buffers of every size.
 *
 * A reply with a count has no more elements than the buffer; an argument with an
 * array is as large as its bytes and is refused if the buffer is smaller; no
 * more results are copied than the buffer has.
 *
 * breaks region: if (len < format->size) => if (len + 1 < format->size)
 * breaks region: if (vfio_abi__holds(vfio_abi__len(len), format->size, count, => if (vfio_abi__holds(vfio_abi__len(len + 8), format->size, count,
 * breaks region: count <= (size - start) / each; => count <= (size - start) / each + 1;
 * breaks region: if (!size || size > len) => if (!size)
 * breaks region: known < size ? known : size); => size);
 */
#define EVERY_SIZE
#include "proof.h"

/* A reply with a count, as the kernel or a device may have written it. */
static void counted_reply(void)
{
	const __u32 len = nondet_u32(), nth = nondet_u32();
	const __u8 *buf = memory_of(len);
	struct vfio_abi_pci_hot_reset_info info;
	struct vfio_pci_dependent_device device;
	const struct vfio_abi_array *devices = &info.devices;

	if (vfio_abi_pci_hot_reset_info_parse(buf, len, &info)) {
		PROVE(len < 12, "only a short buffer is refused");
		return;
	}
	PROVE(devices->count <= (len - 12) / 8, "no more elements than fit");
	PROVE(devices->count == (info.need ? 0 : info.count),
	      "all elements or none");
	PROVE(!info.need || info.need > len || len == 0xffffffff,
	      "the need exceeds the buffer");
	PROVE(vfio_abi_pci_hot_reset_info_devices(&info, nth, &device) ==
	      (nth < devices->count), "exactly these elements are read");
}

/* An argument that ends in an array. */
static void argument_with_array(void)
{
	const __u32 len = nondet_u32();
	const __u64 count = nondet_u64();
	__u8 *buf = memory_of(len);
	struct vfio_abi_set_irqs_eventfd_args args;
	vfio_abi_size size;

	source_size = count < 0x100000000 ? count * 4 : ~0ULL;
	source = (const __u8 *)malloc(1);
	args.index = nondet_u32();
	args.start = nondet_u32();
	args.data = (const __s32 *)source;
	args.data_count = count;
	size = vfio_abi_set_irqs_eventfd(buf, len, nondet_u32(), &args);
	PROVE(!size || (size <= len && count < 0x100000000 &&
			size == 20 + count * 4),
	      "an argument has all elements and fits");
	source = 0;
}

/* An argument without array, and the results of its call. */
static void results(void)
{
	const __u32 len = nondet_u32();
	__u8 *buf = memory_of(len);
	const struct vfio_abi_get_irq_info_args args = { .index = nondet_u32() };
	struct vfio_irq_info reply;
	vfio_abi_size size;

	size = vfio_abi_get_irq_info(buf, len, &args);
	PROVE(size == (len < 16 ? 0 : 16), "an argument is written if it fits");
	vfio_abi_get_irq_info_reply(buf, len, &reply);
}

void proof(void)
{
	counted_reply();
	argument_with_array();
	results();
}
