/*
 * The functions that write an argument together with its data, and read what a call returns.
 *
 * 1. An argument is written if it fits, with every value at its place and zeros elsewhere;
 *    otherwise nothing is written. Nothing outside of it is written.
 *    Flags that follow from other inputs are refused.
 * 2. Type, length and address are those of the data. A length that its field cannot hold is
 *    refused.
 * 3. Data that a call returns are read if they have the type: up to the kernel's length and the
 *    room, zeros after that. They are cut exactly if the kernel's length exceeds the room.
 *
 * For any values, buffers of up to BYTES bytes and room of up to ROOM bytes. One command with
 * data of a length, one with elements, and one that returns data stand for all.
 *
 * breaks requests: put(bytes + 28, 4, args->data_len); => put(bytes + 24, 4, args->data_len);
 * breaks requests: typed.data_type = 1; => typed.data_type = 2;
 * breaks requests: __or(bytes + 4, 4, 4); => __or(bytes + 4, 4, 8);
 * breaks requests: if (!size || size > len) => if (!size || size > len + 1)
 * breaks requests: put(bytes + 20, 4, args->entry_len); => put(bytes + 24, 4, args->entry_len);
 * breaks requests: return count <= most / each; => return count <= most / each + 1;
 * breaks requests: return iommufd_abi__u32(bytes + 12) > data_len; => return iommufd_abi__u32(bytes + 12) >= data_len;
 * breaks requests: length < data_len ? length : data_len, 0); => length, 0);
 * breaks requests: if (iommufd_abi__u32(bytes + 24) != 1) => if (iommufd_abi__u32(bytes + 24) != 2)
 * breaks requests: known < size ? known : size); => size);
 */
#include "model.h"
#include "iommufd_abi.h"

#define ROOM	40

/* A buffer of any content, and a copy of it. */
static __u8 buf[BYTES], was[BYTES];

static __u32 any_buffer(void)
{
	const __u32 len = nondet_u32();
	__u32 at;

	ASSUME(len <= BYTES);
	for (at = 0; at < BYTES; at++)
		buf[at] = was[at] = nondet_u8();
	return len;
}

/* A number in the buffer. */
static __u64 number(__u32 at, __u32 size)
{
	__u64 value = 0;

	while (size--)
		value = value << 8 | buf[at + size];
	return value;
}

/* Whether a byte of the buffer is as it has to be where no value is written. */
static int is_kept(__u32 at, __u32 written)
{
	return at < written ? !buf[at] : buf[at] == was[at];
}

static void data_of_a_length(void)
{
	const __u32 len = any_buffer(), place = nondet_u32();
	const __u32 flags = nondet_u32(), dev_id = nondet_u32();
	const __u32 pt_id = nondet_u32(), fault = nondet_u32();
	const int has_fault = nondet_int();
	const struct iommu_hwpt_vtd_s1 table;
	const struct iommufd_abi_hwpt_alloc_args args = {
		.flags = flags, .dev_id = dev_id, .pt_id = pt_id,
		.data_type = nondet_u32(), .data = buf,
		.data_len = nondet_u64(),
		.fault_id = has_fault ? &fault : NULL,
	};
	iommufd_abi_size size;
	const void *at = &table;
	__u64 address;

	ASSUME(place < BYTES);
	__builtin_memcpy(&address, &at, 8);
	size = iommufd_abi_hwpt_alloc_vtd_s1(buf, len, &args, &table);
	PROVE(size == (len < 48 || flags & 4 ? 0 : 48),
	      "an argument is written if it fits, without flags of other inputs");
	if (!size) {
		PROVE(is_kept(place, 0), "a refused argument is not written");
		return;
	}
	PROVE(number(0, 4) == 48 && number(8, 4) == dev_id &&
	      number(12, 4) == pt_id, "every value is at its place");
	PROVE(number(4, 4) == (has_fault ? flags | 4 : flags) &&
	      number(40, 4) == (has_fault ? fault : 0),
	      "an optional value has its flag");
	PROVE(number(24, 4) == 1 && number(28, 4) == sizeof(table) &&
	      number(32, 8) == address,
	      "type, length and address are those of the data");
	PROVE((place >= 16 && place < 24) || place >= 44 ?
	      is_kept(place, 48) : 1, "nothing else is written");
}

static void data_of_elements(void)
{
	const __u32 len = any_buffer(), place = nondet_u32(), id = nondet_u32();
	const __u64 count = nondet_u64();
	struct iommu_hwpt_vtd_s1_invalidate requests[1];
	const struct iommufd_abi_hwpt_invalidate_args args = {
		.hwpt_id = id, .data = buf, .data_count = nondet_u64(),
		.entry_len = nondet_u64(),
	};
	iommufd_abi_size size;

	ASSUME(place < BYTES);
	size = iommufd_abi_hwpt_invalidate_vtd_s1(buf, len, &args, requests,
						  count);
	PROVE(size == (len < 32 || count > 0xffffffff ? 0 : 32),
	      "an argument is written if it fits and its field holds the number");
	if (!size) {
		PROVE(is_kept(place, 0), "a refused argument is not written");
		return;
	}
	PROVE(number(0, 4) == 32 && number(4, 4) == id && number(16, 4) == 0 &&
	      number(20, 4) == sizeof(*requests) && number(24, 4) == count,
	      "type, size and number are those of the elements");
	PROVE(place < 28 || is_kept(place, 32), "nothing else is written");
}

static void data_that_come_back(void)
{
	const __u32 count = nondet_u32(), place = nondet_u32();
	struct iommu_hw_info reply;
	struct iommu_hw_info_vtd data;
	__u8 room[ROOM];
	__u32 given;
	int result;

	ASSUME(count <= ROOM && place < sizeof(data));
	given = reply.data_len < count ? reply.data_len : count;
	PROVE(iommufd_abi_get_hw_info_cut(&reply, count) ==
	      (reply.data_len > count), "data are cut if they exceed the room");
	result = iommufd_abi_get_hw_info_intel_vtd(&reply, room, count, &data);
	PROVE(result == (reply.out_data_type == 1),
	      "data are read if they have the type");
	PROVE(!result || ((const __u8 *)&data)[place] ==
	      (place < given ? room[place] : 0),
	      "data are those in the room, and zeros after them");
}

void proof(void)
{
	data_of_a_length();
	data_of_elements();
	data_that_come_back();
}
